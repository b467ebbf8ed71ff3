"""One ticket's page as words: the steps, the facts, who follows, and who reads what is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from portal.core.formats import format_datetime, format_hours, format_percent
from portal.tenancy import veiling
from portal.tenancy.models import Member
from portal.tenancy.naming import name_of
from tickets import deadlines, keys
from tickets.models import LinkKind, Priority, Stage, Ticket, TicketStatus
from tickets.presenting import PRIORITIES

LINKS = {
    LinkKind.BLOCKS: (gettext_lazy("blocks"), gettext_lazy("is blocked by")),
    LinkKind.DUPLICATE: (gettext_lazy("is a duplicate of"), gettext_lazy("has the duplicate")),
    LinkKind.MERGED: (gettext_lazy("was merged into"), gettext_lazy("took in")),
    LinkKind.FOLLOWS: (gettext_lazy("follows on"), gettext_lazy("goes on in")),
}
"""How the link is said from its two ends."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the type's flow. state: "done", "now" or ""."""

    word: str
    state: str
    line: str


def steps_of(ticket: Ticket, statuses: Iterable[TicketStatus], member: Member) -> list[Step]:
    """The flow, and where the ticket stands in it."""
    return [_step(status, ticket, member) for status in statuses]


def _step(status: TicketStatus, ticket: Ticket, member: Member) -> Step:
    word = status.word_for(member)
    if status.pk == ticket.status_id:
        return Step(word, "now", _("since %(moment)s") % {"moment": format_datetime(ticket.status_since)})
    if status.position < ticket.status.position:
        return Step(word, "done", "")
    is_last = status.stage == Stage.DONE and ticket.due_at
    return Step(word, "", _("due %(moment)s") % {"moment": deadlines.exactly(ticket.due_at)} if is_last else "")


def facts_of(ticket: Ticket, member: Member, *, is_handed_on: bool = False) -> list[tuple[str, Any]]:
    """Label and words. is_handed_on: without what is the agency's alone, also for its own people."""
    facts = [(_("Kind"), str(ticket.type)), (_("Asked by"), name_of(ticket.logger))]
    if ticket.opened_by_id != ticket.logger_id and ticket.opened_by:
        facts.append((_("Written by"), str(ticket.opened_by)))
    facts.append((_("Opened"), format_datetime(ticket.created_at)))
    if ticket.project:
        facts.append((_("Project"), ticket.project.name))
    if ticket.inbound_id:
        facts.append((_("Came by"), _("E-mail")))
    facts += [(fact["label"], fact["value"]) for fact in ticket.facts if not (is_handed_on and fact["is_internal"])]
    if ticket.percent and not ticket.is_closed:
        facts.append((_("Complete"), format_percent(ticket.percent / 100)))
    if member.is_specialist and not is_handed_on:
        facts += _of_work(ticket)
    if ticket.closed_at:
        facts.append((pgettext("ticket state", "Done"), format_datetime(ticket.closed_at)))
    return facts


def _of_work(ticket: Ticket) -> list[tuple[str, Any]]:
    facts = []
    if ticket.priority != Priority.NORMAL:
        facts.append((_("Priority"), str(PRIORITIES[ticket.priority])))
    if ticket.estimate_minutes:
        facts.append((_("Estimate"), format_hours(ticket.estimate_minutes)))
    return facts


@dataclass(frozen=True, slots=True)
class Listener:
    """A follower."""

    pk: int
    name: str
    house: str
    is_muted: bool


def followers_of(ticket: Ticket) -> list[Listener]:
    """Who follows; people whose names the reader may not know are counted nowhere."""
    return [
        Listener(
            row["member"],
            veiling.shown_person(row["name"], row["kind"]),
            _house(row, ticket),
            row["muted_at"] is not None,
        )
        for row in ticket.people
        if row["name"]
    ]


def _house(row: dict, ticket: Ticket) -> str:
    return row["vendor"] or (ticket.client.name if row["kind"] == "contact" else ticket.client.agency.name)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who reads what is written: the words below the composer."""

    public: str
    private: str


def audience_of(
    ticket: Ticket, member: Member, listeners: list[Member], vendors: list[str], houses: list[str]
) -> Audience:
    """listeners: who hears of it; houses: vendors who read it; vendors: those of them who read private words too."""
    others = [one for one in listeners if one.pk != member.pk and one.gets_mails]  # type: ignore[attr-defined]
    return Audience(
        public=f"{_public(ticket, others)} {_of_houses(ticket, member, houses)}".strip(),
        private=_private(ticket, vendors),
    )


def _public(ticket: Ticket, others: list[Member]) -> str:
    client, number = ticket.client.name, len(others)
    everybody = _("Everybody at %(client)s to whom tickets are open can read it.") % {"client": client}
    if not number:
        return everybody
    theirs = sum(one.is_contact for one in others)
    words = ngettext("%(number)d person gets it by e-mail", "%(number)d people get it by e-mail", number)
    line = words % {"number": number}
    if theirs:
        inside = ngettext("%(number)d of them at %(client)s", "%(number)d of them at %(client)s", theirs)
        line = f"{line}, {inside % {'number': theirs, 'client': client}}"
    return f"{line}. {everybody}"


def _of_houses(ticket: Ticket, member: Member, houses: list[str]) -> str:
    """Vendors read it too; by name for whoever may know them."""
    if member.is_vendor or not houses:
        return ""
    if member.is_specialist:
        return _("So can %(names)s.") % {"names": ", ".join(houses)}
    return _("So can the companies that work on it with %(agency)s.") % {"agency": ticket.client.agency.name}


def _private(ticket: Ticket, vendors: list[str]) -> str:
    names = [ticket.client.agency.name, *vendors]
    if len(names) == 1:
        return _("Only %(agency)s reads it. It is never sent to the client.") % {"agency": names[0]}
    listed = ", ".join(names)
    return _("Only %(names)s read it. It is never sent to the client.") % {"names": listed}


@dataclass(frozen=True, slots=True)
class Relative:
    """A linked ticket, seen from this one. may_go: the link can be taken away, by whoever may change the ticket."""

    pk: int
    words: str
    url: str
    key: str
    title: str
    is_closed: bool
    may_go: bool


def relatives_of(ticket: Ticket) -> list[Relative]:
    """The other ends of the links."""
    return [_relative(link, link["ticket"]["id"] == ticket.pk) for link in ticket.relatives]


def _relative(link: dict, is_ours: bool) -> Relative:
    other = link["other" if is_ours else "ticket"]
    words = LINKS[LinkKind(link["kind"])][0 if is_ours else 1]
    url = reverse("tickets:detail", args=[other["slug"], other["number"]])
    is_closed, may_go = other["closed_at"] is not None, link["kind"] != LinkKind.MERGED
    return Relative(link["pk"], str(words), url, keys.shown(other["key"]), other["title"], is_closed, may_go)
