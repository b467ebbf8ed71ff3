"""What an import would do, row by row; and doing it."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.audit.log import log
from portal.people import rules
from portal.people.importing import tables
from portal.people.importing.kinds import SORTS, Known, Sort
from portal.people.importing.tables import Row
from portal.tenancy.models import Agency, Member

NEW, HERE, WRONG = "new", "here", "wrong"


@dataclass
class Line:
    """One row of the file and what becomes of it. values: what the action gets."""

    row: Row
    state: str
    errors: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Plan:
    """All rows, in the order of the file."""

    sort: Sort
    lines: list[Line]

    def count(self, state: str) -> int:
        return sum(line.state == state for line in self.lines)


def may_import(kind: str, by: Member) -> bool:
    """Whoever may add such things one by one."""
    return rules.manages_people(by) if kind == "contacts" else rules.manages_clients(by)


def make(kind: str, text: str, *, by: Member) -> Plan:
    """What importing this text would do. Raises ValidationError when it cannot be read at all."""
    if not may_import(kind, by):
        raise PermissionDenied
    sort, known = SORTS[kind], Known(by)
    seen, lines = sort.known(known), []
    for row in tables.read(text, wanted=sort.columns, needed=sort.needed):
        line = _judge(sort, row, known, seen)
        lines.append(line)
        if line.state == NEW:
            seen |= sort.marks(line.values)
    return Plan(sort, lines)


@transaction.atomic
def carry_out(kind: str, text: str, *, by: Member, send: bool = False) -> int:
    """Add every new row that is right; all of them, or none when one fails. Answers how many. send: invite contacts by mail."""
    # Two clicks do the same: the second one waits, and finds the rows of the first.
    Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=by.agency_id)
    plan = make(kind, text, by=by)
    new = [line for line in plan.lines if line.state == NEW]
    for line in new:
        plan.sort.add(line.values, by=by, send=send)
    log("import.made", {"what": kind, "rows": len(new), "mails": send and kind == "contacts"})
    return len(new)


def _judge(sort: Sort, row: Row, known: Known, seen: set) -> Line:
    form = sort.form(row.cells, known)
    if not form.is_valid():
        return Line(
            row, WRONG, [f"{tables.NAMES[name]}: {text}" for name, texts in form.errors.items() for text in texts]
        )
    state = HERE if sort.looks(form.cleaned_data) & seen else NEW
    return Line(row, state, values=form.cleaned_data)
