"""Protocols of long ago: written at once, with all that the actions would have written in their time, one after the other."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import F, Model
from django.utils import timezone
from django.utils.translation import get_language

from portal.demo.past import event_of, ids_for
from portal.events.models import Event
from portal.files.actions import store_all
from portal.files.models import File
from portal.tenancy.models import Client, Member
from protocols.actions import Point, filing
from protocols.actions.doing import keyed, words_of_item
from protocols.actions.writing import words_of
from protocols.models import ActionItem, AgendaItem, Comment, Participation, Protocol, ProtocolFile, Version
from protocols.shorthand import TASK, Person
from protocols.understanding import everybody_of, understood
from protocols.versions import snapshot_of

DONE_AFTER, ACCEPTED_AFTER, CORRECTED_WITHIN = timedelta(days=2), timedelta(days=3), timedelta(days=7)
ALL_DONE_AFTER = timedelta(days=40)


@dataclass(frozen=True)
class Talk:
    """A protocol that is to be written. present: the author first; said: who, what, when; fields: the protocol's own columns."""

    client: Client
    author: Member
    present: list[Member]
    points: list[Point]
    uploads: list[UploadedFile]
    said: list[tuple[Member, str, datetime]]
    published_at: datetime
    fields: dict[str, Any]


@dataclass
class Shelf:
    """Rows of one client that are not in the database yet. people: who can be named there; members: by id."""

    people: list[Person]
    members: dict[int, Member]
    events: list[Event] = field(default_factory=list)
    rows: dict[type[Model], list] = field(default_factory=dict)

    def put(self, *rows: Model) -> None:
        for row in rows:
            self.rows.setdefault(type(row), []).append(row)

    def keep(self, model: type[Model]) -> None:
        model._base_manager.bulk_create(self.rows.get(model, []))


def write(client: Client, members: Iterable[Member], talks: list[Talk]) -> None:
    """Protocols number 1 and following of a client that has none, in this order. members: all of the agency."""
    shelf = Shelf(everybody_of(client), {member.pk: member for member in members})
    for number, (pk, talk) in enumerate(zip(ids_for(Protocol, len(talks)), talks, strict=True), 1):
        protocol = _protocol(talk, pk=pk, number=number)
        shelf.put(protocol)
        _contents(shelf, protocol, talk)
        _remarks(shelf, protocol, talk)
        _tasks(shelf, protocol, talk)
        _story(shelf, protocol, talk)
    for model in (Protocol, AgendaItem, Participation, ActionItem, Comment):
        shelf.keep(model)
    shelf.put(*(_version(protocol) for protocol in shelf.rows[Protocol]))
    shelf.keep(Version)
    _set_back(shelf, talks)
    for protocol, talk in zip(shelf.rows[Protocol], talks, strict=True):
        _files(protocol, talk)
    Event.objects.bulk_create(sorted(shelf.events, key=lambda event: event.happened_at))


def accepting(protocol: Protocol, talk: Talk) -> Member | None:
    """Who of the other side agrees to it."""
    others = [member for member in talk.present if member.is_contact != talk.author.is_contact]
    return next((member for member in others if protocol.can_be_accepted_by(member)), None)


def _protocol(talk: Talk, **ids: int) -> Protocol:
    return Protocol(
        **ids,
        agency_id=talk.client.agency_id,
        client=talk.client,
        author=talk.author,
        side=talk.author.side,
        language=get_language() or "en",
        edited_at=talk.published_at,
        published_at=talk.published_at,
        version=1,
        correct_until=talk.published_at + CORRECTED_WITHIN,
        **talk.fields,
    )


def _contents(shelf: Shelf, protocol: Protocol, talk: Talk) -> None:
    place = {"agency_id": protocol.agency_id, "protocol": protocol}
    for position, point in enumerate(talk.points, 1):
        saved = {"edited_at": talk.published_at, "edited_by": talk.author}
        shelf.put(AgendaItem(**place, position=position, title=point.title, notes=point.notes, **saved))
    shelf.put(*(Participation(**place, name=str(member)[:120], member=member) for member in talk.present))


