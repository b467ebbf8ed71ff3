"""The tests' own way of asking the database, and the product's."""

import pytest
from django.db import connection, transaction

from portal.core.context import tenant
from portal.tenancy.models import Client
from tests.kept_plans import as_in_the_product

PREPARED = "SELECT name FROM pg_prepared_statements WHERE statement LIKE %s"


def _plans_of(mark: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(PREPARED, [f"%AS kept_{mark}%"])
        return [name for (name,) in cursor.fetchall()]


def _ask(mark: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s AS kept_{mark}", [1])
        assert cursor.fetchone() == (1,)


def test_a_plan_is_kept_over_a_rollback_and_used_again(cast):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _ask("twice")
        (plan,) = _plans_of("twice")
        raise ZeroDivisionError
    _ask("twice")

    assert _plans_of("twice") == [plan]


def test_as_in_the_product_nothing_is_kept_and_the_walls_stand(cast):
    with as_in_the_product():
        _ask("never")
        with tenant(cast.south.pk):
            assert list(Client.objects.values_list("name", flat=True)) == [cast.cosmo.name]

    assert not _plans_of("never")
    _ask("once")
    assert _plans_of("once")
