"""Payments: in part, whole, too little, too much; reversed; never more than there is, whoever tries and however."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from invoices.actions import crediting, paying
from invoices.actions.paying import NotFitting, rest_of
from invoices.actions.settling import TooMuch
from invoices.models import Allocation, Payment, Refund, Waiver
from invoices.payment_events import RECEIVED, REVERSED
from invoices.payment_forms import WaiverForm
from portal.core.context import tenant
from portal.events.models import Event
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, events_of, reload, url
from tests.invoices.bills import bill
from tests.people.confirming import confirmed
from tests.protocols.conftest import _own_storage

__all__ = ["_own_storage"]
DAY = date(2026, 11, 18)


@pytest.fixture
def invoice(cast):
    return bill(cast.acme, "119.00", by=cast.olaf, number="2026-0418")


@pytest.fixture
def pay(cast):
    """Olaf records what Acme has paid."""

    def pay(amount, shares=None, *, by=None, client=None, currency="EUR", **words):
        shares = {invoice: Decimal(part) for invoice, part in (shares or {}).items()}
        words = {"amount": Decimal(amount), "currency": currency, "paid_on": DAY} | words
        return paying.receive(client or cast.acme, shares, by=by or cast.olaf, **words)

    return pay


def test_a_payment_in_two_parts_settles_the_invoice(invoice, pay, olaf):
    pay("50.00", {invoice: "50.00"})
    half = reload(invoice)
    assert (half.settled, half.settled_on) == (Decimal("50.00"), None)

    second = pay("69.00", {invoice: "69.00"}, paid_on=date(2026, 11, 20))
    paid = reload(invoice)
    assert (paid.open_amount, paid.settled_on) == (0, date(2026, 11, 20))
    assert events_of(second) == [(RECEIVED, olaf.pk)]


def test_no_sum_stands_in_an_event(invoice, pay, in_north):
    pay("119.00", {invoice: "119.00"})
    assert not [event for event in Event.objects.all() if "119" in str(event.payload) + event.title]


def test_one_payment_for_two_invoices_and_what_is_left_is_used_later(invoice, pay, cast, in_north):
    other = bill(cast.acme, "200.00", by=cast.olaf)
    payment = pay("400.00", {invoice: "119.00", other: "200.00"})
    assert rest_of(payment) == Decimal("81.00")

    third = bill(cast.acme, "80.00", by=cast.olaf)
    paying.allocate(payment, {third: Decimal("80.00")}, by=cast.olaf)
    assert reload(third).open_amount == 0
    assert rest_of(payment) == Decimal("1.00")


def test_what_was_paid_too_much_is_paid_back(invoice, pay, olaf, in_north):
    payment = pay("130.00", {invoice: "119.00"})
    paying.pay_back(payment, Decimal("11.00"), by=olaf, on=DAY)
    assert rest_of(payment) == 0
    with pytest.raises(TooMuch):
        paying.pay_back(payment, Decimal("0.01"), by=olaf, on=DAY)
    with pytest.raises(NotFitting):
        paying.reverse(payment, by=olaf, reason="It bounced")


def test_what_is_missing_may_be_forgone(invoice, pay, olaf):
    pay("116.62", {invoice: "116.62"})
    paying.waive(invoice, Decimal("2.38"), by=olaf, reason="Discount for paying early")
    assert reload(invoice).open_amount == 0


def test_a_reversal_opens_the_invoice_again_and_stays_in_the_books(invoice, pay, olaf):
    payment = pay("119.00", {invoice: "119.00"})
    paying.reverse(payment, by=olaf, reason="The debit bounced")
    row = reload(invoice)
    assert (row.settled, row.settled_on) == (0, None)
    assert events_of(payment)[-1] == (REVERSED, olaf.pk)
    with pytest.raises(NotFitting):
        paying.reverse(payment, by=olaf, reason="Again")
    pay("119.00", {invoice: "119.00"})
    assert reload(invoice).open_amount == 0


def test_more_than_there_is_cannot_be_used(invoice, pay, cast):
    with pytest.raises(TooMuch):
        pay("50.00", {invoice: "50.01"})
    with pytest.raises(TooMuch):
        pay("500.00", {invoice: "119.01"})
    with pytest.raises(TooMuch):
        pay("500.00", {invoice: "-1.00"})
    with pytest.raises(NotFitting):
        pay("119.00", {bill(cast.bolt, "119.00", by=cast.olaf): "119.00"})
    with pytest.raises(NotFitting):
        pay("119.00", {invoice: "119.00"}, currency="NOK")
    assert reload(invoice).settled == 0


def test_only_those_who_see_sums_and_write_record_payments(invoice, pay, cast):
    for member in (cast.nora, cast.rita, cast.fred, cast.anna, cast.carl, cast.vera, cast.pavel, cast.saul):
        with pytest.raises(PermissionDenied):
            pay("1.00", {invoice: "1.00"}, by=member)


def test_who_sees_payments(invoice, pay, cast):
    payment = pay("130.00", {invoice: "119.00"})
    paying.pay_back(payment, Decimal("1.00"), by=cast.olaf, on=DAY)
    for name in ("olaf", "anna", "nora", "carl", "bob", "vera", "pavel", "fred", "saul"):
        member = getattr(cast, name)
        with acting_as(member), transaction.atomic():
            rows = [model.objects.visible_to(member).count() for model in (Payment, Allocation, Refund)]
            walls = [model.objects.count() for model in (Payment, Allocation, Refund)]
        assert rows == ([1, 1, 1] if name in ("olaf", "anna") else [0, 0, 0]), name
        if name not in ("olaf", "anna", "nora", "fred"):
            assert walls == [0, 0, 0], name


def test_whoever_gives_a_reason_knows_that_the_client_reads_it(invoice, pay, cast):
    payment = pay("130.00", {invoice: "119.00"})
    page = browse_as(cast.olaf).get(url("settling:payment", cast.acme, payment.pk)).content.decode()
    assert "The client reads it." in page
    assert WaiverForm().fields["reason"].help_text == "The client reads it."


def test_what_is_missing_is_waived_on_the_page_of_the_invoice(invoice, pay, cast):
    browser, page = browse_as(cast.olaf), url("invoices:detail", cast.acme, invoice.pk)
    pay("116.62", {invoice: "116.62"})
    form = browser.get(page).context["waiver"]
    assert form["amount"].value() == Decimal("2.38")
    assert url("settling:waive", cast.acme, invoice.pk) in browser.get(page).content.decode()
    assert url("settling:waive", cast.acme, invoice.pk) not in browse_as(cast.anna).get(page).content.decode()
    words = {"amount": "2,38", "reason": "A fee of the bank"}
    assert browser.post(url("settling:waive", cast.acme, invoice.pk), words).headers["Location"] == page
    assert reload(invoice).open_amount == 0
    assert browser.get(page).context["waiver"] is None


def test_what_is_not_used_yet_is_told_on_the_desk(invoice, pay, cast):
    browser, desk = browse_as(cast.olaf), url("invoice_desk:index", cast.north)
    assert browser.get(desk).context["unused"] == []
    payment = pay("200.00", {invoice: "119.00"})
    pay("7.00")
    paying.pay_back(payment, Decimal("1.00"), by=cast.olaf, on=DAY)
    assert browser.get(desk).context["unused"] == [("Acme", url("settling:statement", cast.acme), "€87.00")]
    assert browser.get(f"{desk}?client=acme").context["unused"]
    assert not browser.get(f"{desk}?client=bolt").context["unused"]
    assert "€87.00" in browser.get(desk).content.decode()


def test_invoice_and_credit_note_lead_to_each_other(cast, issued):
    paid = issued()
    note = crediting.credit(paid, by=cast.olaf, reason="Our mistake")
    anna, paths = browse_as(cast.anna), [url("invoices:detail", cast.acme, row.pk) for row in (paid, note)]
    assert f'href="{paths[1]}"' in anna.get(paths[0]).content.decode()
    assert f'href="{paths[0]}"' in anna.get(paths[1]).content.decode()
    assert f'href="{url("tickets:create", cast.acme)}"' in anna.get(url("invoices:index", cast.acme)).content.decode()


def test_what_a_credit_note_leaves_is_sent_back(cast, issued):
    paid = issued()
    sums = {"by": cast.olaf, "amount": paid.gross, "currency": "EUR", "paid_on": DAY}
    paying.receive(cast.acme, {paid: paid.gross}, **sums)
    note = crediting.credit(paid, by=cast.olaf, reason="Our mistake")
    sent = {"amount": f"{note.gross}", "on": "2026-11-20"}
    assert browse_as(cast.olaf).get(url("invoices:detail", cast.acme, note.pk)).status_code == 200
    for _twice in range(2):
        confirmed(cast.olaf).post(url("settling:pay_out", cast.acme, note.pk), sent)
    assert reload(note).open_amount == 0
    with tenant(cast.north.pk):
        assert Refund.objects.get().amount == note.gross


# --- The database itself --------------------------------------------------------------------------------------------


def _refused(*statements: str) -> None:
    for statement in statements:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_raw_sql_cannot_use_more_than_there_is(invoice, pay, cast, in_north):
    payment, other = pay("200.00", {invoice: "119.00"}), bill(cast.acme, "500.00", by=cast.olaf)
    foreign = bill(cast.bolt, "50.00", by=cast.olaf)
    row = "INSERT INTO invoices_allocation (agency_id, payment_id, invoice_id, amount, made_at) VALUES ({}, {}, {}, {}, now())"
    _refused(
        row.format(cast.north.pk, payment.pk, invoice.pk, "0.01"),
        row.format(cast.north.pk, payment.pk, other.pk, "81.01"),
        row.format(cast.north.pk, payment.pk, foreign.pk, "1.00"),
        "INSERT INTO invoices_waiver (agency_id, invoice_id, amount, reason, waived_on, waived_at) "
        f"VALUES ({cast.north.pk}, {invoice.pk}, 0.01, 'x', now(), now())",
        "INSERT INTO invoices_refund (agency_id, client_id, payment_id, amount, refunded_on, recorded_at, reference) "
        f"VALUES ({cast.north.pk}, {cast.acme.pk}, {payment.pk}, 81.01, now(), now(), '')",
        f"UPDATE invoices_invoice SET settled = gross + 1 WHERE id = {other.pk}",
    )


def test_what_was_recorded_never_changes(invoice, pay, cast, in_north):
    payment = pay("130.00", {invoice: "100.00"})
    paying.pay_back(payment, Decimal("1.00"), by=cast.olaf, on=DAY)
    paying.waive(invoice, Decimal("1.00"), by=cast.olaf, reason="x")
    _refused(
        "UPDATE invoices_payment SET amount = 1",
        "UPDATE invoices_payment SET paid_on = '2026-01-01'",
        "UPDATE invoices_allocation SET amount = 1",
        "UPDATE invoices_refund SET amount = 2",
        "UPDATE invoices_waiver SET reason = 'y'",
        "UPDATE invoices_payment SET reversed_at = now(), reversal_reason = 'paid back before'",
        "DELETE FROM invoices_allocation",
        "DELETE FROM invoices_payment",
        "DELETE FROM invoices_refund",
        "DELETE FROM invoices_waiver",
    )
    for model in (Payment, Allocation, Refund, Waiver):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(amount=Decimal("7.00"))


def test_a_reversal_is_not_taken_back(invoice, pay, olaf, in_north):
    payment = pay("130.00", {invoice: "119.00"})
    paying.reverse(payment, by=olaf, reason="It bounced")
    _refused(
        "UPDATE invoices_payment SET reversed_at = NULL, reversal_reason = ''",
        f"INSERT INTO invoices_allocation (agency_id, payment_id, invoice_id, amount, made_at) "
        f"VALUES ({olaf.agency_id}, {payment.pk}, {invoice.pk}, 1, now())",
    )
