"""Which budgets are in force in a month: of each project, and of the client as a whole, what was agreed last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Agreed:
    """A budget in force. minutes or amount; project_id None: of the client as a whole."""

    project_id: int | None
    minutes: int | None
    amount: Decimal | None


def in_force(rows: Iterable[Mapping[str, Any]]) -> list[Agreed]:
    """Of each project the newest, unless it says that nothing is agreed; the client's own first.

    rows: "project", "minutes" and "amount" of all that began by then, the newest month first.
    """
    newest: dict[int | None, Agreed] = {}
    for row in rows:
        amount = Decimal(str(row["amount"])) if row["amount"] is not None else None
        newest.setdefault(row["project"], Agreed(row["project"], row["minutes"], amount))
    found = [row for row in newest.values() if row.minutes or row.amount]
    return sorted(found, key=lambda row: (row.project_id is not None, row.project_id or 0))
