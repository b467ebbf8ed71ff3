"""What cannot be undone is done only by somebody who has just proved to be it; what was typed is not lost meanwhile."""

from datetime import date
from decimal import Decimal

import pytest

from invoices.actions import crediting, paying
from invoices.models import Invoice, Refund
from portal.core.context import tenant
from tests.browse import browse_as, reload, url
from tests.world import PASSWORD

BACK = {"amount": "2.50", "on": "2026-11-20", "reference": "Sent back"}


@pytest.fixture
def olaf(cast):
    """Olaf's browser; he signed in a while ago, with a password."""
    cast.olaf.user.set_password(PASSWORD)
    cast.olaf.user.save()
    return browse_as(cast.olaf)


@pytest.fixture
def payment(cast, sides):
    sums = {"amount": Decimal(10), "currency": "EUR", "paid_on": date(2026, 11, 18)}
    return paying.receive(cast.acme, {}, by=cast.olaf, **sums)


def prove(browser, asked):
    """Through the page that asks; returns what is shown after it."""
    assert "confirm" in asked["Location"]
    shown = browser.post(asked["Location"], {"password": PASSWORD}, follow=True)
    assert "Now press the button once more" in shown.content.decode()
    return shown


def test_nothing_is_issued_without_the_proof(cast, olaf, draft):
    invoice = draft()
    path = url("invoices:issue", cast.acme, invoice.pk)

    shown = prove(olaf, olaf.post(path))

    assert shown.redirect_chain == [(url("invoices:edit", cast.acme, invoice.pk), 302)]
    assert reload(invoice).number is None
    olaf.post(path)
    assert reload(invoice).number, "and within ten minutes nobody asks again"


def test_credit_note_keeps_what_was_typed(cast, olaf, issued):
    invoice = issued()
    path = url("invoices:credit", cast.acme, invoice.pk)
    with tenant(cast.north.pk):
        line = invoice.lines.get()
    typed = {"reason": "Half a day", f"line-{line.pk}": "0.5"}

    shown = prove(olaf, olaf.post(path, typed))

    assert {name: shown.context["form"][name].value() for name in typed} == typed
    with tenant(cast.north.pk):
        assert not Invoice.objects.filter(corrects=invoice).exists()
    assert olaf.post(path, typed).status_code == 302
    with tenant(cast.north.pk):
        assert str(Invoice.objects.get(corrects=invoice).net) == "250.00"


def test_money_is_not_sent_back_without_the_proof(cast, olaf, payment):
    path = url("settling:pay_back", cast.acme, payment.pk)

    shown = prove(olaf, olaf.post(path, BACK))

    assert {name: shown.context["back"][name].value() for name in BACK} == BACK
    with tenant(cast.north.pk):
        assert not Refund.objects.exists()
    olaf.post(path, BACK)
    with tenant(cast.north.pk):
        assert str(Refund.objects.get().amount) == "2.50"


def test_a_payment_is_not_taken_back_without_the_proof(cast, olaf, payment):
    path = url("settling:reverse", cast.acme, payment.pk)

    shown = prove(olaf, olaf.post(path, {"reason": "It bounced"}))

    assert shown.context["reversal"]["reason"].value() == "It bounced"
    assert not reload(payment).is_reversed
    olaf.post(path, {"reason": "It bounced"})
    assert reload(payment).is_reversed


def test_a_credit_note_is_not_paid_out_without_the_proof(cast, olaf, issued):
    paid = issued()
    sums = {"amount": paid.gross, "currency": "EUR", "paid_on": date(2026, 11, 18)}
    paying.receive(cast.acme, {paid: paid.gross}, by=cast.olaf, **sums)
    note = crediting.credit(paid, by=cast.olaf, reason="Our mistake")
    path = url("settling:pay_out", cast.acme, note.pk)

    shown = prove(olaf, olaf.post(path, BACK))

    assert 'value="2.50"' in shown.content.decode()
    assert reload(note).settled == 0
    olaf.post(path, BACK)
    assert str(reload(note).settled) == "2.50"
