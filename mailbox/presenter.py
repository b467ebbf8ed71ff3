"""Mails as the pages show them: every cell formatted once, in Python."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailbox.models import Mail, MailAttachment
from portal.core.formats import format_date, format_datetime, format_time
from portal.files.previews import READERS

SHOWN_TEXT = 100_000
FRAME_HEIGHTS = (240, 1200)
LINE_HEIGHT, LINE_LENGTH = 24, 80


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    url: str
    sender: str
    when: str
    moment: str
    subject: str
    snippet: str
    files: str
    is_unread: bool
    is_selected: bool


def row(mail: Mail, client_slug: str, selected: int | None) -> Row:
    """A line of the list; `mail` carries `is_read`."""
    return Row(
        url=reverse("mailbox:detail", args=[client_slug, mail.pk]),
        sender=mail.sender,
        when=_when(mail.received_at),
        moment=mail.received_at.isoformat(),
        subject=str(mail),
        snippet=mail.snippet or (mail.get_problem_display() if mail.problem else ""),
        files=files_line(mail.attachment_count),
        is_unread=not mail.is_read,
        is_selected=mail.pk == selected,
    )


def files_line(count: int) -> str:
    """How many files come with it, "" for none."""
    return ngettext("%(count)d file", "%(count)d files", count) % {"count": count} if count else ""


def _when(moment) -> str:
    """The time today, else the day; the year only when it is another one."""
    day, today = timezone.localtime(moment).date(), timezone.localdate()
    if day == today:
        return format_time(moment)
    return format_date(day, style="short" if day.year == today.year else "date")


@dataclass(frozen=True)
class File:
    """An attachment in the reading pane. hindrance: why it cannot be opened."""

    url: str
    name: str
    size: int
    icon: str
    hindrance: str


@dataclass(frozen=True)
class Pane:
    """The mail that is being read."""

    mail: Mail
    sender: str
    line: str
    text: str
    is_cut: bool
    problem: str
    blocked_images: str
    files: list[File]
    files_title: str
    seen_by: str
    frame_height: int
    links: dict[str, str]


def pane(mail: Mail, attachments: list[MailAttachment], request, *, as_text: bool) -> Pane:
    """The reading pane for this reader."""
    place = [request.client.slug, mail.pk]
    blocked = ngettext(
        "%(count)d picture of another server was left out, so that the sender does not learn who reads.",
        "%(count)d pictures of other servers were left out, so that the sender does not learn who reads.",
        mail.remote_images,
    )
    return Pane(
        mail=mail,
        sender=mail.sender,
        line=_line(mail),
        text="" if mail.html and not as_text else mail.text[:SHOWN_TEXT],
        is_cut=len(mail.text) > SHOWN_TEXT,
        problem=mail.get_problem_display() if mail.problem else "",
        blocked_images=blocked % {"count": mail.remote_images} if mail.remote_images else "",
        files=[_file(attachment, place, request.member) for attachment in attachments],
        files_title=ngettext("%(count)d attachment", "%(count)d attachments", len(attachments))
        % {"count": len(attachments)},
        seen_by=_seen_by(mail, request),
        frame_height=_frame_height(mail),
        links=_links(mail, place, request.member, as_text),
    )


def _frame_height(mail: Mail) -> int:
    """Pixels for the frame, guessed from the text: nobody outside the sandbox can measure what is in it."""
    lines = sum(1 + len(line) // LINE_LENGTH for line in mail.text[:SHOWN_TEXT].split("\n")) + 4
    lowest, highest = FRAME_HEIGHTS
    return max(lowest, min(highest, lines * LINE_HEIGHT))


def _line(mail: Mail) -> str:
    """To whom and when: "to Bence, Cc Lena · 19 Nov 2026, 09:12"."""
    told: dict[str, Any] = {"to": _names(mail.to), "cc": _names(mail.cc)}
    parts = [_("to %(to)s") % told] if mail.to else []
    parts += [_("Cc %(cc)s") % told] if mail.cc else []
    if mail.sender_member_id:
        parts.append(_("sent by %(name)s, from another mailbox") % {"name": mail.sender_member})
    return " · ".join(part for part in (", ".join(parts), format_datetime(mail.received_at)) if part)


def _names(people: list[dict]) -> str:
    names = [person["name"] or person["address"] for person in people]
    return ", ".join(names[:6]) + (" …" if len(names) > 6 else "")


def _file(attachment: MailAttachment, place: list, member) -> File:
    file = attachment.file
    view = "mailbox:preview" if file.media_type in READERS else "mailbox:attachment"
    return File(
        url=reverse(view, args=[*place, attachment.pk]),
        name=file.name,
        size=file.size,
        icon=file.icon,
        hindrance=str(file.hindrance_for(member)),
    )


def _seen_by(mail: Mail, request) -> str:
    names = {"agency": request.agency.name, "client": request.client.name}
    if mail.tester_id:
        return _("A test: only you see it")
    if mail.project_id:
        return (
            _("Seen by %(agency)s, by people of %(client)s with the area Mails, and by vendors of the project") % names
        )
    return _("Seen by %(agency)s, by people of %(client)s with the area Mails, and by its providers") % names


def _links(mail: Mail, place: list, member, as_text: bool) -> dict[str, str]:
    here = reverse("mailbox:detail", args=place)
    links = {"body": "" if as_text or not mail.html else reverse("mailbox:body", args=place)}
    if mail.html:
        links["switch"] = here if as_text else f"{here}?view=text"
    if member.is_specialist:
        links["raw"] = reverse("mailbox:raw", args=place)
    return links
