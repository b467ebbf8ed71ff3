"""The demo world is the same each time: pictures, stories and measures that were made in it stay true."""

from collections import Counter

import pytest
from django.apps import apps
from django.db import models, transaction

from portal.core import jobs
from portal.core.context import tenant
from portal.demo import activities, cast, work
from portal.demo.accounts import Accounts
from portal.demo.places import Place
from portal.tenancy.models.base import TenantModel

BY_CHANCE = {"digest", "secret", "seed", "message_id", "key", "sha256", "token", "local_part"}
"""Columns that are secrets or named after them."""


@pytest.mark.empty_house
def test_built_twice_it_says_the_same(db, settings, tmp_path, monkeypatch):
    """What is drawn by lot in the smaller house, its activities and its work: every word, without ids and moments."""
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)

    first, second = _words(), _words()

    assert sum(first.values()) > 1000
    assert first - second == second - first == Counter()


def _words() -> Counter:
    """Build it, read it, and leave nothing."""
    with transaction.atomic():
        place = Place(cast.LINDENHOF, Accounts()).build()
        with tenant(place.agency.pk):
            activities.post_all(place)
            work.log_all(place)
            found = Counter(row for model in _tables() for row in _rows(model))
        transaction.set_rollback(True)
    return found


def _tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def _rows(model: type[models.Model]) -> list[tuple]:
    kept = (
        models.CharField,
        models.TextField,
        models.BooleanField,
        models.PositiveSmallIntegerField,
        models.DecimalField,
    )
    names = [
        field.name for field in model._meta.concrete_fields if isinstance(field, kept) and field.name not in BY_CHANCE
    ]
    return [(model._meta.label, *row) for row in model._base_manager.values_list(*names)] if names else []
