"""What a load balancer asks while the database is away."""

from django.db import OperationalError
from django.test import Client as Browser

from portal.core.db.base import DatabaseWrapper


def test_process_says_that_it_lives_without_a_database(monkeypatch):
    monkeypatch.setattr(DatabaseWrapper, "ensure_connection", _away)

    assert Browser().get("/healthz").status_code == 200


def test_readiness_names_the_database_when_it_is_away(monkeypatch):
    monkeypatch.setattr(DatabaseWrapper, "ensure_connection", _away)

    answer = Browser().get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] != "ok"


def _away(self):
    raise OperationalError("the database is away")
