"""A payment bounces after its invoice was taken back whole: nobody is dunned for it, and nobody is sent money that never came."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from invoices.actions import crediting, paying, reminding
from invoices.actions.drafting import Part
from invoices.actions.reminding import NothingToRemind
from invoices.actions.settling import TooMuch
from invoices.models import Invoice, ReminderPolicy
from invoices.statement import Account
from portal.core.context import tenant
from tests.browse import browse_as, reload, url
from tests.invoices.test_money_machine import broken

CARE = Part("Care", Decimal(1), Decimal(100))


@pytest.fixture
def late(cast, issued):
    """Issued forty days ago: whatever is open of it is overdue."""
    return issued(CARE, on=timezone.localdate() - timedelta(days=40))


@pytest.fixture
def pay(cast):
    def pay(invoice, amount):
        sums = {"amount": Decimal(amount), "currency": "EUR", "paid_on": timezone.localdate() - timedelta(days=5)}
        return paying.receive(cast.acme, {invoice: Decimal(amount)}, by=cast.olaf, **sums)

    return pay


@pytest.mark.parametrize("amount", ["119.00", "50.00"])
def test_the_credit_note_is_set_off_when_the_payment_bounces(cast, late, pay, amount):
    """Paid whole there was nothing to set off; paid in part the same two are set off a second time."""
    payment = pay(late, amount)
    note = crediting.credit(late, by=cast.olaf, reason="Wrong client")
    assert reload(note).open_amount == Decimal(amount)
    paying.reverse(payment, by=cast.olaf, reason="It bounced")

    assert (reload(late).open_amount, reload(note).open_amount) == (0, 0)
    with tenant(cast.north.pk):
        assert broken() == []
        assert not Invoice.objects.unsettled().exists()
        found = Account.of(cast.olaf, cast.acme).statement("EUR", date(2026, 1, 1), timezone.localdate())
    assert (found.closing, found.unused) == (0, 0)
    with pytest.raises(TooMuch):
        paying.pay_out(note, Decimal("1.00"), by=cast.olaf, on=timezone.localdate())


def test_a_credit_note_in_part_is_set_off_too(cast, issued, pay):
    invoice = issued(Part("Care", Decimal(2), Decimal(100)))
    payment = pay(invoice, "238.00")
    with tenant(cast.north.pk):
        line = invoice.lines.get()
    crediting.credit(invoice, by=cast.olaf, reason="Half", quantities={line.pk: Decimal(1)})
    paying.reverse(payment, by=cast.olaf, reason="It bounced")

    assert reload(invoice).open_amount == Decimal("119.00")


def test_what_was_paid_out_meanwhile_is_owed_and_yet_nobody_is_reminded_of_what_was_taken_back(cast, late, pay):
    """Its paper says nothing that holds any more; the statement says what is owed, and a payment can be recorded for it."""
    payment = pay(late, "119.00")
    note = crediting.credit(late, by=cast.olaf, reason="Wrong client")
    paying.pay_out(note, Decimal("119.00"), by=cast.olaf, on=timezone.localdate())
    paying.reverse(payment, by=cast.olaf, reason="It bounced")
    today, olaf = timezone.localdate(), browse_as(cast.olaf)

    with tenant(cast.north.pk):
        assert list(Invoice.objects.unsettled()) == [late]
        assert not Invoice.objects.overdue(on=today).exists()
        ReminderPolicy.objects.create(agency=cast.north, automatic_since=timezone.now())
        assert reminding._due_of(cast.north, timezone.localtime(), "default") == []
    with pytest.raises(NothingToRemind):
        reminding.remind(late, by=cast.olaf)
    assert "overdue" not in str(olaf.get(url("invoice_desk:index", cast.north) + "?state=overdue").context["rows"])
    assert [figure.tone for figure in olaf.get(url("invoices:index", cast.acme)).context["figures"]][1] == ""


def test_what_was_never_paid_is_not_paid_out(cast, issued, pay):
    """Most of it was waived, then it was taken back whole: only what came in goes back, whatever the credit note says."""
    invoice = issued(CARE)
    pay(invoice, "19.00")
    paying.waive(invoice, Decimal("100.00"), by=cast.olaf, reason="Bad debt")
    note, today = crediting.credit(invoice, by=cast.olaf, reason="Wrong"), timezone.localdate()
    with pytest.raises(TooMuch):
        paying.pay_out(note, Decimal("19.01"), by=cast.olaf, on=today)
    answer = browse_as(cast.olaf).get(url("invoices:detail", cast.acme, note.pk)).content.decode()
    assert 'value="19.00"' in answer

    paying.pay_out(note, Decimal("19.00"), by=cast.olaf, on=today)
    with pytest.raises(TooMuch):
        paying.pay_out(note, Decimal("0.01"), by=cast.olaf, on=today)
    with tenant(cast.north.pk):
        assert broken() == []
