"""How a row of the route table looks, and the shapes that many rows share.

A cell is a status code; "in" is the way to the sign-in page (302, for htmx 401). The columns are closed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

COLUMNS = ("stranger", "saul", "bob", "carl", "zoe", "rita", "gina", "insider")
"""Nobody, the owner of another agency, a contact of another client, a contact without the area, a vendor without the
project, staff who only read, a contact who only reads, and the one for whom it is (`who`)."""


def cells(text: str) -> dict[str, int | str]:
    """One answer per column; one too few or too many is an error."""
    answers = [int(word) if word.isdigit() else word for word in text.split()]
    return dict(zip(COLUMNS, answers, strict=True))


def everybody(answer: int, stranger: int | str = "") -> dict[str, int | str]:
    """The same answer to all, except perhaps to strangers."""
    return dict.fromkeys(COLUMNS, answer) | {"stranger": stranger or answer}


@dataclass(frozen=True)
class Row:
    """One route. args and data are made from the things of a client (tests/scenery.py).

    writes: the insider's POST must write, so the same POST by an outsider would, if nobody stopped it.
    read_writes: tables that a GET may write besides the marks of reading.
    reveals: tables of which the address itself, a secret in a mail, is the key.
    """

    name: str
    get: dict
    post: dict
    who: str = "anna"
    args: Callable = lambda t: ()
    data: Callable = lambda t: {}
    writes: bool = False
    read_writes: set = field(default_factory=set)
    reveals: set = field(default_factory=set)


# --- Shapes: stranger saul bob carl zoe rita gina insider ---------------------------------------------------------
OPEN = everybody(200)
HAS_ACCOUNT = everybody(200, "in")
MOVES_ON = everybody(302)
NO_METHOD = everybody(405)
NOWHERE = everybody(404)
ACCOUNT_MOVES_ON = everybody(302, "in")

# Inside a client, area "work" or "mails"
SEEN = cells("in 404 404 404 404 200 200 200")
NO_GET = cells("in 404 404 404 404 405 405 405")
NO_POST = NO_GET
FOR_WRITERS = cells("in 404 404 404 404 403 403 200")
WRITTEN = cells("in 404 404 404 404 403 403 302")
# Inside a client, only for the agency's people
STAFF_SEEN = cells("in 404 404 404 404 200 404 200")
STAFF_NO_POST = cells("in 404 404 404 404 405 404 405")
# For those whose role has the permission
KEPT = cells("in 404 404 404 404 404 404 200")
KEPT_WRITTEN = cells("in 404 404 404 404 404 404 302")
KEPT_NO_GET = cells("in 404 404 404 404 404 404 405")
# For every member of the agency
OWN = cells("in 404 200 200 200 200 200 200")
OWN_WRITTEN = cells("in 404 302 302 302 302 302 302")
OWN_NO_METHOD = cells("in 404 405 405 405 405 405 405")
