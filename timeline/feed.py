"""Which events a reader's timeline shows, and in what order. The embargo itself is in Event and in its wall."""

from collections.abc import Callable

from django.db.models import QuerySet

from portal.events.models import Event, EventQuerySet
from portal.tenancy.listing import Listing
from portal.tenancy.models import Client, Member
from portal.tenancy.models.role import Area

SIDES = ("agency", "client")


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


def narrowing(*, side: str = "", area: str = "") -> Callable[[QuerySet], QuerySet] | None:
    """Only one side, only one area; None when neither is asked for. Values that do not exist narrow nothing."""
    wanted = {}
    if side in SIDES:
        wanted["side"] = side
    if area in Area.values:
        wanted["area"] = area
    return (lambda events: events.filter(**wanted)) if wanted else None


def areas_of(member: Member, client: Client) -> list[tuple[str, str]]:
    """Areas that the reader can choose from: code and name."""
    return [(code, label) for code, label in Area.choices if member.sees_area(client, code)]
