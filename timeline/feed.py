"""Which events a reader's timeline shows, and in what order. The embargo itself is in Event and in its wall."""

from portal.events.models import Event, EventQuerySet
from portal.tenancy.models import Client, Member
from portal.tenancy.models.member import Area

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


def narrowed(events: EventQuerySet, *, side: str = "", area: str = "") -> EventQuerySet:
    """Only one side, only one area; values that do not exist narrow nothing."""
    if side in SIDES:
        events = events.filter(side=side)
    if area in Area.values:
        events = events.filter(area=area)
    return events


def areas_of(member: Member, client: Client) -> list[tuple[str, str]]:
    """Areas that the reader can choose from: code and name."""
    return [(code, label) for code, label in Area.choices if member.sees_area(client, code)]
