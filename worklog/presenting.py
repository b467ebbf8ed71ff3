"""Entries as words, formatted once per entry."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.formats import format_date, format_minutes, format_time, format_times
from portal.tenancy.models import Member
from worklog.models import Charge, WorkEntry


@dataclass(frozen=True, slots=True)
class Line:
    """One entry. span: "09:05–11:50", "" when only the minutes are known; marks: words with their tones.

    place: how forms name its client or project (worklog.choosing).
    """

    pk: int
    url: str
    text: str
    who: str
    client: str
    project: str
    place: str
    kind: str
    day: str
    span: str
    time: str
    minutes: int
    gone: bool
    marks: list[tuple[str, str]]


def lines_of(rows: Iterable[WorkEntry], member: Member) -> list[Line]:
    """Needs client, member, kind, project and vendor with each row (`with_names`)."""
    return [line_of(row, member) for row in rows]


def line_of(row: WorkEntry, member: Member) -> Line:
    return Line(
        pk=row.pk,
        url=reverse("worklog:entry", args=[row.client.slug, row.pk]),
        text=row.text,
        who=str(row.member),
        client=row.client.name,
        project=row.project.name if row.project else "",
        place=place_key(row.client_id, row.project_id),
        kind=row.kind.name,
        day=format_date(row.spent_on, style="short"),
        span=span_of(row),
        time=format_minutes(row.minutes),
        minutes=row.minutes,
        gone=row.removed_at is not None,
        marks=marks_of(row, member),
    )


def place_key(client_id: int, project_id: int | None) -> str:
    """How forms name the client or project of an entry (worklog.choosing)."""
    return f"p{project_id}" if project_id else f"c{client_id}"


def span_of(row: WorkEntry) -> str:
    """From and to by the reader's clock."""
    if row.started_at is None or row.ended_at is None:
        return ""
    return format_times(row.started_at, row.ended_at)


def marks_of(row: Any, member: Member) -> list[tuple[str, str]]:
    """What is special about an entry: (words, tone). Also how far a question is, where the row came with it (`with_hanging`); for
    staff what the client does not see yet, and what a manager has to look at again.
    """
    marks = []
    if row.removed_at:
        marks.append((_("removed"), "mute"))
    elif row.changed_at:
        marks.append((_("corrected"), "warn"))
    if row.charge == Charge.GOODWILL:
        marks.append((_("without charge"), "ok"))
    if row.is_of_provider:
        marks.append((str(row.vendor), "info"))
    if row.invoiced_at:
        marks.append((_("invoiced"), "ok"))
    if asked := getattr(row, "asked", None):
        marks.append(state_of(asked["answered"], asked["released"]))
    if not member.is_contact and row.is_waiting:
        marks.append((_("waits for approval"), "warn"))
    elif not member.is_contact and not row.is_open_to_contacts():
        marks.append((_("not yet visible"), "warn"))
    return marks


def state_of(answered: Any, released: Any) -> tuple[str, str]:
    """How far a question is: (words, tone). Released without an answer, it was taken back."""
    if released:
        return (_("explained"), "ok") if answered else (_("question taken back"), "mute")
    return (_("answered"), "info") if answered else (_("please explain"), "bad")


def changes_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """What a correction changed: "90 → 60 min"."""
    for name in new:
        if words := _change(name, old.get(name, ""), new[name]):
            yield words


MOMENTS = {
    "started_at": gettext_lazy("from %(old)s → %(new)s"),
    "ended_at": gettext_lazy("to %(old)s → %(new)s"),
}


def _change(name: str, old: Any, new: Any) -> str:
    if name == "minutes":
        return _("%(old)d → %(new)d min") % {"old": old, "new": new}
    if name == "spent_on":
        old, new = (format_date(date.fromisoformat(day), style="short") for day in (old, new))
    if name in MOMENTS:
        old, new = (format_time(datetime.fromisoformat(moment)) if moment else "" for moment in (old, new))
        return MOMENTS[name] % {"old": old or "–", "new": new or "–"} if old != new else ""
    if name == "charge":
        old, new = Charge(old).label, Charge(new).label
    return _("“%(old)s” → “%(new)s”") % {"old": old or "–", "new": new or "–"}
