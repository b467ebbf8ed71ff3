"""Invoices in the search: whoever may see the sums finds them by number, client, notes and the texts of their lines."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from invoices.actions import drafting, uploading
from invoices.actions.drafting import Part
from portal.core.context import tenant
from portal.tenancy.scope import acting_as
from tests.invoices.bills import pdf
from tests.search.test_search import found
from tests.walls_off import first_wall_off

LINES = (Part("Lighthouse", Decimal(1), Decimal(100), detail="Photographs"),)


@pytest.fixture
def provided(cast):
    """Pavel's organisation charges Acme."""
    days = {"issued_on": date(2026, 11, 2), "due_on": date(2026, 11, 16)}
    words = {"number": "P-77", "title": "Harbour", "currency": "EUR", "gross": Decimal(50), **days}
    return uploading.bring(cast.acme, pdf(), by=cast.pavel, **words)


def test_number_client_notes_and_lines_are_found(cast, issued):
    invoice = issued(*LINES, title="Retainer", notes="Thanks for the voyage")

    title = f"{invoice.number} Retainer"
    for asked in (invoice.number, "retainer", "acme lighthouse", "photographs", "voyage", "möbelwerk"):
        assert found(cast.anna, asked) == found(cast.olaf, asked) == [title], asked
    assert found(cast.anna, "in:invoices voyage") == [title]
    assert found(cast.anna, "voyage nowhere") == []


def test_a_draft_is_found_by_the_agency_alone_and_as_it_is_now(cast, draft):
    invoice = draft(*LINES, title="Unfinished")

    assert found(cast.olaf, "lighthouse") == ["Unfinished"]
    assert found(cast.anna, "lighthouse") == []
    with tenant(cast.north.pk):
        line = invoice.lines.get()
    drafting.change_line(line, by=cast.olaf, text="Harbour")
    assert (found(cast.olaf, "lighthouse"), found(cast.olaf, "harbour")) == ([], ["Unfinished"])
    drafting.discard(invoice, by=cast.olaf)
    assert found(cast.olaf, "harbour") == []


@pytest.mark.parametrize("who", ["carl", "bob", "vera", "pavel", "saul", "nora", "fred"])
def test_whoever_sees_no_sums_finds_none(cast, issued, who):
    issued(*LINES, title="Retainer")

    assert found(getattr(cast, who), "lighthouse") == []
    if not getattr(cast, who).is_specialist:
        assert _behind_the_first_wall(getattr(cast, who), "lighthouse") == []
    assert len(_behind_the_first_wall(cast.anna, "lighthouse")) == 1


def test_a_providers_invoice_is_found_by_its_client_and_itself_alone(cast, provided):
    for member in (cast.anna, cast.pavel):
        assert found(member, "harbour") == found(member, "P-77") == ["P-77 Harbour"]
        assert len(_behind_the_first_wall(member, "harbour")) == 1
    for name in ("olaf", "nora", "carl", "bob", "vera", "saul"):
        assert found(getattr(cast, name), "harbour") == [], name
        assert _behind_the_first_wall(getattr(cast, name), "harbour") == [], name


def _behind_the_first_wall(member, word) -> list:
    """Whatever the pages forget: what the function itself tells."""
    kinds = "ARRAY['invoices', 'provider_invoices']"
    with first_wall_off(), acting_as(member), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM search_find(%s::tsquery, {kinds}, '', NULL, NULL, NULL, 50)", [word])
        return cursor.fetchall()
