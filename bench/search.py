"""Search: rare and middling words among a client's mails, by the function that the portal asks, and by the bare index without walls."""

import statistics
import time
from collections.abc import Callable

from django.db import connections, transaction

from bench import data
from portal.tenancy.scope import acting_as

NAME = "search in mails"
QUESTIONS = 200
FIND = "SELECT kind, subject_id FROM search_find(search_query(%s, '{}', '{}'), '{mail}', '', NULL, NULL, NULL, 60)"
BARE = """SELECT kind, subject_id FROM search_entry WHERE agency_id = %s AND kind = 'mail' AND words @@ search_query(%s, '{}', '{}')
ORDER BY happened_at DESC, subject_id DESC LIMIT 60"""


def measure(rows: str, world: data.World) -> dict:
    """The line that bin/bench prints: milliseconds of a contact's questions, and p95 over that of the bare index."""
    ours, bare = [], []
    for number in range(QUESTIONS):
        word = [f"rare{number * 211 % 50_000}x" if number % 2 else f"middling{number % 100}x"]
        ours.append(_milliseconds(lambda asked=word: _asked(world, asked)))
        bare.append(_milliseconds(lambda asked=word: _bare(world, asked)))
    words = {"p50_ms": round(statistics.median(ours), 2), "p95_ms": _p95(ours), "bare_p95_ms": _p95(bare)}
    return {"bench": NAME, "rows": rows, **words, "x_bare": round(_p95(ours) / _p95(bare), 2)}


def _asked(world: data.World, word: list[str]) -> None:
    with acting_as(world.contact), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(FIND, [word])
        cursor.fetchall()


def _bare(world: data.World, word: list[str]) -> None:
    with transaction.atomic(using="maint"), connections["maint"].cursor() as cursor:
        cursor.execute(BARE, [world.agency.pk, word])
        cursor.fetchall()


def _milliseconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _p95(times: list[float]) -> float:
    return round(sorted(times)[int(len(times) * 0.95) - 1], 2)
