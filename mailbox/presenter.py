"""Mails as the pages show them: every cell formatted once, in Python."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailbox.file_lines import File, can_be_downloaded, file_of, files_line
from mailbox.models import Mail, MailAttachment, Problem, Thread, sender_of, title_of
from portal.core.formats import format_date, format_datetime, format_time
from portal.mail.addresses import is_spelled_for
from portal.mail.models import OutgoingMail, Verdict
from portal.mail.quotes import pieces
from portal.mail.sanitising import waiting_in
from tickets import keys

SHOWN_TEXT = 100_000
FRAME_HEIGHTS = (240, 1200)
LINE_HEIGHT, LINE_LENGTH = 24, 80


@dataclass(frozen=True)
class Row:
    """One line of the list: a thread, as its newest mail."""

    url: str
    sender: str
    when: str
    moment: str
    subject: str
    snippet: str
    files: str
    count: int
    state: str
    assignee: str
    is_unread: bool
    is_selected: bool
    opens_by_key: bool


def row(
    thread: Thread,
    base: str,
    query: str,
    selected: int | None,
    *,
    opens_by_key: bool = False,
    is_for_staff: bool = False,
) -> Row:
    """A line of the list; base: address of the list; query: its filters, which go along. It leads to the first new mail.

    opens_by_key: the key o opens it. is_for_staff: it says who is to answer.
    """
    head, assignee = thread.head, thread.assignee if is_for_staff else None
    return Row(
        url=f"{base}{thread.unread or head['pk']}/{query}",
        sender=sender_of(head["name"], head["address"]),
        when=_when(thread.last_at),
        moment=thread.last_at.isoformat(),
        subject=title_of(head["subject"]),
        snippet=head["snippet"] or (str(Problem(head["problem"]).label) if head["problem"] else ""),
        files=files_line(head["files"]),
        count=thread.mail_count if thread.mail_count > 1 else 0,
        state=_("answered") if thread.is_answered else "",
        assignee=_("%(name)s is to answer") % {"name": assignee} if assignee and not thread.is_answered else "",
        is_unread=thread.unread is not None,
        is_selected=thread.pk == selected,
        opens_by_key=opens_by_key,
    )


def _when(moment) -> str:
    """The time today, else the day; the year only when it is another one."""
    day, today = timezone.localtime(moment).date(), timezone.localdate()
    if day == today:
        return format_time(moment)
    return format_date(day, style="short" if day.year == today.year else "date")


@dataclass(frozen=True)
class Pane:
    """The mail that is being read."""

    mail: Mail
    sender: str
    line: str
    pieces: list[tuple[bool, str]]
    is_cut: bool
    problem: str
    blocked_images: str
    trackers: str
    mark: tuple[str, str]
    notes: list[tuple[str, str]]
    states: list[tuple[str, str]]
    files: list[File]
    files_title: str
    thread: list["Line"]
    seen_by: str
    frame_height: int
    ticket: tuple[str, str] | None
    links: dict[str, str]


@dataclass(frozen=True)
class Line:
    """A mail of the thread, beside the one that is read."""

    url: str
    sender: str
    when: str
    is_current: bool
    is_unread: bool


def pane(mail: Mail, attachments: list[MailAttachment], outgoing: OutgoingMail | None, request) -> Pane:
    """The reading pane for this reader; outgoing: of a mail that was written here."""
    place, as_text = [request.client.slug, mail.pk], request.GET.get("view") == "text"
    shows_pictures = "pictures" in request.GET and not as_text
    count = len(attachments)
    return Pane(
        mail=mail,
        sender=mail.sender,
        line=line_of(mail, request.client.slug),
        pieces=[] if mail.html and not as_text else pieces(mail.text[:SHOWN_TEXT]),
        is_cut=len(mail.text) > SHOWN_TEXT,
        problem=mail.get_problem_display() if mail.problem else "",
        blocked_images="" if shows_pictures else _blocked(mail),
        trackers=_trackers(mail),
        mark=_mark(mail),
        notes=_notes(mail),
        states=states_of(mail, outgoing),
        files=[file_of(attachment, request.client.slug, request.member) for attachment in attachments],
        files_title=ngettext("%(count)d attachment", "%(count)d attachments", count) % {"count": count},
        thread=thread_of(mail, request.client.slug) if len(mail.lines) > 1 else [],
        seen_by=seen_by(request.agency, request.client, mail.project_id, is_test=mail.tester_id is not None),
        frame_height=_frame_height(mail),
        ticket=_ticket(mail, request.client.slug),
        links=_links(mail, place, attachments, request),
    )


def thread_of(mail: Mail, client_slug: str) -> list[Line]:
    """The mails of the thread, oldest first."""
    return [_thread_line(line, mail, client_slug) for line in reversed(mail.lines)]


def _thread_line(line: dict, mail: Mail, client_slug: str) -> Line:
    sender = Mail(from_name=line["name"], from_address=line["address"]).sender
    url = reverse("mailbox:detail", args=[client_slug, line["pk"]])
    at = datetime.fromisoformat(line["at"])
    return Line(url, sender, format_datetime(at), line["pk"] == mail.pk, not line["is_read"])


def _blocked(mail: Mail) -> str:
    """What a click would show; pixels that only count readers are no pictures (`_trackers`)."""
    count = waiting_in(mail.html)
    words = ngettext(
        "%(count)d picture of another server was left out, so that the sender does not learn who reads.",
        "%(count)d pictures of other servers were left out, so that the sender does not learn who reads.",
        count,
    )
    return words % {"count": count} if count else ""


def _trackers(mail: Mail) -> str:
    """ "2 tracking pixels removed: Mailchimp, HubSpot"."""
    if not mail.trackers:
        return ""
    count = len(mail.trackers)
    words = ngettext(
        "%(count)d tracking pixel removed: %(names)s", "%(count)d tracking pixels removed: %(names)s", count
    )
    return words % {"count": count, "names": ", ".join(dict.fromkeys(map(str, mail.trackers)))}


def _mark(mail: Mail) -> tuple[str, str]:
    """What is known of the sender, in words, and its tone."""
    if mail.author_id:
        return _("Written by this person"), "ok"
    if mail.verdict == Verdict.FAILED:
        return _("May be forged: the sender’s domain does not confirm it"), "bad"
    is_verified = mail.verdict == Verdict.VERIFIED
    return (_("Sender confirmed"), "ok") if is_verified else (_("Sender not confirmed"), "mute")


def _notes(mail: Mail) -> list[tuple[str, str]]:
    """What else it carries: (icon, words)."""
    forwarded = _("Forwarded: %(what)s") % {"what": mail.forwarded} if mail.forwarded else ""
    return [(icon, words) for icon, words in (("calendar", mail.calendar_line), ("arrow", forwarded)) if words]


def states_of(mail: Mail, outgoing: OutgoingMail | None) -> list[tuple[str, str]]:
    """State of sending, and of the thread for whoever may know: (words, tone)."""
    found = []
    if outgoing:
        found.append(_sending(outgoing))
    if mail.thread.is_answered:
        found.append((_("Answered"), "ok"))
    if mail.thread.hidden_at:
        found.append((_("Not relevant"), "mute"))
    return found


def _sending(outgoing: OutgoingMail) -> tuple[str, str]:
    if outgoing.bounced_at:
        return _("Came back: %(why)s") % {"why": outgoing.bounce_text or _("without a reason")}, "bad"
    if outgoing.failed_at:
        return _("Refused: %(why)s") % {"why": outgoing.last_error}, "bad"
    return (_("Sent"), "ok") if outgoing.sent_at else (_("Waiting to be sent"), "mute")


def _ticket(mail: Mail, slug: str) -> tuple[str, str] | None:
    """Address and key of the ticket that was made of the mail."""
    found = mail.ticket
    return (reverse("tickets:detail", args=[slug, found["number"]]), keys.shown(found["key"])) if found else None


def _frame_height(mail: Mail) -> int:
    """Pixels for the frame, guessed from the text: nobody outside the sandbox can measure what is in it."""
    lines = sum(1 + len(line) // LINE_LENGTH for line in mail.text[:SHOWN_TEXT].split("\n")) + 4
    lowest, highest = FRAME_HEIGHTS
    return max(lowest, min(highest, lines * LINE_HEIGHT))


def line_of(mail: Mail, slug: str) -> str:
    """To whom and when: "to Bence, Cc the portal · 19 Nov 2026, 09:12". slug: of its client."""
    told: dict[str, Any] = {"to": _names(mail.to, slug), "cc": _names(mail.cc, slug)}
    parts = [_("to %(to)s") % told] if mail.to else []
    parts += [_("Cc %(cc)s") % told] if mail.cc else []
    if mail.author and mail.inbound_id and mail.author.user.email.lower() != mail.from_address.lower():
        parts.append(_("sent by %(name)s, from another mailbox") % {"name": mail.author})
    return " · ".join(part for part in (", ".join(parts), format_datetime(mail.received_at)) if part)


def _names(people: list[dict], slug: str) -> str:
    """The client's own address is a word, in whichever spelling."""
    found = (
        _("the portal") if is_spelled_for(one["address"], slug) else one["name"] or one["address"] for one in people
    )
    names = list(dict.fromkeys(found))
    return ", ".join(names[:6]) + (" …" if len(names) > 6 else "")


