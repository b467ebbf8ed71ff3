"""What the audit log does not name: rows whose own pages are closed to its reader. The app that has them says which."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.tenancy.models import Member

Test = Callable[[dict], bool]


@dataclass(frozen=True)
class Veil:
    """A table; what is said instead of a row's name; and of a reader: the test whether the image of a row is kept from him."""

    table: str
    instead: Any
    test_for: Callable[[Member], Test]


_veils: dict[str, list[Veil]] = {}


def register(*veils: Veil) -> None:
    """Called from AppConfig.ready."""
    for veil in veils:
        _veils.setdefault(veil.table, []).append(veil)


class Veils:
    """All veils for one reader; what a test has to look up is looked up once, when the first such row comes."""

    def __init__(self, reader: Member) -> None:
        self.reader = reader
        self._tests: dict[Veil, Test] = {}

    def instead_of(self, table: str, image: dict) -> str:
        """What to say instead of the row's name; "" when the reader may read it."""
        for veil in _veils.get(table, ()):
            test = self._tests.get(veil) or self._tests.setdefault(veil, veil.test_for(self.reader))
            if test(image):
                return str(veil.instead)
        return ""
