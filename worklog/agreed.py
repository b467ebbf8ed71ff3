"""A budget in force, as the pages of a month read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Agreed:
    """minutes or amount; project_id None: of the client as a whole."""

    project_id: int | None
    minutes: int | None
    amount: Decimal | None

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Agreed":
        """From JSON, where an amount is a number."""
        amount = Decimal(str(row["amount"])) if row["amount"] is not None else None
        return cls(row["project"], row["minutes"], amount)
