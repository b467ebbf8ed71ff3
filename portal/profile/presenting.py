"""The profile as words, formatted once per row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.core.differences import difference
from portal.core.formats import format_date, format_datetime
from portal.core.markdown import render
from portal.profile.models import Change, Field, Proposal, Section, Verb
from portal.profile.presets import CONTACTS, SERVICES
from portal.tenancy.models import Client, Member
from portal.tenancy.naming import name_of


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its text. Whether it is internal is said to staff alone."""

    pk: int
    label: str
    html: SafeString
    is_internal: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What the portal knows by itself: people or names of projects."""

    label: str
    people: Sequence[Member] = ()
    names: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One section as a card."""

    pk: int
    title: str
    known: list[Known]
    facts: list[Fact]
    state: str
    tone: str
    seen: str
    may_confirm: bool


def parts_of(
    sections: Iterable[Section], fields: Iterable[Field], known: dict[str, list[Known]], member: Member
) -> list[Part]:
    """Sections with their fields; both come in their order."""
    facts: dict[int, list[Fact]] = {}
    for field in fields:
        facts.setdefault(field.section_id, []).append(
            Fact(field.pk, field.label, render(field.text), field.is_internal)
        )
    return [_part(section, facts.get(section.pk, []), known.get(section.code, []), member) for section in sections]


def _part(section: Section, facts: list[Fact], known: list[Known], member: Member) -> Part:
    state, tone = state_of(section)
    has_words = any(fact.html for fact in facts)
    return Part(
        pk=section.pk,
        title=section.title,
        known=[entry for entry in known if entry.people or entry.names],
        facts=facts,
        state=state,
        tone=tone,
        seen=section.changed_at.isoformat() if section.changed_at else "",
        may_confirm=(has_words or bool(known)) and not section.is_settled and section.can_be_confirmed_by(member),
    )


def state_of(section: Section) -> tuple[str, str]:
    """Who confirmed it and when, and the tone of that."""
    if section.confirmed_at is None:
        return _("Not confirmed yet"), "mute"
    words = {"name": name_of(section.confirmed_by), "day": format_date(section.confirmed_at)}
    if section.is_changed_since:
        return _("Changed since %(name)s confirmed it on %(day)s") % words, "warn"
    return _("Confirmed by %(name)s on %(day)s") % words, "ok"


def known_of(client: Client, people: Sequence[Member], projects: Sequence[str]) -> dict[str, list[Known]]:
    """Code of a section -> what the portal adds to it."""
    manager = [client.manager] if client.manager else []
    return {
        CONTACTS: [Known(client.name, people=people), Known(client.agency.name, people=manager)],
        SERVICES: [Known(_("Projects"), names=projects)],
    }


@dataclass(frozen=True, slots=True)
class Step:
    """One change in the history; pill: whether it has been confirmed since."""

    title: str
    verb: str
    line: list[str]
    who: str
    difference: SafeString | str
    is_internal: bool
    iso: str
    state: str
    tone: str


def steps_of(changes: Iterable[Change]) -> list[Step]:
    """The history, as its rows come."""
    return [_step(change) for change in changes]


def _step(change: Change) -> Step:
    state, tone = _standing_of(change)
    who = name_of(change.by)
    line = [str(change.section)] if change.section else []
    if change.proposed_by:
        words = {"name": name_of(change.proposed_by), "taker": who}
        line.append(_("proposed by %(name)s, taken in by %(taker)s") % words)
    return Step(
        title=change.label,
        verb=str(change.get_verb_display()),
        line=[*line, format_datetime(change.happened_at)],
        who=name_of(change.proposed_by) if change.proposed_by else who,
        difference=_difference(change),
        is_internal=change.is_internal,
        iso=change.happened_at.isoformat(),
        state=state,
        tone=tone,
    )


def _difference(change: Change) -> SafeString | str:
    if change.verb == Verb.HIDDEN and change.old == change.new:
        return ""
    old, new = change.old, change.new
    if change.old_label:
        old, new = f"{change.old_label}\n{old}", f"{change.label}\n{new}"
    return difference(old, new)


def _standing_of(change: Change) -> tuple[str, str]:
    section = change.section
    if section is None or change.is_internal:
        return "", ""
    if section.confirmed_at and section.confirmed_at >= change.happened_at:
        return _("Confirmed by %(name)s") % {"name": name_of(section.confirmed_by)}, "ok"
    return _("Waits for confirmation"), "warn"


@dataclass(frozen=True, slots=True)
class Wished:
    """A proposal as a row."""

    url: str
    title: str
    line: list[str]
    who: str
    state: str
    tone: str


def wished_of(proposals: Iterable[Proposal], client: Client) -> list[Wished]:
    """Proposals, newest first."""
    return [_wished(proposal, client) for proposal in proposals]


def _wished(proposal: Proposal, client: Client) -> Wished:
    state, tone = decision_of(proposal)
    return Wished(
        url=reverse("profile:proposal", args=[client.slug, proposal.pk]),
        title=proposal.title,
        line=[name_of(proposal.by), format_date(proposal.created_at)],
        who=name_of(proposal.by),
        state=state,
        tone=tone,
    )


def decision_of(proposal: Proposal) -> tuple[str, str]:
    """What became of it, and the tone of that."""
    if proposal.is_open:
        return _("Waits for a decision"), "warn"
    words = {"name": name_of(proposal.decided_by)}
    if proposal.accepted_at:
        return _("Taken in by %(name)s") % words, "ok"
    return _("Declined by %(name)s") % words, "mute"


def seen_by(client: Client, member: Member) -> str:
    """Who sees what is shared, in words."""
    names = {"client": client.name, "agency": client.agency.name}
    if member.is_contact:
        return _("Visible to your team, %(agency)s and vendors who share a project") % names
    return _("Visible to %(client)s, %(agency)s and vendors who share a project") % names
