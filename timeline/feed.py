"""Which events a reader's timeline shows, and in what order. The embargo itself is in Event and in its wall."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from portal.core.http import number_in
from portal.events.models import Event, EventQuerySet
from portal.tenancy.listing import Listing
from portal.tenancy.models import Client, Member
from portal.tenancy.models.client import still_open
from portal.tenancy.models.role import Area
from timeline.events import POSTED
from timeline.models import Activity

SIDES = ("agency", "client")
KIND = "kind-"


def feed(member: Member, client: Client) -> EventQuerySet:
    """The rows of this client's timeline that the member may see now."""
    events = Event.objects.visible_to(member).of(client).on_timeline()
    return events.select_related("actor__user", "actor__vendor")


def clock_of(member: Member) -> str:
    """The moment that orders the rows: staff see when it happened, the others when it became visible.

    Each order has its index, so that nobody's page walks over rows that are still held back.
    """
    return "happened_at" if member.is_specialist else "visible_from"


_listings = {by: Listing(feed, by=by, size=30) for by in ("happened_at", "visible_from")}


def listing_for(member: Member) -> Listing:
    """The feed, page by page, in the order that is right for this member."""
    return _listings[clock_of(member)]


def narrowing(
    *, side: str = "", area: str = "", project: str = "", person: str = ""
) -> Callable[[QuerySet], QuerySet] | None:
    """Only one side, area or kind of activity ("kind-3"), project, person; None when none is asked for.

    Values that cannot be narrow nothing; ids of others find nothing.
    """
    wanted: dict[str, Any] = {}
    if side in SIDES:
        wanted["side"] = side
    if area in Area.values:
        wanted["area"] = area
    if kind := number_in(area.removeprefix(KIND)) if area.startswith(KIND) else 0:
        wanted |= {"kind": POSTED, "subject_id__in": Activity.objects.filter(kind_id=kind).values("pk")}
    if number_in(project):
        wanted["project_id"] = number_in(project)
    if number_in(person):
        wanted["actor_id"] = number_in(person)
    return (lambda events: events.filter(**wanted)) if wanted else None


def became_visible(member: Member, since: datetime, until: datetime) -> EventQuerySet:
    """What others did and what this member could see for the first time in a period, where the timeline is open to him; newest first.

    Tickets alone open none: their events are told by themselves, and behind the veil nobody may read whose they are.
    """
    theirs = [pk for pk in member.client_ids if member.sees_area(Client(pk=pk), Area.WORK)]
    rows = Event.objects.visible_to(member).on_timeline().filter(visible_from__gt=since, visible_from__lte=until)
    rows = rows.filter(still_open("client", timezone.localdate(until)), client__archived_at=None)
    rows = rows.exclude(actor=member.pk).exclude(payload__has_key="taken_back")
    rows = rows.filter(client__in=theirs).select_related("client", "actor__user", "actor__vendor")
    return rows.order_by("-happened_at", "-pk")


def in_period(member: Member, client: Client, first: date, last: date) -> EventQuerySet:
    """What happened on these days of the reader's zone, both included, oldest first."""
    clock = timezone.get_current_timezone()
    begin = datetime.combine(first, time(), clock)
    end = datetime.combine(last + timedelta(days=1), time(), clock)
    rows = feed(member, client).filter(happened_at__gte=begin, happened_at__lt=end)
    return rows.select_related("project").order_by("happened_at", "pk")
