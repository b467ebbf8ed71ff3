"""From the bank file to the paid invoice, on all widths and without scripts; and the client's statement."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from invoices.actions import paying
from portal.core import jobs
from portal.core.context import tenant
from tests.browse import browse_as
from tests.invoices import bank_files
from tests.invoices.bank_files import Written
from tests.invoices.bills import bill
from tests.protocols.conftest import _own_storage

__all__ = ["_own_storage"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]
LINES = [
    Written("HANSE MOEBELWERK GMBH", "DE89370400440532013000", Decimal("6840.00"), "RG 2026-418 OKT", ""),
    Written("Acme", "DE1", Decimal("119.00"), "2026-0420", ""),
    Written("Acme", "DE1", Decimal("1156.40"), "2026-0422 abzgl. Skonto", ""),
    Written("Acme", "DE1", Decimal("4100.00"), "INV 0427 AND 0429", ""),
    Written("M. Brandes", "DE2", Decimal("310.00"), "Danke", ""),
    Written("Hausverwaltung", "DE3", Decimal("-900.00"), "Miete", ""),
]
OPEN = {"0418": "6840.00", "0420": "119.00", "0422": "1180.00", "0427": "2600.00", "0429": "1500.00"}


@pytest.fixture
def open_as(cast, windows, monkeypatch):
    """A window of somebody who is signed in; Acme owes five invoices, and has paid a sixth."""
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)
    today = timezone.localdate()
    with tenant(cast.north.pk), transaction.atomic():
        for number, gross in OPEN.items():
            words = {"issued_on": today - timedelta(days=20), "title": "Retainer"}
            bill(cast.acme, gross, by=cast.olaf, number=f"2026-{number}", **words)
        paid = bill(cast.acme, "500.00", by=cast.olaf, number="2026-0377", issued_on=today - timedelta(days=80))
        sums = {"amount": Decimal("520.00"), "currency": "EUR", "paid_on": today - timedelta(days=60)}
        paying.receive(cast.acme, {paid: Decimal(500)}, by=cast.olaf, payer="Acme", reference="2026-0377", **sums)
        bill(cast.acme, "250.00", by=cast.pavel, number="P-12", title="Flyers")

    def open_as(member, **options):
        cookies = browse_as(member).cookies
        return windows.open(cookies={name: cookie.value for name, cookie in cookies.items()}, **options)

    return open_as


def _bring_in(page):
    page.goto("/north/invoices/bank/")
    file = {"name": "camt053-20261119.xml", "mimeType": "text/xml", "buffer": bank_files.camt(LINES)}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Bring in").click()


@pytest.mark.parametrize("options", [{}, {"width": 390}, {"js": False}], ids=["desk", "phone", "without scripts"])
def test_the_owner_confirms_what_the_bank_says(cast, open_as, options):
    olaf = open_as(cast.olaf, **options)
    _bring_in(olaf)
    expect(olaf.get_by_text("Nothing is booked until you confirm it.")).to_be_visible()
    olaf.get_by_role("button", name="Confirm all").click()
    olaf.get_by_role("button", name="Waive €23.60").click()
    olaf.get_by_role("button", name="Book what is ticked").click()
    expect(olaf.get_by_text("5 booked payments")).to_be_hidden()
    expect(olaf.get_by_text("4 booked payments")).to_be_visible()

    anna = open_as(cast.anna, **options)
    anna.goto("/north/acme/invoices/statement/")
    expect(anna.get_by_text("paid in advance")).to_be_visible()
