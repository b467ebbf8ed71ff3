"""Sixteen people record and book at the same moment: no invoice is paid twice, no payment used twice, no line booked twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections, transaction

from invoices.actions import banking, crediting, paying
from invoices.actions.paying import NotFitting
from invoices.actions.settling import TooMuch
from invoices.models import Allocation, BankLine, Invoice, Payment
from invoices.outside_page import marks_of
from invoices.proofs import problems
from portal.core.context import tenant
from tests.invoices import bank_files
from tests.invoices.bank_files import Written
from tests.invoices.bills import bill
from tests.protocols.conftest import _own_storage

__all__ = ["_own_storage"]
pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
MANY = 16
DAY = date(2026, 11, 18)
REFUSED = (TooMuch, NotFitting, IntegrityError)


@pytest.fixture
def bills(cast, monkeypatch):
    monkeypatch.setattr("portal.core.jobs._publish", lambda task, args: None)
    with tenant(cast.north.pk), transaction.atomic():
        return [bill(cast.acme, "119.00", by=cast.olaf, number=f"2026-{n:04}") for n in range(1, 5)]


@pytest.fixture
def at_once(cast):
    """What so many threads do; how many of them could."""

    def at_once(deed):
        def one(number):
            try:
                with tenant(cast.north.pk), transaction.atomic():
                    deed(number)
            except REFUSED:
                return 0
            finally:
                connections.close_all()
            return 1

        with ThreadPoolExecutor(MANY) as pool:
            return sum(pool.map(one, range(MANY)))

    return at_once


def receive(cast, invoice):
    sums = {"amount": Decimal("119.00"), "currency": "EUR", "paid_on": DAY}
    return paying.receive(cast.acme, {invoice: Decimal("119.00")}, by=cast.olaf, **sums)


def test_an_invoice_is_paid_once(cast, bills, at_once):
    assert at_once(lambda number: receive(cast, bills[number % 2])) == 2
    assert Payment.objects.using("maint").count() == 2
    assert list(problems()) == []


def test_without_our_own_lock_the_database_still_refuses(cast, bills, at_once, monkeypatch):
    """The twin: nobody waits in Python, and the trigger counts under locks of its own."""
    monkeypatch.setattr(paying, "locked", lambda row: Invoice.objects.select_related("client__agency").get(pk=row.pk))
    assert at_once(lambda number: receive(cast, bills[0])) == 1
    assert Allocation.objects.using("maint").count() == 1


def test_a_payment_is_used_once(cast, bills, at_once):
    with tenant(cast.north.pk), transaction.atomic():
        sums = {"amount": Decimal("150.00"), "currency": "EUR", "paid_on": DAY}
        payment = paying.receive(cast.acme, {}, by=cast.olaf, **sums)
    used = at_once(lambda number: paying.allocate(payment, {bills[number % 4]: Decimal("119.00")}, by=cast.olaf))
    assert used == 1
    assert list(problems()) == []


def test_a_line_of_the_bank_is_booked_once_and_a_file_comes_in_once(cast, bills, at_once):
    content = bank_files.camt([Written("Acme", "DE1", Decimal("119.00"), "2026-0001", "")])

    def bring(number):
        try:
            banking.bring_in("x.xml", content, by=cast.olaf)
        except banking.KnownFile:
            raise NotFitting from None

    assert at_once(bring) == 1
    (line,) = BankLine.objects.using("maint").all()
    assert at_once(lambda number: banking.book(line, [bills[number % 4]], by=cast.olaf)) == 1
    assert list(problems()) == []


def test_what_is_taken_back_and_marked_again_at_one_moment_adds_up(cast, at_once):
    """The provider's people say "Paid" and "It is not paid" in two tabs; whoever is last, the sum is that of the rows."""
    with tenant(cast.north.pk), transaction.atomic():
        own = bill(cast.acme, "119.00", by=cast.pavel)

    def receive_or_reverse(number):
        sums = {"amount": Decimal("119.00"), "currency": "EUR", "paid_on": DAY}
        if number % 2:
            for payment in marks_of(own, cast.pavel):
                paying.reverse(payment, by=cast.pavel, reason="By mistake")
        else:
            paying.receive(cast.acme, {own: Decimal("119.00")}, by=cast.pavel, issuer=cast.provider, **sums)

    at_once(receive_or_reverse)
    assert Payment.objects.using("maint").filter(reversed_at=None).count() <= 1
    assert list(problems()) == []


def test_a_credit_note_is_set_off_once_and_a_rest_paid_or_waived(cast, bills, at_once):
    with tenant(cast.north.pk), transaction.atomic():
        note = bill(cast.acme, "119.00", by=cast.olaf, number="2026-0009", is_credit=True)
    assert at_once(lambda number: crediting.use(note, bills[number % 2], by=cast.olaf)) == 1
    deeds = [
        lambda: receive(cast, bills[2]),
        lambda: paying.waive(bills[2], Decimal("119.00"), by=cast.olaf, reason="Lost"),
    ]
    assert at_once(lambda number: deeds[number % 2]()) == 1
    assert list(problems()) == []
