"""Tickets of the demo world, in each client's language: written at once, with all that the actions would have written in their time."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model

from portal.demo.past import event_of, ids_for, working_day
from portal.demo.places import TEXTS, Place
from portal.events.models import Event
from portal.tenancy.models import Client, Member, Project
from tickets import actions
from tickets.actions.history import words_of
from tickets.models import (
    Change,
    ChecklistItem,
    Comment,
    Follower,
    Priority,
    Stage,
    Ticket,
    TicketCounter,
    TicketStatus,
    TicketType,
    WatchOut,
)
from tickets.numbering import prefix_for

STORY: dict[str, list[dict[str, Any]]] = json.loads((TEXTS / "tickets.json").read_text())
TEAMS = {"nordlicht": "Fulfilment", "lindenhof": "Umsetzung"}
TALKS_AFTER, ANSWERS_AFTER, DONE_AFTER = timedelta(hours=1), timedelta(minutes=50), timedelta(hours=5)
CLOSES_AT = 16.0
"""The hour at which what is due is due."""


def open_all(place: Place) -> None:
    """Call with the agency's sight. The same at every load, but for the day on which it is."""
    team = actions.keep_team(None, by=place.owner, name=TEAMS[place.agency.slug], people=_staff(place))
    for slug, client in place.clients.items():
        shelf = _Shelf(place, client, team.pk)
        for told in reversed(STORY[slug]):
            shelf.put(told)
        shelf.keep()


def _staff(place: Place) -> list[Member]:
    return [member for member in place.members.values() if member.is_specialist][1:4]


