"""The thread of a ticket: what was said and how the ticket changed, in the order of time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from portal.core.context import current
from portal.core.formats import format_datetime
from portal.core.markdown import render
from portal.tenancy.models import Client, Member
from portal.tenancy.naming import house_of, name_of
from tickets import keys
from tickets.models import Change, Comment, Ticket, TicketFile, TicketStatus
from tickets.reading import MOST_CHANGES

html_of = lru_cache(maxsize=1024)(render)
"""The same comment is read by many."""
SENTENCES = {
    "confirmed": gettext_lazy("%(who)s made sure that it is from whom it says"),
    "description": gettext_lazy("%(who)s wrote anew what it asks for"),
    "title": gettext_lazy("%(who)s called it “%(new)s”"),
    "project": gettext_lazy("%(who)s moved it to another project: %(new)s"),
    "team": gettext_lazy("%(who)s moved it to the queue of %(new)s"),
    "priority": gettext_lazy("%(who)s changed the priority"),
    "percent": gettext_lazy("%(who)s set it to %(new)s %% complete"),
    "follower": gettext_lazy("%(who)s let %(new)s follow it"),
    "unfollowed": gettext_lazy("%(who)s took %(new)s off the followers"),
    "unlinked": gettext_lazy("%(who)s took the link with %(new)s away"),
    "released": gettext_lazy("%(who)s took the part %(new)s out"),
    "estimate_minutes": gettext_lazy("%(who)s changed the estimate"),
    "merged": gettext_lazy("%(who)s merged %(new)s into this ticket"),
    "merged_into": gettext_lazy("%(who)s merged it into %(new)s"),
    "part": gettext_lazy("%(who)s added the part %(new)s"),
    "linked": gettext_lazy("%(who)s linked it with %(new)s"),
}

NAMING = ("linked", "merged", "merged_into", "part", "released", "unlinked")
"""Lines that tell of another ticket."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the page; `preview` is the page that shows it."""

    url: str
    preview: str
    name: str
    size: int
    icon: str


def documents_of(links: Iterable[TicketFile], client: Client, number: int) -> list[Document]:
    """Files with their addresses; links whose file the reader may not have are left out."""
    base = reverse("tickets:detail", args=[client.slug, number])
    return [
        Document(f"{base}files/{x.pk}/", f"{base}files/{x.pk}/preview/", x.file.name, x.file.size, x.file.icon)
        for x in links
    ]


@dataclass(frozen=True, slots=True)
class Post:
    """One entry: a comment, or a line of history (`event`)."""

    at: datetime
    when: str
    author: str = ""
    house: str = ""
    event: str = ""
    pk: int = 0
    html: SafeString | str = ""
    files: list[Document] = field(default_factory=list)
    is_private: bool = False
    by_mail: bool = False
    has_original: bool = False
    is_edited: bool = False
    is_withdrawn: bool = False
    may_edit: bool = False
    may_withdraw: bool = False

    @property
    def iso(self) -> str:
        return self.at.isoformat()


def thread_of(
    ticket: Ticket,
    said: list[Comment],
    changes: list[Change],
    files: list[TicketFile],
    steps: dict[str, str],
    member: Member,
) -> list[Post]:
    """Oldest first. steps: the words of the statuses by code."""
    posts = [_post(comment, [f for f in files if f.comment_id == comment.pk], ticket, member) for comment in said]
    changes = list(changes)
    shown = changes[:MOST_CHANGES]
    lines = [_line(change, steps) for change in shown if _may_be_named(change, ticket, member)]
    lines += [_left_out(change) for change in changes[MOST_CHANGES:]]
    lines += [_reason(row) for row in ticket.reasons or ()]
    return sorted([*posts, *(line for line in lines if line.event)], key=lambda post: post.at)


def description_of(ticket: Ticket) -> SafeString:
    """What it asks for."""
    return html_of(ticket.shown_description)


def _left_out(change: Change) -> Post:
    """Where the history begins to be too long for one page."""
    return Post(
        at=change.changed_at, when=format_datetime(change.changed_at), event=_("Changes before this are left out")
    )


def _may_be_named(change: Change, ticket: Ticket, member: Member) -> bool:
    """Whether the reader sees the other ticket of which the line tells, if it tells of one."""
    if change.what not in NAMING or member.sees_all_clients:
        return True
    linked = {row[end]["key"] for row in ticket.relatives for end in ("ticket", "other")}
    return change.new in linked | {row["key"] for row in ticket.made_of}


def _reason(row: dict[str, str]) -> Post:
    """Why it was handed over."""
    at = parse_datetime(row["at"]) or timezone.now()
    words = {"who": row["who"] or _("The portal"), "reason": row["reason"]}
    return Post(at=at, when=format_datetime(at), event=_("%(who)s handed it over: %(reason)s") % words)


def words_of_states(statuses: Iterable[TicketStatus], member: Member) -> dict[str, str]:
    """What the reader calls the statuses."""
    return {status.code: status.word_for(member) for status in statuses}


def _post(said: Comment, files: list[TicketFile], ticket: Ticket, member: Member) -> Post:
    said.ticket = ticket
    return Post(
        at=said.created_at,
        when=format_datetime(said.created_at),
        author=name_of(said.author),
        house=house_of(said.author, ticket.client),
        pk=said.pk,
        html=html_of(said.shown_text),
        files=documents_of(files, ticket.client, ticket.number),
        is_private=said.is_private,
        by_mail=said.by_mail,
        has_original=said.inbound_id is not None and member.is_specialist,
        is_edited=said.is_edited_for(member),
        is_withdrawn=said.withdrawn_at is not None,
        may_edit=said.can_be_edited_by(member),
        may_withdraw=said.can_be_withdrawn_by(member),
    )


def _line(change: Change, steps: dict[str, str]) -> Post:
    who = str(change.changed_by) if change.changed_by else _("The portal")
    new = keys.shown(change.new) if change.what in NAMING else change.new
    sentence = _sentence(change, {"who": who, "old": change.old, "new": new}, steps)
    return Post(at=change.changed_at, when=format_datetime(change.changed_at), event=sentence)


def _sentence(change: Change, words: dict[str, str], steps: dict[str, str]) -> str:
    if change.what == "status":
        return _("%(who)s set the state to %(new)s") % {**words, "new": steps.get(change.new, change.new)}
    if change.what == "due_at":
        moment = parse_datetime(change.new) if change.new else None
        words["new"] = format_datetime(moment) if moment else ""
        return (_("%(who)s set the deadline to %(new)s") if moment else _("%(who)s took the deadline away")) % words
    if change.what == "assignee":
        return _given(change) % words
    if change.what == "merged" and change.old and not current().veiled:
        return _("%(who)s merged %(new)s, which was for %(old)s, into this ticket") % words
    if change.what == "type":
        words["new"] = gettext(change.new)
        return _("%(who)s made it a ticket of the kind %(new)s") % words
    return str(SENTENCES[change.what]) % words if change.what in SENTENCES else ""


def _given(change: Change) -> str:
    if not change.new:
        return _("%(who)s took it off the desk of %(old)s")
    return _("%(who)s took it") if change.new == str(change.changed_by or "") else _("%(who)s gave it to %(new)s")
