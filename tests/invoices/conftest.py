"""North writes invoices to Acme: both sides are known, nobody owes anything yet."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from invoices.actions import drafting, issuing, making
from invoices.actions.drafting import Part
from invoices.models import BillingData, InvoiceDocument, TaxProfile
from portal.core.context import tenant
from tests.clock import the_agencys_clock
from tests.protocols.conftest import _own_storage

__all__ = ["_own_storage", "the_agencys_clock"]
NORTH = {
    "name": "North GmbH",
    "street": "Alsterufer 12",
    "postcode": "20354",
    "city": "Hamburg",
    "country": "DE",
    "vat_id": "DE136695976",
    "tax_number": "27/123/45678",
    "email": "books@north.example",
    "phone": "+49 40 5550180",
    "managers": "Olaf Example",
    "register": "Amtsgericht Hamburg, HRB 12345",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
}
ACME = {
    "name": "Acme Möbelwerk GmbH",
    "street": "Kanalstraße 48",
    "postcode": "23552",
    "city": "Lübeck",
    "country": "DE",
    "vat_id": "DE129273398",
    "email": "rechnung@acme.example",
    "person": "Anna Example",
    "number": "10047",
}
OCTOBER = {"service_from": date(2026, 10, 1), "service_until": date(2026, 10, 31)}


def both_sides(client, **billing):
    """Call with the agency's sight."""
    TaxProfile.objects.update_or_create(agency=client.agency, defaults=NORTH)
    words = {**ACME, **billing}
    return BillingData.objects.update_or_create(agency=client.agency, client=client, defaults=words)[0]


@pytest.fixture
def sides(cast):
    with tenant(cast.north.pk):
        return both_sides(cast.acme)


@pytest.fixture
def draft(cast, sides):
    """A draft for Acme by Olaf: two days of consulting at 500 unless told otherwise."""

    def draft(*parts, by=None, title="Retainer October", client=None, **words):
        parts = parts or (Part("Consulting", Decimal(2), Decimal(500), unit="day"),)
        return drafting.draft(client or cast.acme, parts, by=by or cast.olaf, title=title, **{**OCTOBER, **words})

    return draft


@pytest.fixture
def issued(cast, draft):
    """The same, issued."""

    def issued(*parts, on=None, **words):
        return issuing.issue(draft(*parts, **words), by=cast.olaf, on=on)

    return issued


@pytest.fixture
def north_sees(cast):
    """What a block asks of the database is asked by the agency."""

    def north_sees():
        return tenant(cast.north.pk)

    return north_sees


def rows(queryset):
    """All of them, read in a transaction of its own."""
    with transaction.atomic():
        return list(queryset)


@pytest.fixture
def paper(cast):
    """A paper of an invoice, made; with its content."""

    def paper(invoice, kind="pdf"):
        with tenant(cast.north.pk):
            document = making.made(InvoiceDocument.objects.get(invoice=invoice, kind=kind))
            with default_storage.open(document.file.key) as stored:
                return SimpleNamespace(document=document, content=stored.read())

    return paper
