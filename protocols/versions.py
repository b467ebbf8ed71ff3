"""What a published protocol said, as a snapshot, and what changed between two of them."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.core.differences import difference
from portal.core.formats import format_datetime
from portal.tenancy.models import Member
from protocols.models import Kind, Protocol, Version
from protocols.presenting import length_of


def snapshot_of(protocol: Protocol) -> dict[str, Any]:
    """Everything that readers see, as JSON. Internal notes are no part of it."""
    return {
        "title": protocol.title,
        "kind": protocol.kind,
        "held_at": protocol.held_at.astimezone(UTC).isoformat(),
        "duration_minutes": protocol.duration_minutes,
        "place": protocol.place,
        "project": protocol.project.name if protocol.project else "",
        "key_points": protocol.key_points,
        "items": [{"title": item.title, "notes": item.notes} for item in protocol.items.all()],
        "people": [
            # Guests without an account have no invitation to miss.
            {"name": row.name, "was_present": row.was_present, "was_invited": row.was_invited or not row.member_id}
            for row in protocol.participations.order_by("pk")
        ],
    }


def says_the_same(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether nothing that readers see is different. Snapshots of long ago hold less: what they do not know has not changed."""
    people, others = _known(old["people"], new["people"]), {key: new[key] for key in new if key in old}
    return {**others, "people": people} == old


def _known(old: list[dict], new: list[dict]) -> list[dict]:
    """The new rows without what the old ones do not say."""
    keys = old[0].keys() if old else ()
    return [{key: row[key] for key in row if key in keys} for row in new]


def readable(version: Version, *, by: Member) -> dict[str, Any]:
    """What it said; whom projects are shared with learns no name of a project in which the protocol lay before."""
    hidden = {"project"} if by.goes_by_projects(version.protocol.client_id) else set()
    return {key: said for key, said in version.content.items() if key not in hidden}


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
    known = {key: new[key] for key in new if key in old}
    found = [
        _change(_("Topic, time and people"), _head(old), _head(known)),
        _change(_("Key points"), old["key_points"], new["key_points"]),
    ]
    before = list(old["items"])
    for item in new["items"]:
        was = _match(item, before, new["items"])
        found.append(_change(item["title"], _text(was) if was else "", _text(item)))
    found += [_change(item["title"], _text(item), "") for item in before]
    return found


def _match(item: dict, before: list[dict], now: list[dict]) -> dict | None:
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
    """What stands above the text, line by line. Snapshots of long ago know no project, nor who came without an invitation."""
    held_at = parse_datetime(content["held_at"])
    people = content["people"]
    absent = [person["name"] for person in people if not person["was_present"]]
    facts = [
        content["title"],
        str(dict(Kind.choices).get(content["kind"], content["kind"])),
        format_datetime(held_at) if held_at else content["held_at"],
        length_of(content["duration_minutes"]),
        content["place"],
        content.get("project", ""),
        ", ".join(_present(person) for person in people if person["was_present"]),
        _("Invited, but not there: %(names)s") % {"names": ", ".join(absent)} if absent else "",
    ]
    return "\n".join(filter(None, facts))


def _present(person: dict[str, Any]) -> str:
    was_invited = person.get("was_invited", True)
    return person["name"] if was_invited else _("%(name)s (not invited)") % {"name": person["name"]}