def seen_by(agency, client, project: int | None, *, is_test: bool = False) -> str:
    """Who can read a mail, in words."""
    names = {"agency": agency.name, "client": client.name}
    if is_test:
        return _("A test: only you see it")
    if project:
        return (
            _("Seen by %(agency)s, by people of %(client)s with the area Mails, and by vendors of the project") % names
        )
    return _("Seen by %(agency)s, by people of %(client)s with the area Mails, and by its providers") % names


def _links(mail: Mail, place: list, attachments: list[MailAttachment], request) -> dict[str, str]:
    """Where the buttons lead; what is not open to this reader is missing."""
    member, is_html = request.member, bool(mail.html) and request.GET.get("view") != "text"
    here, pictures = reverse("mailbox:detail", args=place), "pictures" in request.GET
    links = {"print": reverse("mailbox:print", args=place), "unread": reverse("mailbox:unread", args=place)}
    if is_html:
        links["body"] = reverse("mailbox:pictures" if pictures else "mailbox:body", args=place)
        links["pictures"] = f"{here}?pictures=1" if not pictures else ""
    if mail.html:
        links["switch"] = f"{here}?view=text" if is_html else here
    if can_be_downloaded(mail, attachments, member):
        links["raw"] = reverse("mailbox:raw", args=place)
    if mail.can_be_answered_by(member):
        links["answer"] = reverse("mailbox:answer", args=place)
    if mail.thread.can_be_handled_by(member):
        links["handling"] = reverse("mailbox:handling", args=place)
        links["ticket"] = "" if mail.ticket else reverse("mailbox:ticket", args=place)
        links["hiding"] = reverse("mailbox:hiding", args=place)
    return links
