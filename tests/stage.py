"""The cast is built once in a process and stays in the database; each test plays before it, and what it did is rolled back.

Building it takes a quarter of a second, which would be half of the time that the suite takes.
"""

import pickle
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connections

from tests import world

_kept = b""


def prepare(item: pytest.Item) -> None:
    """Before a test opens its transactions: the cast stands, or nobody does if the test is marked `empty_house`."""
    global _kept
    if item.get_closest_marker("empty_house"):
        clear()
    elif not _stands():
        _kept = pickle.dumps(world.build())


def cast() -> SimpleNamespace:
    """The cast as it was built, the test's own to change."""
    return pickle.loads(_kept)


def clear() -> None:
    """Empty the database, if anybody is there."""
    if _stands():
        call_command("flush", database="owner", interactive=False, verbosity=0)


def _stands() -> bool:
    """A test that commits ends with a flush, and takes the cast along."""
    with connections["maint"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM tenancy_agency LIMIT 1")
        return cursor.fetchone() is not None
