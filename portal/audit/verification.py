"""Whether the audit log is as it was sealed."""

import json
from collections.abc import Iterable
from contextlib import suppress

from django.db import connections, transaction

NOTE = "audit log sealed"
"""What portal.audit.tasks writes into the log with each seal, out of the database's reach."""


def verify() -> str:
    """ "ok", or the first seal that does not hold and why."""
    with transaction.atomic(using="maint"), connections["maint"].cursor() as cursor:
        cursor.execute("SELECT audit.verify()")
        return cursor.fetchone()[0]


def noted_seals(lines: Iterable[str]) -> dict[int, str]:
    """The seals (number: hash) of which the portal's log, one JSON object a line, has a note; other lines do not matter.

    Of two notes of one number the first counts: the second is of a seal that was made anew.
    """
    found: dict[int, str] = {}
    for line in lines:
        if NOTE in line:
            with suppress(ValueError, KeyError, TypeError):  # a line that was cut off
                note = json.loads(line[line.index("{") :])
                if note["message"] == NOTE:
                    found.setdefault(note["seal"], note["hash"])
    return found


def compare(noted: dict[int, str]) -> str:
    """ "ok", or the first of these seals that is another one now, or gone.

    A chain cannot know of links that were cut off its end: who removes the last seals and seals anew is seen only here.
    """
    with transaction.atomic(using="maint"), connections["maint"].cursor() as cursor:
        cursor.execute("SELECT n, encode(hash, 'hex') FROM audit.seal WHERE n = ANY(%s)", [list(noted)])
        kept = dict(cursor.fetchall())
    wrong = min((n for n, seal in noted.items() if kept.get(n) != seal), default=None)
    if wrong is None:
        return "ok"
    return f"seal {wrong}: {'not the one that was noted' if wrong in kept else 'removed'}"
