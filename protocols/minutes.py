"""The sheet on which minutes are taken while the meeting runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.core.differences import difference
from portal.core.formats import format_date, format_time
from portal.tenancy.models import Client, Member
from protocols import actions
from protocols.addresses import in_parts
from protocols.carrying import carried_into
from protocols.fields import is_possible
from protocols.forms import MAX_TEXT
from protocols.models import ActionItem, AgendaItem, Meeting, Protocol
from protocols.page import Task, people_who_can_be_named, tasks_of
from protocols.shorthand import DECISION, NOTE, QUESTION, TASK, Line, Person, parse
from protocols.understanding import everybody_of, understood


@dataclass(frozen=True, slots=True)
class Shown:
    """One line as it is understood, in words. kind: that of the shorthand, or "unknown" for a task without a person."""

    kind: str
    text: str
    person: str = ""
    due: str = ""
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One agenda item on the sheet."""

    pk: int
    number: int
    title: str
    notes: str
    revision: int
    saved: str
    brought_by: str
    planned: int | None
    lines: list[Shown]


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody else's text, and how mine differs from it."""

    by: str
    mine: str
    html: SafeString


def begun_by(meeting: Meeting, member: Member) -> Protocol | None:
    """The minutes that the member can go on with: a draft of his own house for this meeting.

    Locks the meeting: whoever opens them at the same moment waits here, and comes to the same draft.
    """
    Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    drafts = Protocol.objects.visible_to(member).filter(meeting=meeting, side=member.side).drafts()
    return drafts.order_by("pk").first()


def begin(meeting: Meeting, *, by: Member) -> Protocol:
    """A draft with the meeting's agenda and guests; whoever has declined is noted as absent."""
    topics = list(meeting.topics.select_related("added_by"))
    guests = list(meeting.guests.select_related("member__user"))
    present = [by, *(guest.member for guest in guests if guest.is_expected and guest.member != by)]
    absent = [guest.member for guest in guests if not guest.is_expected]
    points = [actions.Point(t.text, planned_minutes=t.minutes, brought_by=t.added_by) for t in topics]
    return actions.write(
        meeting.client,
        by=by,
        publish=False,
        meeting=meeting,
        contents=actions.Contents(points=points, present=present, absent=absent),
        kind=meeting.kind,
        title=meeting.title,
        held_at=meeting.starts_at,
        duration_minutes=meeting.duration_minutes,
        place=meeting.place,
        project=meeting.project,
    )


def sheet_of(protocol: Protocol, member: Member) -> dict[str, Any]:
    """Everything for the page."""
    items = list(protocol.items.select_related("brought_by__user"))
    people = people_who_can_be_named(protocol)
    rows = [_row(item, protocol, people, number) for number, item in enumerate(items, 1)]
    kinds = [line.kind for row in rows for line in row.lines]
    return {
        "protocol": protocol,
        "place": in_parts(protocol.place),
        "rows": rows,
        "carried": carried_into(protocol.meeting, member),
        "so_far": {"decisions": kinds.count(DECISION), "tasks": kinds.count(TASK), "questions": kinds.count(QUESTION)},
        "present": [person for person in protocol.people if person["was_present"]],  # type: ignore[attr-defined]
        "absent": [person for person in protocol.people if not person["was_present"]],  # type: ignore[attr-defined]
        "running": _running(protocol),
        "is_staff": member.is_specialist,
        "longest": MAX_TEXT,
    }


def row_of(item: AgendaItem, protocol: Protocol) -> Row:
    """One item after it was saved."""
    return _row(item, protocol, people_who_can_be_named(protocol), item.position)


def clash_of(item: AgendaItem, mine: str) -> Clash:
    """What stands now against what was typed."""
    return Clash(str(item.edited_by) if item.edited_by else "", mine, difference(item.notes, mine))


def lines_while_typing(data: Mapping[str, str], client: Client) -> list[Shown]:
    """What is understood of the notes that a form is sending: its day and the day's people count."""
    text = next((data[name] for name in data if name.endswith("notes") or name == "key_points"), "")
    held = _moment(data.get("held_at", ""))
    language = (get_language() or "en").partition("-")[0]
    lines = parse(text[:MAX_TEXT], everybody_of(client), on=timezone.localtime(held).date(), language=language)
    return [_shown(line) for line in lines]


def task_of(item: ActionItem, request) -> Task:
    """One action item for its row."""
    item.client = request.client
    return tasks_of([item], request.member)[0]


def _row(item: AgendaItem, protocol: Protocol, people: list[Person], number: int) -> Row:
    return Row(
        pk=item.pk,
        number=number,
        title=item.title,
        notes=item.notes,
        revision=item.revision,
        saved=format_time(item.edited_at) if item.revision else "",
        brought_by=str(item.brought_by) if item.brought_by else "",
        planned=item.planned_minutes,
        lines=[_shown(line) for line in understood(item.notes, protocol, people)],
    )


def _shown(line: Line) -> Shown:
    if line.kind == NOTE and line.typed:
        return Shown("unknown", line.text, meant=", ".join(person.name for person in line.candidates))
    due = format_date(line.due_on, style="weekday") if line.due_on else ""
    return Shown(line.kind, line.text, line.person.name if line.person else "", due)


def _running(protocol: Protocol) -> int | None:
    """Minutes since it began, while it is going on."""
    since = (timezone.now() - protocol.held_at).total_seconds() / 60
    return round(since) if 0 <= since <= (protocol.duration_minutes or 60) * 2 else None


def _moment(text: str) -> datetime:
    """The moment in a field that is being typed; now, as long as it makes no sense."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found and timezone.is_naive(found):
        found = timezone.make_aware(found)
    return found if found and is_possible(found) else timezone.now()
