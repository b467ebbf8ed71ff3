"""Rows of tickets as words, formatted once, because cells formatted by a template are slow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from portal.core.formats import format_date, format_relative_day
from portal.tenancy.models import Client, Member
from portal.tenancy.naming import name_of
from tickets import deadlines
from tickets.models import Priority, Stage, Ticket

TONES = {Stage.NEW: "mute", Stage.ACCEPTED: "brand", Stage.WORKING: "info", Stage.WAITING: "warn", Stage.DONE: "ok"}
PRIORITIES = dict(Priority.choices)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. gone: how much of the time until the deadline is over, in per cent, as long as it runs."""

    pk: int
    url: str
    key: str
    title: str
    kind: str
    state: str
    tone: str
    due: str
    due_tone: str
    gone: int | None
    who: str
    client: str
    last: str
    priority: str


def rows_of(tickets: Iterable[Ticket], member: Member, client: Client | None = None) -> list[Row]:
    """Lines of a list; with the client's name when it is not the list of one."""
    now = timezone.now()
    base = cache(lambda slug: reverse("tickets:index", args=[slug]))
    return [_row(ticket, member, base((client or ticket.client).slug), client is None, now) for ticket in tickets]


def _row(ticket: Ticket, member: Member, base: str, is_of_many: bool, now: datetime) -> Row:
    due, due_tone = deadlines.said(ticket.due_at, now)
    if ticket.closed_at:
        due, due_tone = format_date(ticket.closed_at), "mute"
    return Row(
        pk=ticket.pk,
        url=f"{base}{ticket.number}/",
        key=ticket.shown_key,
        title=ticket.title,
        kind=gettext(ticket.type.name),
        state=ticket.status.word_for(member),
        tone=TONES[Stage(ticket.stage)],
        due=due,
        due_tone=due_tone,
        gone=None if ticket.closed_at else gone_of(ticket, now),
        who=str(ticket.assignee) if ticket.assignee else "",
        client=ticket.client.name if is_of_many else "",
        last=format_relative_day(
            timezone.localtime(ticket.touched_at if member.is_specialist else ticket.told_at).date()
        ),
        priority=str(PRIORITIES[ticket.priority]) if ticket.priority < Priority.NORMAL and member.is_specialist else "",
    )


def gone_of(ticket: Ticket, now: datetime) -> int | None:
    """How full the ring beside its deadline is, in per cent; None without one."""
    return deadlines.share_gone(ticket.created_at, ticket.due_at, now) if ticket.due_at else None


def url_of(ticket: Ticket) -> str:
    """The ticket's page."""
    return reverse("tickets:detail", args=[ticket.client.slug, ticket.number])


def said_by(ticket: Ticket) -> str:
    """Who wrote the request; when it was for somebody else, also for whom."""
    if ticket.logger_id in (None, ticket.opened_by_id):
        return name_of(ticket.opened_by)
    return _("%(name)s, for %(other)s") % {"name": name_of(ticket.opened_by), "other": ticket.logger}
