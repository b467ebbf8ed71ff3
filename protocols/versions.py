"""What a published protocol said, as a snapshot, and what changed between two of them."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.core.differences import difference
from portal.core.formats import format_datetime
from protocols.models import Protocol


def snapshot_of(protocol: Protocol) -> dict[str, Any]:
    """Everything that readers see, as JSON. Internal notes are no part of it."""
    return {
        "title": protocol.title,
        "kind": protocol.kind,
        "held_at": protocol.held_at.astimezone(UTC).isoformat(),
        "duration_minutes": protocol.duration_minutes,
        "place": protocol.place,
        "key_points": protocol.key_points,
        "items": [{"title": item.title, "notes": item.notes} for item in protocol.items.all()],
        "people": [
            {"name": row.name, "was_present": row.was_present} for row in protocol.participations.order_by("pk")
        ],
    }


@dataclass(frozen=True, slots=True)
class Change:
    """One place of the protocol; html is None when nothing changed there, and plain text in the first version."""

    title: str
    html: SafeString | str | None


def as_published(content: dict[str, Any]) -> list[Change]:
    """The first version, which has nothing to be compared with."""
    found = [Change(_("Topic, time and people"), _head(content))]
    if content["key_points"]:
        found.append(Change(_("Key points"), content["key_points"]))
    return found + [Change(item["title"], item["notes"]) for item in content["items"]]


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Place by place: head, key points, each agenda item. Items are matched by their title, else by their place."""
    found = [
        _change(_("Topic, time and people"), _head(old), _head(new)),
        _change(_("Key points"), old["key_points"], new["key_points"]),
    ]
    before = list(old["items"])
    for place, item in enumerate(new["items"]):
        was = _match(item, before, place, new["items"])
        found.append(_change(item["title"], _text(was) if was else "", _text(item)))
    found += [_change(item["title"], _text(item), "") for item in before]
    return [change for change in found if change.html is not None or change.title]


def _match(item: dict, before: list[dict], place: int, now: list[dict]) -> dict | None:
    """Takes the earlier form of an item out of `before`."""
    titles = {other["title"] for other in now}
    same = next((was for was in before if was["title"] == item["title"]), None)
    renamed = next((was for was in before if was["title"] not in titles), None)
    found = same or renamed
    if found:
        before.remove(found)
    return found


def _change(title: str, old: str, new: str) -> Change:
    return Change(title, None if old == new else difference(old, new))


def _text(item: dict[str, Any]) -> str:
    return f"{item['title']}\n{item['notes']}" if item["notes"] else item["title"]


def _head(content: dict[str, Any]) -> str:
    minutes, held_at = content["duration_minutes"], parse_datetime(content["held_at"])
    people = ", ".join(person["name"] for person in content["people"] if person["was_present"])
    facts = [
        content["title"],
        format_datetime(held_at) if held_at else content["held_at"],
        f"{minutes} min" if minutes else "",
        content["place"],
    ]
    return "\n".join(filter(None, [*facts, people]))
