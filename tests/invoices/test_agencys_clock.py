"""Days of the account are the agency's, wherever the reader sits; and what is in the books of another currency rounds as money does."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from invoices.actions import paying, reminding
from invoices.days import today_of
from invoices.models import Payment, Refund, Reminder
from invoices.papers.einvoice import books_vat
from invoices.payment_page import back_of, context_of
from invoices.statement import Account
from portal.core.context import tenant
from tests.browse import reload, url
from tests.invoices.bills import bill
from tests.people.confirming import confirmed

HALF_PAST_MIDNIGHT = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
"""In Hamburg it is the 19th, in New York still the 18th."""


@pytest.fixture
def late_at_night():
    with time_machine.travel(HALF_PAST_MIDNIGHT, tick=False), timezone.override("America/New_York"):
        yield


@pytest.fixture
def paid(cast):
    invoice = bill(cast.acme, "119.00", by=cast.olaf)
    sums = {"amount": Decimal(130), "currency": "EUR", "paid_on": date(2026, 11, 16)}
    return paying.receive(cast.acme, {invoice: Decimal(119)}, by=cast.olaf, **sums)


def test_a_payment_is_reversed_on_the_agencys_day(cast, paid, late_at_night):
    paying.reverse(paid, by=cast.olaf, reason="It bounced")
    with tenant(cast.north.pk):
        found = Account.of(cast.olaf, cast.acme).statement("EUR", date(2026, 1, 1), date(2026, 12, 1))

    assert [entry.on for entry in found.entries if entry.text == "Payment reversed"] == [date(2026, 11, 19)]


def test_days_to_be_typed_begin_with_the_agencys_today(cast, paid, late_at_night):
    assert back_of(paid)["on"] == date(2026, 11, 19)
    page = confirmed(cast.olaf).get(url("settling:payment", cast.acme, paid.pk)).content.decode()
    assert 'value="2026-11-19"' in page


def test_the_pause_after_a_reminder_is_counted_from_the_agencys_day(cast, late_at_night):
    invoice = bill(cast.acme, "119.00", by=cast.olaf, issued_on=date(2026, 10, 1))
    with tenant(cast.north.pk):
        words = {"tier": 1, "open_amount": invoice.gross, "heading": "Reminder", "text": "Please"}
        sent = Reminder.objects.create(agency=cast.north, invoice=invoice, **words)
        step = reminding.next_of(invoice, [sent], reminding.tiers_of(cast.north.pk))

    assert step[1] == date(2026, 11, 19) + timedelta(days=14)


def test_nothing_was_sent_back_on_a_day_to_come(cast, paid):
    tomorrow = today_of(cast.north) + timedelta(days=1)
    olaf, sent = confirmed(cast.olaf), {"amount": "11.00", "on": f"{tomorrow}"}
    answer = olaf.post(url("settling:pay_back", cast.acme, paid.pk), sent, follow=True)
    assert "still to come" in answer.content.decode()
    with tenant(cast.north.pk):
        assert not Refund.objects.exists()
    olaf.post(url("settling:pay_back", cast.acme, paid.pk), sent | {"on": f"{today_of(cast.north)}"})
    with tenant(cast.north.pk):
        assert Refund.objects.get().amount == Decimal("11.00")


def test_half_a_cent_goes_up_in_the_books_too(cast, issued):
    """0.5 at 0.01 is half a cent: half up, as all money here, not to the even neighbour."""
    rate = {"books_rate": Decimal("0.01"), "books_on": date(2026, 10, 30), "books_source": "ECB"}
    invoice = issued(currency="NOK", **rate)
    invoice.vat = Decimal("2.50")
    assert str(books_vat(invoice)) == "0.03"
    with tenant(cast.north.pk):
        payment = Payment(client=cast.acme, agency=cast.north, amount=Decimal("2.50"), currency="NOK", **rate)
        payment.paid_on = date(2026, 11, 2)
        payment.save()
        assert context_of(cast.olaf, reload(payment))["books"]["amount"] == "€0.03"