def _remarks(shelf: Shelf, protocol: Protocol, talk: Talk) -> None:
    for pk, (author, text, at) in zip(ids_for(Comment, len(talk.said)), talk.said, strict=True):
        shelf.put(Comment(pk=pk, agency_id=protocol.agency_id, protocol=protocol, author=author, text=text))
        said = {"comment": pk, **words_of(protocol)}
        shelf.events.append(event_of(protocol, "protocol.commented", by=author, at=at, **said))


def _tasks(shelf: Shelf, protocol: Protocol, talk: Talk) -> None:
    there = {member.pk for member in talk.present}
    people = [replace(person, was_there=person.pk in there) for person in shelf.people]
    texts = [protocol.key_points, *(point.notes for point in talk.points)]
    lines = [line for text in texts for line in understood(text, protocol, people) if line.kind == TASK]
    for position, (pk, (key, line)) in enumerate(zip(ids_for(ActionItem, len(lines)), keyed(lines), strict=True), 1):
        person = shelf.members[line.person.pk] if line.person else None
        item = ActionItem(
            pk=pk,
            agency_id=protocol.agency_id,
            client=protocol.client,
            project_id=protocol.project_id,
            protocol=protocol,
            key=key,
            position=position,
            text=line.text[:500],
            assignee=person,
            named=person,
            due_on=line.due_on,
            created_at=talk.published_at,
        )
        shelf.put(item)
        _task_story(shelf, item, talk)


def _task_story(shelf: Shelf, item: ActionItem, talk: Talk) -> None:
    """What was to be done is done after some days; of what is newer, every second item."""
    if not item.assignee:
        return
    said, done_at, now = words_of_item(item), talk.published_at + DONE_AFTER, timezone.now()
    shelf.events.append(event_of(item, "action.assigned", by=talk.author, at=talk.published_at, **said))
    if done_at < now and (now - talk.published_at > ALL_DONE_AFTER or item.position % 2 == 0):
        item.done_at, item.done_by = done_at, item.assignee
        shelf.events.append(event_of(item, "action.done", by=item.assignee, at=done_at, **said))


def _story(shelf: Shelf, protocol: Protocol, talk: Talk) -> None:
    """Published, and agreed by the other side once the time for corrections is over."""
    said, by = words_of(protocol), accepting(protocol, talk)
    shelf.events.append(event_of(protocol, "protocol.published", by=talk.author, at=talk.published_at, **said))
    if by and talk.published_at + CORRECTED_WITHIN < timezone.now():
        protocol.accepted_at, protocol.accepted_by = talk.published_at + ACCEPTED_AFTER, by
        shelf.events.append(event_of(protocol, "protocol.accepted", by=by, at=protocol.accepted_at, **said))


def _version(protocol: Protocol) -> Version:
    content = {"content": snapshot_of(protocol), "saved_at": protocol.published_at, "saved_by": protocol.author}
    return Version(agency_id=protocol.agency_id, protocol=protocol, number=1, **content)


def _files(protocol: Protocol, talk: Talk) -> None:
    place = {"client": talk.client, "area": "work", "project": protocol.project, "by": talk.author}
    files = store_all(talk.uploads, **place)
    if not files:
        return
    filing.link_files(protocol, files, talk.author)
    moment = {"created_at": talk.published_at}
    ProtocolFile.objects.of(protocol).update(**moment)
    File.objects.filter(pk__in=[file.pk for file in files]).update(**moment)


def _set_back(shelf: Shelf, talks: list[Talk]) -> None:
    """Columns that say "now" of themselves."""
    protocols = [protocol.pk for protocol in shelf.rows[Protocol]]
    Protocol.objects.filter(pk__in=protocols).update(created_at=F("published_at"))
    said_at = [at for talk in talks for _author, _text, at in talk.said]
    comments = shelf.rows.get(Comment, [])
    for comment, at in zip(comments, said_at, strict=True):
        comment.created_at = at
    Comment.objects.bulk_update(comments, ["created_at"])
