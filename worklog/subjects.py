"""What entries can be for: apps above this one say how their rows are called and where they are."""

from collections.abc import Callable, Iterable
from typing import Any

from portal.tenancy.models import Member
from worklog.models import WorkEntry

Find = Callable[[Member, list[int]], dict[int, tuple[str, str]]]
_finders: dict[str, Find] = {}


def register(subject_type: str, find: Find) -> None:
    """find: (member, ids) -> id: (title, address) of those that the member sees. Called from AppConfig.ready."""
    _finders[subject_type] = find


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
