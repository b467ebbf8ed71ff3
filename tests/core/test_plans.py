"""Plans that a connection keeps: they are used again, serve whoever asks, and end when a table changes under them."""

import pytest
from django.db import NotSupportedError, connections, transaction
from django.db.models import BigIntegerField, IntegerField, SlugField

from portal.core.context import Context, entered, tenant
from portal.core.prepared import Prepared, Slot
from portal.tenancy.models import Client


def _clients() -> Prepared:
    """Without any filter: only the second wall stands between the agencies."""
    return Prepared(lambda: Client.objects.order_by("name"))


def _names(clients: Prepared, **values) -> list[str]:
    return [client.name for client in clients.all(**values)]


def test_one_plan_serves_each_agency_with_its_own_rows(cast):
    clients = _clients()
    with connections["default"].cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    with tenant(cast.north.pk):
        assert _names(clients) == ["Acme", "Bolt"]
    with tenant(cast.south.pk):
        assert _names(clients) == ["Cosmo"]
    with entered(Context()):
        assert _names(clients) == []
    anna = {"agency_id": cast.north.pk, "scope": "client", "clients": {"any": (cast.acme.pk,)}}
    with entered(Context(**anna)):
        assert _names(clients) == ["Acme"]

    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            ['SELECT%"tenancy_client" ORDER BY%'],
        )
        assert cursor.fetchall() == [(4, 0)]


def test_the_same_rows_when_the_server_keeps_no_plans(cast, monkeypatch):
    """As behind a pgbouncer that knows no prepared statements: DATABASE_PREPARED=0."""
    connection = connections["default"]
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    with connection.cursor() as cursor, tenant(cast.north.pk):
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        before = cursor.fetchone()
        assert _names(_clients()) == ["Acme", "Bolt"]
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == before


def test_a_number_that_no_column_holds_finds_nothing(cast):
    numbered = Prepared(lambda: Client.objects.filter(pk=Slot("pk", BigIntegerField())))
    small = Prepared(lambda: Client.objects.filter(pk=Slot("pk", IntegerField())))
    with tenant(cast.north.pk):
        assert _names(numbered, pk=cast.acme.pk) == _names(small, pk=cast.acme.pk) == ["Acme"]
        assert _names(numbered, pk=2**63 - 1) == _names(numbered, pk=2**63) == []
        assert _names(small, pk=2**31 - 1) == _names(small, pk=2**31) == []


def test_a_value_is_never_cut_to_the_length_of_its_column(cast):
    """A cast to varchar(40) would find the client whose slug is the beginning of what was asked."""
    slug = "a" * 40
    named = Prepared(lambda: Client.objects.filter(slug=Slot("slug", SlugField(max_length=40))))
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(slug=slug)
        assert _names(named, slug=slug) == ["Acme"]
        assert _names(named, slug=slug + "b") == []


def test_percent_signs_and_hostile_words_stay_what_they_are(cast):
    """Constants stand in the SQL, words are parameters."""
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(name="100 % '); DROP TABLE x; -- %s")
        constant = Prepared(lambda: Client.objects.filter(name="100 % '); DROP TABLE x; -- %s"))
        word = Prepared(lambda: Client.objects.filter(slug=Slot("slug", SlugField()), pk=Slot("pk", BigIntegerField())))
        assert len(constant.all()) == 1
        assert word.all(slug="'; DROP TABLE x; -- %s %(pk)s", pk=cast.acme.pk) == []


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_column_that_changes_under_the_plan_fails_once(cast):
    """A migration while the portal runs: the connection is given up, and the next one plans anew."""
    clients = _clients()
    connections["default"].close()
    connections["default"].close_pool()  # nobody else has planned this before
    with tenant(cast.north.pk):
        with transaction.atomic():
            assert len(clients.all()) == 2
        _widen(cast.acme, 121)
        try:
            with pytest.raises(NotSupportedError), transaction.atomic():
                clients.all()
            connections["default"].close()
            with transaction.atomic():
                assert len(clients.all()) == 2
        finally:
            _widen(cast.acme, 120)


def _widen(row, length: int) -> None:
    table, column = row._meta.db_table, row._meta.get_field("external_id")  # no trigger looks at it
    assert column.max_length == 120
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column.column} TYPE varchar({length})")
