"""What a load balancer asks while the database is away."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client as Browser
from django.utils import timezone

from portal.core import health
from portal.core.db.base import DatabaseWrapper
from portal.operation import tasks


def test_process_says_that_it_lives_without_a_database(monkeypatch):
    monkeypatch.setattr(DatabaseWrapper, "ensure_connection", _away)

    assert Browser().get("/healthz").status_code == 200


def test_readiness_names_the_database_when_it_is_away(monkeypatch):
    monkeypatch.setattr(DatabaseWrapper, "ensure_connection", _away)

    answer = Browser().get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] != "ok"


def ready() -> tuple[int, str]:
    answer = Browser().get("/readyz")
    return answer.status_code, answer.json()["status"]


def test_all_is_well(cast):
    assert ready() == (200, "ok")


@pytest.mark.parametrize("name", ["migrations", "storage"])
def test_one_broken_part_is_an_outage(cast, monkeypatch, name):
    assert name in health.CHECKS
    monkeypatch.setitem(health.CHECKS, name, lambda: "pending")

    assert ready() == (503, "broken")


@pytest.mark.parametrize(("age", "expected"), [(290, (200, "ok")), (310, (503, "broken"))])
def test_a_job_that_waits_too_long_is_an_outage(cast, monkeypatch, age, expected):
    monkeypatch.setitem(health.queues, "slow", lambda: timezone.now() - timedelta(seconds=age))

    assert ready() == expected


def test_without_redis_pages_still_work(cast, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert ready() == (200, "degraded")


@pytest.mark.parametrize(("age", "expected"), [(170, (200, "ok")), (190, (503, "broken"))])
def test_three_missed_ticks_of_beat_are_an_alarm(cast, time_machine, age, expected):
    time_machine.move_to(timezone.now() - timedelta(seconds=age))
    tasks.tick()
    time_machine.move_to(timezone.now() + timedelta(seconds=age))

    assert ready() == expected


def test_a_beat_that_was_never_heard_is_told_by_its_undone_jobs(cast):
    assert ready() == (200, "ok")


def _away(self):
    raise OperationalError("the database is away")
