"""One protocol as its page shows it: agenda with results, decisions, questions, action items, people, and what it waits for."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.formats import format_date, format_datetime
from portal.core.markdown import render
from portal.tenancy.models import Member
from protocols.models import ActionItem, AgendaItem, Protocol
from protocols.shorthand import DECISION, NOTE, QUESTION, TASK, Line, Person
from protocols.understanding import everybody_of, shown

MARKS = {DECISION: "ok", QUESTION: "question"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of notes: plain text as HTML, or a decision or question with its icon."""

    kind: str
    html: SafeString | str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """One agenda item with its results."""

    pk: int
    title: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Task:
    """One action item of the protocol with this number. tone: how near its day is."""

    pk: int
    number: int
    text: str
    person: str
    due: str
    tone: str
    is_done: bool
    may_do: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """An action item of a draft: it begins when the draft is published."""

    text: str
    person: str
    due: str


@dataclass
class Contents:
    """Everything that was said. planned: action items of a draft; a published text has them as rows of their own."""

    intro: list[Piece]
    topics: list[Topic]
    decisions: list[tuple[str, str]] = field(default_factory=list)
    questions: list[tuple[str, str]] = field(default_factory=list)
    planned: list["Planned"] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.intro and not self.topics


def contents_of(protocol: Protocol, items: list[AgendaItem], people: list[Person] | None = None) -> Contents:
    """The notes as the shorthand understands them; people: who can be named, for drafts."""
    known = people or []
    intro = shown(protocol.key_points, protocol, known)
    contents = Contents([_piece(chunk) for chunk in intro if not _is_task(chunk)], [])
    _sort(contents, intro, "")
    for item in items:
        notes = shown(item.notes, protocol, known)
        contents.topics.append(Topic(item.pk, item.title, [_piece(chunk) for chunk in notes if not _is_task(chunk)]))
        _sort(contents, notes, item.title)
    return contents


def _sort(contents: Contents, found: list[str | Line], title: str) -> None:
    lines = [chunk for chunk in found if isinstance(chunk, Line)]
    contents.decisions += [(line.text, title) for line in lines if line.kind == DECISION]
    contents.questions += [(line.text, title) for line in lines if line.kind == QUESTION]
    contents.planned += [_planned(line) for line in lines if line.kind == TASK]


def _planned(line: Line) -> Planned:
    due = format_date(line.due_on, style="weekday") if line.due_on else ""
    return Planned(line.text, line.person.name if line.person else "", due)


def _is_task(chunk: str | Line) -> bool:
    """Action items have a card of their own."""
    return isinstance(chunk, Line) and chunk.kind == TASK


def _piece(chunk: str | Line) -> Piece:
    if isinstance(chunk, str):
        return Piece(NOTE, render(chunk))
    return Piece(chunk.kind, chunk.text, MARKS[chunk.kind])


def tasks_of(items: list[ActionItem], member: Member) -> list[Task]:
    """Action items in the order of the text."""
    today = timezone.localdate()
    return [_task(item, member, today) for item in items]


def progress_of(tasks: list[Task]) -> str:
    """How many of them are done, in words."""
    return _("%(done)d of %(number)d done") % {"done": sum(task.is_done for task in tasks), "number": len(tasks)}


def _task(item: ActionItem, member: Member, today) -> Task:
    return Task(
        pk=item.pk,
        number=item.protocol.number,
        text=item.text,
        person=str(item.assignee) if item.assignee else _("nobody yet"),
        due=_due(item, today),
        tone=_tone(item, today),
        is_done=item.is_done,
        may_do=item.can_be_done_by(member),
    )


def _due(item: ActionItem, today) -> str:
    if item.due_on is None:
        return ""
    late = (today - item.due_on).days
    if late > 0 and not item.is_done:
        return ngettext("%(days)d day late", "%(days)d days late", late) % {"days": late}
    return format_date(item.due_on, style="short" if item.due_on.year == today.year else "date")


def _tone(item: ActionItem, today) -> str:
    if item.is_done:
        return "ok"
    left = (item.due_on - today).days if item.due_on else 99
    return "bad" if left < 0 else "warn" if left <= 1 else "mute"


