"""What entries can be for: apps above this one say how their rows are called and where they are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from portal.tenancy.models import Client, Member
from worklog.models import WorkEntry

Find = Callable[[Member, list[int]], dict[int, tuple[str, str]]]
_finders: dict[str, Find] = {}


@dataclass(frozen=True)
class Keyed:
    """Rows that people name by a key. find: (member, client, key) -> (id, title), None when the member sees no such one; key_of: the
    key of a row that the member sees, else ""."""

    find: Callable[[Member, Client, str], tuple[int, str] | None]
    key_of: Callable[[Member, int], str]


_keyed: dict[str, Keyed] = {}


def register(subject_type: str, find: Find, keyed: Keyed | None = None) -> None:
    """find: (member, ids) -> id: (title, address) of those that the member sees. Called from AppConfig.ready."""
    _finders[subject_type] = find
    if keyed:
        _keyed[subject_type] = keyed


def named(member: Member, client: Client, key: str) -> tuple[str, int, str] | None:
    """(type, id, title) of what is called so at the client; None when the member sees nothing of that name."""
    found = ((subject_type, keyed.find(member, client, key)) for subject_type, keyed in _keyed.items())
    return next(((subject_type, *row) for subject_type, row in found if row), None)


def key_of(entry: WorkEntry, member: Member) -> str:
    """How people name what the entry was for; "" when it has no key."""
    keyed = _keyed.get(entry.subject_type)
    return keyed.key_of(member, entry.subject_id) if keyed and entry.subject_id else ""


def subject_of(entry: WorkEntry, member: Member) -> tuple[str, str] | None:
    """Title and address of what the entry was for; None when the member does not see it."""
    return subjects_of([entry], member).get(entry.pk)


def subjects_of(entries: Iterable[Any], member: Member) -> dict[int, Any]:
    """The same by id of the entry, or of the line of an invoice; one query for each type."""
    found: dict[int, Any] = {}
    rows = [entry for entry in entries if entry.subject_type in _finders]
    for subject_type in {entry.subject_type for entry in rows}:
        of_type = [entry for entry in rows if entry.subject_type == subject_type]
        seen = _finders[subject_type](member, [entry.subject_id for entry in of_type if entry.subject_id])
        found |= {entry.pk: seen[entry.subject_id] for entry in of_type if entry.subject_id in seen}
    return found
