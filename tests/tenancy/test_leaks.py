"""Row-level security under load: 32 threads, random agencies, crashes and requests without a tenant, one pool."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from portal.core import context
from portal.core.context import Context, entered, tenant
from portal.core.db import base
from portal.core.db.base import carry_context
from portal.tenancy.models import Client, Role
from tests import stage

ROUNDS = 1500


class Crash(Exception):
    """An error in the middle of a transaction."""


@pytest.fixture
def agencies(transactional_db):
    cast = stage.cast()
    return [cast.north.pk, cast.south.pk]


def test_no_thread_ever_sees_rows_of_another_agency(agencies):
    seen = storm(agencies)

    assert seen["wrong"] == 0
    assert seen["right"] > ROUNDS / 2
    assert seen["nothing without a tenant"] > 0


def test_the_storm_finds_a_leak_when_the_context_outlives_its_transaction(agencies, monkeypatch):
    """The guard-off twin: settings of the session instead of the transaction leak to the next borrower."""
    let_settings_outlive(monkeypatch)
    try:
        assert storm(agencies)["wrong"] > 0
    finally:
        connections["default"].close_pool()


def let_settings_outlive(monkeypatch) -> None:
    """Take the guard off."""
    monkeypatch.setattr(context, "SQL", context.SQL.replace(", true)", ", false)"))
    monkeypatch.setattr(base, "carry_context", _only_when_somebody_asks)


def _only_when_somebody_asks(connection) -> None:
    if context.current().agency_id:
        carry_context(connection)


def storm(agencies, rounds: int = ROUNDS) -> Counter:
    """What that many requests saw, in 32 threads."""
    seen: Counter = Counter()
    with ThreadPoolExecutor(32) as threads:
        for outcome in threads.map(lambda n: _one_request(agencies, random.Random(n)), range(rounds)):
            seen[outcome] += 1
    return seen


def _one_request(agencies, dice) -> str:
    try:
        if dice.random() < 0.2:
            return _without_tenant()
        return _inside(dice.choice(agencies), crash=dice.random() < 0.1)
    finally:
        connections["default"].close()


def _without_tenant() -> str:
    with entered(Context()), transaction.atomic():
        return "wrong" if Client.objects.exists() else "nothing without a tenant"


def _inside(agency_id: int, *, crash: bool) -> str:
    try:
        with tenant(agency_id), transaction.atomic():
            found = set(Client.objects.values_list("agency_id", flat=True))
            found |= set(Role.objects.values_list("agency_id", flat=True))
            if crash:
                raise Crash
    except Crash:
        pass
    return "right" if found == {agency_id} else "wrong"
