"""Row-level security under load: 32 threads, random agencies, crashes and requests without a tenant; one pool, and none."""

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


@pytest.fixture
def unpooled():
    """Connections lead straight to PostgreSQL; each thread keeps its own from one request to the next."""
    settings = connections["default"].settings_dict
    pooled = settings["OPTIONS"]
    connections["default"].close()
    settings["OPTIONS"] = {name: value for name, value in pooled.items() if name != "pool"}
    yield
    connections["default"].close()
    settings["OPTIONS"] = pooled


def test_nor_does_a_thread_that_keeps_its_connection_without_a_pool(agencies, unpooled):
    seen = storm(agencies, keeping=True)

    assert seen["wrong"] == 0
    assert seen["right"] > ROUNDS / 2
    assert seen["nothing without a tenant"] > 0


def test_and_the_storm_finds_a_leak_there_too(agencies, unpooled, monkeypatch):
    """The guard-off twin: what one request set is still there in the next one of the thread."""
    let_settings_outlive(monkeypatch)

    assert storm(agencies, keeping=True)["wrong"] > 0


def let_settings_outlive(monkeypatch) -> None:
    """Take the guard off."""
    monkeypatch.setattr(context, "SQL", context.SQL.replace(", true)", ", false)"))
    monkeypatch.setattr(base, "carry_context", _only_when_somebody_asks)


def _only_when_somebody_asks(connection) -> None:
    if context.current().agency_id:
        carry_context(connection)


def storm(agencies, rounds: int = ROUNDS, *, keeping: bool = False) -> Counter:
    """What that many requests saw, in 32 threads. keeping: a thread does not give its connection back in between."""
    seen: Counter = Counter()
    kept: set = set()

    def one_request(number: int) -> str:
        try:
            return _one_request(agencies, random.Random(number))
        finally:
            kept.add(connections["default"]) if keeping else connections["default"].close()

    with ThreadPoolExecutor(32) as threads:
        for outcome in threads.map(one_request, range(rounds)):
            seen[outcome] += 1
    for connection in kept:
        connection.inc_thread_sharing()
        connection.close()
    return seen


def _one_request(agencies, dice) -> str:
    if dice.random() < 0.2:
        return _without_tenant()
    return _inside(dice.choice(agencies), crash=dice.random() < 0.1)


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
