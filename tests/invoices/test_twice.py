"""Two clicks and two tabs: what was sent twice happens once, and whoever comes second reads what became of it."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from invoices.actions import crediting, drafting, issuing, paying
from invoices.actions.drafting import Part
from invoices.actions.settling import TooMuch
from invoices.models import Payment, Refund, Waiver
from tests.browse import browse_as, reload, url
from tests.invoices.bills import bill
from tests.invoices.conftest import rows
from tests.people.confirming import confirmed

DAY = date(2026, 11, 18)
KEY = {"form_key": "pressed-twice"}


@pytest.fixture
def press(cast):
    """Olaf presses a button twice."""

    def press(name, *args, **data):
        browser = confirmed(cast.olaf)
        return [browser.post(url(name, cast.acme, *args), KEY | data).status_code for _twice in range(2)]

    return press


def amounts(model):
    return rows(model.objects.values_list("amount", flat=True))


def test_a_payment_pressed_twice_is_one(cast, press, north_sees):
    invoice = bill(cast.acme, "300.00", by=cast.olaf)
    data = {"amount": "100", "currency": "EUR", "paid_on": "2026-11-18", "method": "transfer"}
    assert press("settling:receive", **data, **{f"share_{invoice.pk}": "100"}) == [302, 302]
    with north_sees():
        assert amounts(Payment) == [Decimal(100)]
    assert reload(invoice).settled == 100


def test_what_is_left_of_a_payment_is_used_and_paid_back_once(cast, press, north_sees):
    invoice = bill(cast.acme, "300.00", by=cast.olaf)
    sums = {"by": cast.olaf, "amount": Decimal(200), "currency": "EUR", "paid_on": DAY}
    payment = paying.receive(cast.acme, {}, **sums)
    press("settling:use", payment.pk, **{f"share_{invoice.pk}": "50"})
    press("settling:pay_back", payment.pk, amount="40", on="2026-11-20")
    assert reload(invoice).settled == 50
    with north_sees():
        assert amounts(Refund) == [Decimal(40)]


def test_a_rest_is_waived_once(cast, press, north_sees):
    invoice = bill(cast.acme, "300.00", by=cast.olaf)
    press("settling:waive", invoice.pk, amount="3", reason="A fee of the bank")
    with north_sees():
        assert amounts(Waiver) == [Decimal(3)]


def test_a_credit_note_is_paid_out_once(cast, press, issued, north_sees):
    paid = issued()
    sums = {"by": cast.olaf, "amount": paid.gross, "currency": "EUR", "paid_on": DAY}
    paying.receive(cast.acme, {paid: paid.gross}, **sums)
    note = crediting.credit(paid, by=cast.olaf, reason="Our mistake")
    press("settling:pay_out", note.pk, amount="100", on="2026-11-20")
    with north_sees():
        assert amounts(Refund) == [Decimal(100)]


def test_each_of_these_forms_carries_a_key(cast, issued, north_sees):
    paid, browser = issued(), browse_as(cast.olaf)
    sums = {"by": cast.olaf, "amount": paid.gross + 10, "currency": "EUR", "paid_on": DAY}
    payment = paying.receive(cast.acme, {paid: paid.gross}, **sums)
    note = crediting.credit(paid, by=cast.olaf, reason="Our mistake")
    bill(cast.acme, "300.00", by=cast.olaf)
    pages = [("settling:receive", 1), ("settling:payment", 2, payment.pk), ("invoices:detail", 2, note.pk)]
    for name, count, *args in pages:
        page = browser.get(url(name, cast.acme, *args)).content.decode()
        assert page.count('name="form_key"') == count, name


def test_nothing_is_no_payment(cast):
    invoice = bill(cast.acme, "300.00", by=cast.olaf)
    for amount in (Decimal(0), Decimal(-1)):
        with pytest.raises(TooMuch):
            paying.receive(cast.acme, {}, by=cast.olaf, amount=amount, currency="EUR", paid_on=DAY)
    assert reload(invoice).settled == 0


def test_a_provider_who_marks_it_as_paid_twice_is_told(cast):
    provided = bill(cast.acme, "500.00", by=cast.pavel)
    browser = browse_as(cast.pavel)
    for words in ("Marked as paid", "Nothing is open any more."):
        answer = browser.post(url("settling:outside_paid", cast.acme, provided.pk), follow=True)
        assert words in answer.content.decode()


def test_whoever_comes_after_the_issue_is_led_to_the_invoice(cast, draft):
    invoice, browser = draft(), confirmed(cast.olaf)
    issuing.issue(invoice, by=cast.olaf)
    for name in ("invoices:issue", "invoices:edit", "invoices:discard"):
        answer = browser.post(url(name, cast.acme, invoice.pk), follow=True)
        assert answer.redirect_chain[0][0] == url("invoices:detail", cast.acme, invoice.pk), name
        assert "It is issued already" in answer.content.decode()
    assert reload(invoice).number


def test_only_what_was_seen_is_issued(cast, draft):
    """Nora's change comes between Olaf's look at the draft and his click."""
    invoice, browser = draft(), confirmed(cast.olaf)
    page = browser.get(url("invoices:edit", cast.acme, invoice.pk)).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    drafting.add_line(invoice, Part("Added meanwhile", Decimal(1), Decimal(900)), by=cast.olaf)
    path = url("invoices:issue", cast.acme, invoice.pk)
    for stale in (seen, "yesterday"):
        answer = browser.post(path, {"seen": stale}, follow=True)
        assert "Somebody else has changed this draft" in answer.content.decode()
        assert reload(invoice).number is None
    page = answer.content.decode()
    browser.post(path, {"seen": re.search(r'name="seen" value="([^"]+)"', page)[1]})
    assert reload(invoice).number


def test_a_line_or_a_draft_that_another_tab_took_away_breaks_nothing(cast, draft, monkeypatch, north_sees):
    """The other tab is quicker just when this one has read its lines."""
    invoice, browser = draft(Part("One", Decimal(1), Decimal(10))), browse_as(cast.olaf)
    path = url("invoices:edit", cast.acme, invoice.pk)
    with north_sees(), transaction.atomic():
        line = invoice.lines.get()
    form = browser.get(path).context["editor"].words
    words = {name: form[name].value() or "" for name in form.fields}
    words |= {f"line-{line.pk}-{name}": value for name, value in {"text": "One", "quantity": "1"}.items()}
    change = drafting.change

    def slower(row, **said):
        drafting.drop_line(line, by=cast.olaf)
        return change(row, **said)

    monkeypatch.setattr(drafting, "change", slower)
    answer = browser.post(path, words | {"with_annex": ""}, follow=True)
    assert "Somebody else has changed this draft" in answer.content.decode()

    def slowest(row, **said):
        drafting.discard(row, by=cast.olaf)
        return change(row, **said)

    monkeypatch.setattr(drafting, "change", slowest)
    assert browser.post(path, words | {"with_annex": ""}).status_code == 404
