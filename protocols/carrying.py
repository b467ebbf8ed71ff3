"""What the next protocol of a series begins with: action items and questions that are still open."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from portal.tenancy.models import Member
from protocols.models import ActionItem, Meeting, Protocol
from protocols.shorthand import QUESTION
from protocols.understanding import lines_of


@dataclass(frozen=True, slots=True)
class Carried:
    """item: the action item, None for an open question. since: the day of its talk by the reader's clock."""

    text: str
    person: str
    due_on: date | None
    since: date
    item: ActionItem | None = None


def carried_into(meeting: Meeting | None, member: Member) -> list[Carried]:
    """Open items of all earlier protocols of the series that the member sees, then the questions of the last one."""
    if meeting is None or meeting.series_id is None:
        return []
    earlier = (
        Protocol.objects.visible_to(member)
        .filter(meeting__series_id=meeting.series_id, meeting__starts_at__lt=meeting.starts_at)
        .published()
    )
    items = ActionItem.objects.visible_to(member).filter(protocol__in=earlier).open()
    found = [_task(item) for item in items.select_related("assignee__user", "protocol").order_by("due_on", "pk")]
    last = earlier.select_related("client__agency").order_by("-held_at", "-pk").first()
    return found + (_questions(last) if last else [])


def carried_onto(protocol: Protocol, member: Member) -> list[ActionItem]:
    """What earlier protocols of the series had left to do when this one was held, also when it has been done since."""
    if protocol.meeting_id is None:
        return []
    series = Meeting.objects.filter(agency_id=protocol.agency_id, pk=protocol.meeting_id).values("series_id")
    earlier = Protocol.objects.visible_to(member).filter(meeting__series__in=series, held_at__lt=protocol.held_at)
    items = ActionItem.objects.visible_to(member).valid().filter(protocol__in=earlier.published())
    open_then = items.filter(Q(done_at=None) | Q(done_at__gte=protocol.held_at))
    return list(open_then.select_related("assignee__user", "protocol").order_by("due_on", "pk"))


def _task(item: ActionItem) -> Carried:
    person = str(item.assignee) if item.assignee else ""
    return Carried(item.text, person, item.due_on, timezone.localdate(item.protocol.held_at), item)


def _questions(protocol: Protocol) -> list[Carried]:
    asked = [line.text for line in lines_of(protocol) if line.kind == QUESTION]
    return [Carried(text, "", None, timezone.localdate(protocol.held_at)) for text in asked]
