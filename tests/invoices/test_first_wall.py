"""What the querysets of invoices show by themselves: asked with the sight of the whole agency, as if no second wall stood behind them."""

import pytest
from django.db import transaction

from invoices.actions.paying import receive
from invoices.models import BankFile, Invoice, Payment
from portal.core.context import tenant
from portal.tenancy.actions import share_project
from portal.tenancy.models import Role
from tests.invoices.bills import bill
from tests.limited import fresh, lena_in

SEEN = {
    "olaf": {"Draft", "A-1", "B-1"},
    "fred": {"Draft", "A-1"},
    "nora": set(),
    "rita": set(),
    "anna": {"A-1", "P-1"},
    "bob": {"B-1"},
    "carl": set(),
    "lena": set(),
    "pavel": {"P-1"},
    "vera": set(),
    "saul": set(),
    "sofia": set(),
}
"""Fred sees sums here, of the client whose project is shared with him; Lena has some projects of Acme."""


@pytest.fixture
def money(cast, draft):
    """A draft, an invoice for each client, one of a provider, the payments of Acme, and a file of the bank."""
    draft(title="Draft")
    bills = {number: bill(cast.acme, by=by, number=number) for number, by in (("A-1", cast.olaf), ("P-1", cast.pavel))}
    bill(cast.bolt, by=cast.olaf, number="B-1")
    cast.lena = lena_in(cast, cast.shop)
    with tenant(cast.north.pk), transaction.atomic():
        for row, by, issuer in ((bills["A-1"], cast.olaf, None), (bills["P-1"], cast.pavel, cast.provider)):
            words = {"amount": row.gross, "currency": "EUR", "paid_on": row.issued_on, "reference": row.number}
            receive(cast.acme, {row: row.gross}, by=by, issuer=issuer, **words)
        BankFile.objects.create(agency=cast.north, name="November", sha256="0" * 64, form="mt940")
        Role.objects.filter(pk=cast.fred.role_id).update(permissions=["write", "money"])
        share_project(cast.shop, level="manage", member=cast.fred)
    cast.fred = fresh(cast.fred)


def test_each_sees_what_is_his(cast, money):
    with tenant(cast.north.pk), transaction.atomic():
        for name, expected in SEEN.items():
            member = getattr(cast, name)
            invoices = Invoice.objects.visible_to(member)
            assert {row.number or row.title for row in invoices} == expected, name
            paid = {row.reference for row in Payment.objects.visible_to(member)}
            assert paid == expected & {"A-1", "P-1"}, name
            assert BankFile.objects.visible_to(member).exists() is (name == "olaf"), name
