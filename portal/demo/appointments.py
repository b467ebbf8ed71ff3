"""Meetings of the demo world: for each client a series with past and coming ones, one moved, one proposed, one without a protocol."""

import json
from datetime import datetime, time, timedelta
from functools import cache

from django.utils import timezone

from portal.core.zones import zone
from portal.demo import reading
from portal.demo.cast import ALL, USUAL
from portal.demo.past import TIME_ZONE, set_back
from portal.demo.places import Place
from portal.demo.reading import TEXTS
from portal.tenancy.models import Client, Member
from protocols.meetings import actions, agenda, series
from protocols.models import Meeting, Protocol

WEEKS_AGO = 24
OFTEN = {"hanse-moebelwerk": "WEEKLY/2"}
SELDOM = "WEEKLY/4"
NEAR = timedelta(days=7)


@cache
def _texts() -> dict:
    """Agendas by client, words by language."""
    return json.loads((TEXTS / "appointments.json").read_text())


def plan_all(place: Place) -> None:
    """Those of this agency's clients; call with the agency's sight, after the protocols."""
    for client in place.clients.values():
        _plan(place, client)


def _plan(place: Place, client: Client) -> None:
    words = _texts()["words"][reading.language_of(client.slug)]
    manager, contacts = _people(place, client)
    jour_fixe = _series(client, manager, contacts, words)
    rows = list(jour_fixe.meetings.select_related("client", "series").order_by("starts_at"))
    past = [row for row in rows if row.is_over]
    coming = [row for row in rows if not row.is_over]
    for row in past:
        _is_written(row, words["nothing"])
    _agenda(coming[0], manager, contacts[0])
    _answers(coming[0], contacts)
    _move(coming[1], manager)
    _propose(client, contacts[-1], manager, words)
    _call(client, manager, contacts[0], words)


def _people(place: Place, client: Client) -> tuple[Member, list[Member]]:
    """The account manager, and those contacts of the client who see its work and write."""
    manager = next(member for member in place.members.values() if member.pk == client.manager_id)
    names = [
        p.name
        for p in place.house.people
        if p.role == "contact" and p.clients.get(client.slug) in (ALL, USUAL, ("work", "mails"))
    ]
    return manager, [place.members[name] for name in names]


def _series(client: Client, manager: Member, contacts: list[Member], words: dict[str, str]):
    today = timezone.localdate(timezone=zone(TIME_ZONE))
    tuesday = today - timedelta(days=(today.weekday() - 1) % 7, weeks=WEEKS_AGO)
    planned = series.plan(
        client,
        by=manager,
        guests=[member.pk for member in contacts],
        title=words["series"],
        kind="jour_fixe",
        place=words["video"],
        rhythm=OFTEN.get(client.slug, SELDOM),
        first_on=tuesday,
        starts_at_time=time(10),
        time_zone=TIME_ZONE,
        duration_minutes=45,
        leader=manager,
    )
    set_back(planned, timezone.now() - timedelta(weeks=WEEKS_AGO + 1), "created_at", "edited_at")
    return planned


def _is_written(meeting: Meeting, reason: str) -> None:
    """A jour fixe of the past has its protocol: one that was held about then, or none was needed."""
    near = {"held_at__gte": meeting.starts_at - NEAR, "held_at__lte": meeting.starts_at + NEAR}
    protocol = Protocol.objects.filter(client=meeting.client, kind="jour_fixe", meeting=None, **near).first()
    if protocol:
        Protocol.objects.filter(pk=protocol.pk).update(meeting=meeting)
        ends_at = protocol.held_at + timedelta(minutes=protocol.duration_minutes)
        Meeting.objects.filter(pk=meeting.pk).update(
            starts_at=protocol.held_at, ends_at=ends_at, moved_at=meeting.created_at
        )
    else:
        waived = {"waived_at": meeting.ends_at, "waived_by": meeting.leader_id, "waived_reason": reason}
        Meeting.objects.filter(pk=meeting.pk).update(**waived)


def _agenda(meeting: Meeting, manager: Member, contact: Member) -> None:
    for number, (text, minutes) in enumerate(_texts()["agendas"][meeting.client.slug]):
        agenda.add(meeting, by=contact if number % 2 else manager, text=text, minutes=minutes)


def _answers(meeting: Meeting, contacts: list[Member]) -> None:
    actions.answer(meeting, by=contacts[0], answer="ACCEPTED")
    if len(contacts) > 2:
        actions.answer(meeting, by=contacts[2], answer="TENTATIVE")


def _move(meeting: Meeting, manager: Member) -> None:
    """Two days later, this one only."""
    actions.change(
        meeting,
        by=manager,
        title=meeting.title,
        kind=meeting.kind,
        place=meeting.place,
        leader=manager,
        starts_at=meeting.starts_at + timedelta(days=2),
        duration_minutes=45,
    )


def _propose(client: Client, contact: Member, manager: Member, words: dict[str, str]) -> None:
    fields = {"title": words["visit"], "kind": "meeting", "place": client.name, "leader": manager}
    actions.plan(client, by=contact, guests=[manager.pk], starts_at=_at(4, 11), duration_minutes=90, **fields)


def _call(client: Client, manager: Member, contact: Member, words: dict[str, str]) -> None:
    """It took place some days ago, and nobody has written its protocol."""
    fields = {"title": words["call"], "kind": "call", "place": words["phone"], "leader": manager}
    actions.plan(client, by=manager, guests=[contact.pk], starts_at=_at(-3, 13), duration_minutes=20, **fields)


def _at(days: int, hour: int) -> datetime:
    """That hour, so many days from now."""
    day = timezone.localdate(timezone=zone(TIME_ZONE)) + timedelta(days=days)
    return datetime.combine(day, time(hour), zone(TIME_ZONE))
