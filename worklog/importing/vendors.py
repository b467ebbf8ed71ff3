"""How each time tracker heads its columns. Heads are compared without case, blanks and signs; currencies in brackets do not count.

Sources: the detailed reports that the programs export ("Detailed report > CSV" of Toggl and Clockify, "Detailed time" of
Harvest, "Export > CSV" of Kimai and the format that Kimai documents for its own import), German heads of Kimai included.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST_LETTERS = 100
"""Of a head; no program writes a longer one, and the search for brackets in it would take its time."""
_NOISE = re.compile(r"\([^)]*\)|[^a-z0-9äöüß]")


@dataclass(frozen=True)
class Vendor:
    """columns: what each of our columns may be headed. knows: heads that only this program has, all of them needed."""

    code: str
    name: str
    columns: dict[str, tuple[str, ...]]
    knows: tuple[tuple[str, ...], ...]

    def fits(self, heads: Iterable[str]) -> bool:
        found = set(heads)
        return all(found & set(some) for some in self.knows)


TOGGL = Vendor(
    "toggl",
    "Toggl",
    {
        "person": ("user", "member"),
        "email": ("email",),
        "client": ("client",),
        "project": ("project",),
        "kind": ("task",),
        "text": ("description",),
        "billable": ("billable",),
        "day": ("startdate",),
        "start": ("starttime",),
        "end": ("endtime", "stoptime"),
        "time": ("duration",),
        "tags": ("tags",),
    },
    knows=(("startdate",), ("starttime",), ("duration",), ("description",)),
)
CLOCKIFY = Vendor(
    "clockify",
    "Clockify",
    {**TOGGL.columns, "time": ("durationh",), "hours": ("durationdecimal",)},
    knows=(("startdate",), ("durationh", "durationdecimal")),
)
HARVEST = Vendor(
    "harvest",
    "Harvest",
    {
        "first_name": ("firstname",),
        "last_name": ("lastname",),
        "email": ("email",),
        "client": ("client",),
        "project": ("project",),
        "kind": ("task",),
        "text": ("notes",),
        "billable": ("billable",),
        "day": ("date",),
        "start": ("startedat",),
        "end": ("endedat",),
        "hours": ("hours",),
    },
    knows=(("notes",), ("hours",), ("date",)),
)
KIMAI = Vendor(
    "kimai",
    "Kimai",
    {
        "person": ("user", "name", "alias", "benutzer"),
        "email": ("email",),
        "client": ("customer", "kunde"),
        "project": ("project", "projekt"),
        "kind": ("activity", "tätigkeit"),
        "text": ("description", "beschreibung"),
        "billable": ("billable", "abrechenbar"),
        "day": ("date", "datum"),
        "start": ("from", "begin", "beginning", "in", "von", "beginn"),
        "end": ("to", "end", "out", "bis", "ende"),
        "time": ("duration", "dauer"),
        "tags": ("tags",),
    },
    knows=(("customer", "kunde"), ("activity", "tätigkeit"), ("date", "datum"), ("duration", "dauer")),
)
VENDORS = (CLOCKIFY, TOGGL, HARVEST, KIMAI)
"""In the order of asking: Clockify's heads have all of Toggl's words."""


def plain(head: str) -> str:
    """A head as it is compared: "Duration (h)" is durationh, "Amount (EUR)" amount."""
    text = head[:MOST_LETTERS].casefold().strip().replace("(h)", "h").replace("(decimal)", "decimal")
    return _NOISE.sub("", text)


def vendor_of(heads: list[str]) -> Vendor | None:
    """Whose export this is."""
    plains = [plain(head) for head in heads]
    return next((vendor for vendor in VENDORS if vendor.fits(plains)), None)


def columns_of(vendor: Vendor, heads: list[str]) -> list[str]:
    """Our column for each head, "" for one that we do not need; of two that mean the same the first counts."""
    found: list[str] = []
    for head in map(plain, heads):
        column = next((name for name, words in vendor.columns.items() if head in words and name not in found), "")
        found.append(column)
    return found