@dataclass(frozen=True, slots=True)
class Step:
    """One step until the protocol is agreed. state: "done", "now" or ""."""

    icon: str
    text: str
    when: str
    state: str


def track_of(protocol: Protocol, open_corrections: int) -> list[Step]:
    """From publication to agreement."""
    published = format_date(protocol.published_at, style="short") if protocol.published_at else ""
    steps = [Step("ok", _("Published"), published, "done")]
    steps.append(_reading(protocol))
    if protocol.correct_until and not protocol.is_accepted:
        is_over = protocol.correct_until <= timezone.now()
        words = _("Time for corrections")
        until = _("until %(day)s") % {"day": format_date(protocol.correct_until, style="short")}
        steps.append(Step("clock", words, until, "done" if is_over else "now"))
    if open_corrections:
        words = ngettext("%(number)d open correction", "%(number)d open corrections", open_corrections)
        steps.append(Step("flag", words % {"number": open_corrections}, "", "now"))
    agreed = format_date(protocol.accepted_at, style="short") if protocol.accepted_at else ""
    steps.append(Step("check", _("Agreed"), agreed, "done" if protocol.is_accepted else ""))
    return steps


def _reading(protocol: Protocol) -> Step:
    number = len(protocol.readers)  # type: ignore[attr-defined]
    words = ngettext("Read by %(number)d person", "Read by %(number)d people", number) % {"number": number}
    return Step("eye", words if number else _("Not read yet"), "", "done" if number else "")


def readers_of(protocol: Protocol) -> list[tuple[str, datetime]]:
    """(name, since when it is known as it stands) of everybody who has opened it, in that order."""
    return [(row["name"], datetime.fromisoformat(row["at"])) for row in protocol.readers]  # type: ignore[attr-defined]


def notice_of(protocol: Protocol, member: Member, open_corrections: int) -> dict[str, Any] | None:
    """The line above the text: until when it can be corrected, what it waits for, or since when it is agreed."""
    if not protocol.is_published:
        return None
    if protocol.is_accepted:
        return {"tone": "ok", "icon": "ok", "text": _agreed(protocol)}
    if protocol.correct_until is None or protocol.client.is_read_only:
        return None
    if open_corrections:
        return {"tone": "warn", "icon": "flag", "text": _waiting(open_corrections)}
    words = {"day": format_datetime(protocol.correct_until)}
    if protocol.correct_until <= timezone.now():
        return {"tone": "info", "icon": "info", "text": _("The time for corrections is over.")}
    text = _("Something wrong or missing? Correct it before %(day)s. After that this protocol counts as agreed.")
    if not protocol.can_be_corrected_by(member):
        text = _("It can be corrected until %(day)s. After that this protocol counts as agreed.")
    return {"tone": "info", "icon": "info", "text": text % words}


def _waiting(open_corrections: int) -> str:
    """Silence agrees to nothing as long as somebody's correction is open."""
    text = ngettext(
        "A correction is open. This protocol counts as agreed only after it is settled.",
        "%(number)d corrections are open. This protocol counts as agreed only after they are settled.",
        open_corrections,
    )
    return text % {"number": open_corrections}


def _agreed(protocol: Protocol) -> str:
    words = {"day": format_date(protocol.accepted_at or timezone.now()), "name": protocol.accepted_by}
    if protocol.accepted_by_silence:
        return _("Agreed on %(day)s: nobody asked for a correction in time.") % words
    return (
        _("Agreed: accepted by %(name)s on %(day)s.") % words
        if protocol.accepted_by
        else _("Agreed on %(day)s.") % words
    )


def people_named_in(protocol: Protocol, items: list[AgendaItem], tasks: list[ActionItem]) -> list[Person]:
    """Those who can be named; in a published text that is whoever has a task there, so that nobody need be read."""
    if protocol.is_published:
        return list({Person(task.named_id, str(task.named)) for task in tasks if task.named_id})
    texts = [protocol.key_points, *(item.notes for item in items)]
    return people_who_can_be_named(protocol) if any("@" in text for text in texts) else []


def people_who_can_be_named(protocol: Protocol) -> list[Person]:
    """Everybody of both houses; the annotated `people` say who took part."""
    there = {row["member"] for row in protocol.people}  # type: ignore[attr-defined]
    return everybody_of(protocol.client, there)
