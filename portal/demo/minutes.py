"""Six months of protocols with files and comments, so that the timeline has rows of both sides. Texts: texts/protocols.

Head of an entry: days ago | kind | project | minutes | place | author + who was there | title. In its text a line that begins
with "# " opens an agenda item.
"""

import re
from datetime import datetime, time, timedelta

from django.utils import timezone, translation

from portal.core.zones import zone
from portal.demo import archive, reading
from portal.demo.archive import ACCEPTED_AFTER, ALL_DONE_AFTER, CORRECTED_WITHIN, DONE_AFTER, Talk
from portal.demo.past import SATURDAY, TIME_ZONE, set_back, set_back_event
from portal.demo.places import Place
from portal.tenancy.models import Client, Member
from protocols import actions
from protocols.models import Protocol

PUBLISHED_AFTER = timedelta(hours=2)
LATELY = 1
"""So many protocols of each client are written by the actions themselves; the older ones are archive."""


def write_all(place: Place) -> None:
    """Those of this agency's clients, oldest first, so that numbers follow the days."""
    for client in place.clients.values():
        with translation.override(reading.language_of(client.slug)):
            entries = enumerate(reversed(reading.entries("protocols", client.slug)))
            talks = [_talk(place, client, entry, number) for number, entry in entries]
            archive.write(client, place.members.values(), talks[:-LATELY])
            for talk in talks[-LATELY:]:
                _write(talk)


def _talk(place: Place, client: Client, entry: reading.Entry, number: int) -> Talk:
    days_ago, kind, project, minutes, where, people, title = entry.head
    author, *present = (place.members[name.strip()] for name in re.split(r"[+,]", people))
    held_at = _held_at(int(days_ago), kind, number)
    published_at = held_at + timedelta(minutes=int(minutes)) + PUBLISHED_AFTER
    text, points = _parts(entry.text)
    return Talk(
        client=client,
        author=author,
        present=[author, *present],
        points=points,
        uploads=entry.uploads(),
        said=[(place.members[name], words, published_at + timedelta(hours=hours)) for hours, name, words in entry.said],
        published_at=published_at,
        fields={
            "project": place.project(client.slug, project) if project else None,
            "kind": kind,
            "title": title,
            "held_at": held_at,
            "duration_minutes": int(minutes),
            "place": where,
            "key_points": text,
        },
    )


def _write(talk: Talk) -> None:
    contents = actions.Contents(points=talk.points, present=talk.present)
    protocol = actions.write(
        talk.client, by=talk.author, publish=True, contents=contents, uploads=talk.uploads, **talk.fields
    )
    _set_back_all(protocol, talk.published_at)
    for author, words, at in talk.said:
        _comment(protocol, author, words, at)
    _do(protocol, talk.published_at)
    _agree(protocol, talk)


def _held_at(days_ago: int, kind: str, number: int) -> datetime:
    """That many days ago, or the Friday before; a jour fixe at ten, others through the day."""
    day = timezone.localdate(timezone=zone(TIME_ZONE)) - timedelta(days=days_ago)
    day -= timedelta(days=max(day.weekday() - SATURDAY + 1, 0))
    at = time(10) if kind == "jour_fixe" else time(9 + number * 3 % 7, 15 * (number % 4))
    return datetime.combine(day, at, zone(TIME_ZONE))


def _parts(text: str) -> tuple[str, list[actions.Point]]:
    """What stands before the first agenda item, and the items."""
    intro, *items = re.split(r"^# ", text, flags=re.MULTILINE)
    titled = [item.partition("\n") for item in items]
    return intro.strip(), [actions.Point(title.strip(), notes.strip()) for title, _newline, notes in titled]


def _set_back_all(protocol: Protocol, published_at: datetime) -> None:
    set_back_event(protocol, "protocol.published", published_at)
    set_back(protocol, published_at, "created_at", "edited_at", "published_at")
    set_back(protocol, published_at + CORRECTED_WITHIN, "correct_until")
    protocol.versions.update(saved_at=published_at)
    protocol.items.update(edited_at=published_at)
    for attached in protocol.files.select_related("file"):
        set_back(attached, published_at, "created_at")
        set_back(attached.file, published_at, "created_at")


def _do(protocol: Protocol, published_at: datetime) -> None:
    """What was to be done is done after some weeks; of what is newer, every second item."""
    is_long_ago = timezone.now() - published_at > ALL_DONE_AFTER
    for number, item in enumerate(protocol.action_items.select_related("assignee__user")):
        set_back(item, published_at, "created_at")
        set_back_event(item, "action.assigned", published_at)
        done_at = published_at + DONE_AFTER
        if (is_long_ago or number % 2) and done_at < timezone.now():
            actions.do(item, by=item.assignee)
            set_back_event(item, "action.done", done_at)
            set_back(item, done_at, "done_at")


def _agree(protocol: Protocol, talk: Talk) -> None:
    """The other side has accepted what is older than the time for corrections."""
    accepting = archive.accepting(protocol, talk)
    if accepting and talk.published_at + CORRECTED_WITHIN < timezone.now():
        actions.accept(protocol, by=accepting)
        set_back(protocol, talk.published_at + ACCEPTED_AFTER, "accepted_at")
        set_back_event(protocol, "protocol.accepted", talk.published_at + ACCEPTED_AFTER)


def _comment(protocol: Protocol, author: Member, text: str, at: datetime) -> None:
    said = actions.comment(protocol, by=author, text=text)
    set_back(said, at, "created_at")
    set_back_event(protocol, "protocol.commented", at, payload__comment=said.pk)
