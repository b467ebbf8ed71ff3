"""One entry as its page shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.formats import format_date
from portal.core.markdown import render
from portal.files.kinds import INLINE_MEDIA_TYPES
from portal.tenancy.models import Client, Member
from worklog.models import WorkEntry, WorkNote, WorkResult
from worklog.presenting import changes_of
from worklog.subjects import subject_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A result. picture: address of what can be looked at in place; preview: of the page that shows what the file looks like."""

    pk: int
    title: str
    link: str
    text: str
    file: object
    url: str
    picture: str
    preview: str
    sha256: str
    stored: str
    is_held: bool
    drop: str


def results_of(entry: WorkEntry, member: Member, client: Client, *, may_edit: bool) -> list[Shown]:
    """What came of it, in the order in which it was added."""
    rows = WorkResult.objects.visible_to(member).filter(entry=entry).select_related("file").order_by("pk")
    return [_shown(row, member, client, may_edit=may_edit) for row in rows]


def corrections_of(entry: Any) -> list[dict]:
    """Who changed what when, and why; the newest first. Of an entry with its corrections (`worklog.hanging`)."""
    return [
        {
            "words": list(changes_of(row["old"], row["new"])),
            "by": row["by"],
            "at": datetime.fromisoformat(row["at"]),
            "reason": row["reason"],
        }
        for row in entry.corrections_found
    ]


def facts_of(entry: WorkEntry, member: Member) -> list[tuple[str, str, str]]:
    """(label, words, address)."""
    facts = [(_("Project"), entry.project.name, "")] if entry.project else []
    facts.append((_("Counts as"), entry.get_charge_display(), ""))
    if subject := subject_of(entry, member):
        facts.append((_("Belongs to"), *subject))
    return facts


def history_of(entry: WorkEntry) -> list[tuple[str, str]]:
    """(what, when), oldest first."""
    steps = [(entry.get_source_display(), entry.logged_at)]
    if entry.approved_at:
        steps.append((_("Approved"), entry.approved_at))
    if entry.removed_at:
        steps.append((_("Removed"), entry.removed_at))
    if entry.invoiced_at:
        steps.append((_("Invoiced"), entry.invoiced_at))
    return [(words, format_date(at, style="short")) for words, at in steps]


def note_of(entry: WorkEntry, member: Member) -> str:
    """The internal note, for the agency's people."""
    return WorkNote.objects.visible_to(member).filter(entry=entry).values_list("text", flat=True).first() or ""


def is_unwritten(entry: WorkEntry, member: Member) -> bool:
    """Whether it is the member's own and its protocol is still to be written."""
    mine = WorkEntry.objects.visible_to(member).by_member(member).unwritten()
    return entry.member_id == member.pk and mine.filter(pk=entry.pk).exists()


def lede_of(entry: WorkEntry, span: str) -> str:
    """Who, what, when."""
    day = format_date(entry.spent_on, style="long")
    return ", ".join(part for part in (str(entry.member), entry.kind.name, day, span) if part)


def _shown(row: WorkResult, member: Member, client: Client, *, may_edit: bool) -> Shown:
    args = [client.slug, row.entry_id, row.pk]
    url = reverse("worklog:result", args=args) if row.file else ""
    is_picture = bool(row.file and row.file.media_type in INLINE_MEDIA_TYPES and not row.file.hindrance_for(member))
    return Shown(
        pk=row.pk,
        title=row.title or (row.file.name if row.file else row.link),
        link=row.link,
        text=render(row.text) if row.text else "",
        file=row.file,
        url=url,
        picture=f"{url}?inline=1" if is_picture else "",
        preview=reverse("worklog:preview", args=args) if row.file and not is_picture else "",
        sha256=f"{row.sha256[:4]} {row.sha256[4:8]} … {row.sha256[-4:]}",
        stored=format_date(timezone.localtime(row.added_at)),
        is_held=row.held_at is not None,
        drop=reverse("worklog:drop_result", args=args) if may_edit else "",
    )
