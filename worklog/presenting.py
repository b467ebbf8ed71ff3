"""Entries as words, formatted once per entry."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.formats import format_date, format_minutes, format_time
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
        place=f"p{row.project_id}" if row.project_id else f"c{row.client_id}",
        kind=row.kind.name,
        day=format_date(row.spent_on, style="short"),
        span=span_of(row),
        time=format_minutes(row.minutes),
        minutes=row.minutes,
        gone=row.removed_at is not None,
        marks=marks_of(row, member),
    )


def span_of(row: WorkEntry) -> str:
    """From and to by the reader's clock."""
    if row.started_at is None or row.ended_at is None:
        return ""
    return f"{format_time(row.started_at)}–{format_time(row.ended_at)}"


def marks_of(row: WorkEntry, member: Member) -> list[tuple[str, str]]:
    """What is special about it. For staff also what the client does not see yet."""
    marks = []
    if row.removed_at:
        marks.append((_("removed"), "mute"))
    if row.charge == Charge.GOODWILL:
        marks.append((_("without charge"), "ok"))
    if row.is_of_provider:
        marks.append((str(row.vendor), "info"))
    if row.invoiced_at:
        marks.append((_("invoiced"), "ok"))
    if row.changed_at:
        marks.append((_("corrected"), "warn"))
    if not member.is_contact and not row.is_open_to_contacts():
        waiting = _("waits for approval") if row.visible_from is None else _("not yet visible")
        marks.append((waiting, "warn"))
    return marks