class _Shelf:
    """Rows of one client that are not in the database yet."""

    def __init__(self, place: Place, client: Client, team_id: int):
        self.place, self.client, self.team_id = place, client, team_id
        self.about = {"agency_id": place.agency.pk}
        self.projects = {row.slug: row for row in Project.objects.filter(client=client)}
        self.types = {row.code: row for row in TicketType.objects.filter(agency=place.agency)}
        self.flow: dict[int, list[TicketStatus]] = {}
        for status in TicketStatus.objects.filter(agency=place.agency).order_by("position"):
            self.flow.setdefault(status.type_id, []).append(status)
        taken = set(TicketCounter.objects.filter(agency=place.agency).values_list("prefix", flat=True))
        self.prefix = prefix_for(client.name, taken)
        told = STORY[client.slug]
        self.ids = iter(ids_for(Ticket, len(told) + sum(len(one.get("parts", ())) for one in told)))
        self.rows: dict[type[Model], list[Any]] = {}
        self.events: list[Event] = []

    def put(self, told: dict[str, Any]) -> None:
        """A ticket with its words, and its parts."""
        ticket = self._ticket(told)
        self._talk(ticket, told["said"])
        self._add(ChecklistItem, *self._to_do(ticket, told.get("todo", ())))
        if "note" in told:
            self._add(WatchOut, WatchOut(**self.about, ticket=ticket, text=told["note"], edited_by=ticket.assignee))
        for kind, stage, who, title in told.get("parts", ()):
            part = {**told, "kind": kind, "stage": stage, "who": who, "title": title, "text": "", "said": []}
            self._ticket({**part, "by": str(self.client.manager)}, parent=ticket)

    def keep(self) -> None:
        """Write all of it."""
        tickets, moments = self.rows.pop(Ticket), {}
        for ticket in tickets:
            moments[ticket.pk] = ticket.created_at
        Ticket.objects.bulk_create(tickets)
        for ticket in tickets:  # the column takes the moment of writing by itself
            ticket.created_at = moments[ticket.pk]
        Ticket.objects.bulk_update(tickets, ["created_at"])
        TicketCounter.objects.create(**self.about, client=self.client, prefix=self.prefix, last=len(tickets))
        for model, rows in self.rows.items():
            model._base_manager.bulk_create(rows)
        Event.objects.bulk_create(self.events)

    def _ticket(self, told: dict[str, Any], parent: Ticket | None = None) -> Ticket:
        kind, by, who = self.types[told["kind"]], self.place.members[told["by"]], self.place.members.get(told["who"])
        status = next(row for row in self.flow[kind.pk] if row.stage == told["stage"])
        opened = working_day(told["ago"] + 1, hours=9.2)  # the newest yesterday: today's morning may still lie ahead
        number = len(self.rows.get(Ticket, ())) + 1
        is_done = status.stage == Stage.DONE
        moved = opened + DONE_AFTER if is_done else opened + ANSWERS_AFTER
        ticket = Ticket(
            **{"pk": next(self.ids), "number": number, "key": f"{self.prefix}-{number}", **self.about},
            client=self.client,
            project=self.projects.get(told["project"] or ""),
            parent=parent,
            type=kind,
            status=status,
            stage=status.stage,
            status_since=moved,
            touched_at=moved,
            told_at=moved,
            title=told["title"],
            description=told["text"],
            logger=by,
            opened_by=by,
            side=by.side,
            assignee=who,
            team_id=None if parent else self.team_id,
            due_at=_due(told["due"]),
            priority=told.get("priority", Priority.NORMAL),
            estimate_minutes=told.get("estimate"),
            percent=100 if is_done else 40 if status.stage == Stage.WORKING else 0,
            closed_at=moved if is_done else None,
            closed_by=who if is_done else None,
        )
        ticket.created_at = opened
        self._add(Ticket, ticket)
        self._history(ticket, by, who, opened, moved)
        return ticket

    def _history(self, ticket: Ticket, by: Member, who: Member | None, opened: datetime, moved: datetime) -> None:
        self._follow(ticket, [by, who, self.client.manager])
        self._event(ticket, "ticket.opened", by=by, at=opened)
        if who is None:
            return
        self._event(ticket, "ticket.assigned", by=self.client.manager, at=opened, assignee=who.pk, team=None)
        gone = {"assignee": str(who), "status": ticket.status.code}
        changes = [
            Change(**self.about, ticket=ticket, what=what, new=new, changed_by=who) for what, new in gone.items()
        ]
        for change, at in zip(changes, (opened + ANSWERS_AFTER / 2, moved), strict=True):
            change.changed_at = at
        self._add(Change, *changes)
        kind = "ticket.closed" if ticket.closed_at else "ticket.moved"
        self._event(ticket, kind, by=who, at=moved, state=ticket.status.client_word)

    def _talk(self, ticket: Ticket, said: Iterable[str]) -> None:
        """< the one who works on it, > the one who asked, ! privately."""
        for number, line in enumerate(said, 1):
            author = ticket.logger if line[0] == ">" else ticket.assignee
            at, is_private = ticket.created_at + number * TALKS_AFTER, line[0] == "!"
            pk = ids_for(Comment, 1)[0]
            words = {"author": author, "text": line[2:], "is_private": is_private, "created_at": at}
            self._add(Comment, Comment(pk=pk, ticket=ticket, **self.about, **words))
            code = "ticket.noted" if is_private else "ticket.commented"
            self._event(ticket, code, by=author, at=at, comment=pk, direct=None)

    def _to_do(self, ticket: Ticket, lines: Iterable[str]) -> Iterator[ChecklistItem]:
        for position, line in enumerate(lines, 1):
            done_at = ticket.created_at + TALKS_AFTER if position == 1 else None
            yield ChecklistItem(**self.about, ticket=ticket, text=line, position=position, done_at=done_at)

    def _follow(self, ticket: Ticket, people: Iterable[Member | None]) -> None:
        named = {person.pk for person in people if person}
        self._add(Follower, *(Follower(**self.about, ticket=ticket, member_id=pk) for pk in sorted(named)))

    def _event(self, ticket: Ticket, code: str, *, by: Member | None, at: datetime, **words: Any) -> None:
        self.events.append(event_of(ticket, code, by=by or self.place.owner, at=at, **words, **words_of(ticket)))

    def _add(self, model: type[Model], *rows: Model) -> None:
        self.rows.setdefault(model, []).extend(rows)


def _due(days: int | None) -> datetime | None:
    return None if days is None else working_day(-days, hours=CLOSES_AT)
