"""Issue, pay, allocate, reverse, pay back, credit, waive, ask again in any order: every invariant holds."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from invoices.actions import crediting, drafting, issuing, paying
from invoices.actions.crediting import NothingLeft
from invoices.actions.drafting import Part
from invoices.actions.paying import NotFitting
from invoices.actions.settling import TooMuch
from invoices.models import Allocation, Invoice, Payment, Waiver
from invoices.proofs import PROOFS
from invoices.statement import Account
from portal.core.context import tenant
from portal.tenancy.models import Client, Member
from tests.invoices.conftest import OCTOBER, both_sides

CENTS = st.integers(1, 20_000).map(lambda cents: Decimal(cents) / 100)
SHARES = st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.1"), Decimal("1.2")])
PICK = st.integers(0, 50)
DAY = date(2026, 11, 18)
REFUSED = (TooMuch, NotFitting, NothingLeft)


def cent(amount: Decimal) -> Decimal:
    return max(amount.quantize(Decimal("0.01")), Decimal("0.01"))


class Money(RuleBasedStateMachine):
    """by, client: who acts for whom, set by the fixture. Each example is a savepoint, rolled back after every proof was asked."""

    by: Member
    client: Client

    def __init__(self):
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.invoices: list[Invoice] = []
        self.payments: list[Payment] = []
        self.waivers: list[Waiver] = []

    def teardown(self):
        try:
            found = Account.of(self.by, self.client).statement("EUR", date(2026, 1, 1), date(2027, 1, 1))
            assert found.closing == sum(amount for _label, amount in found.ages) - found.unused
            assert found.unused >= 0
            assert broken() == []
        finally:
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    def act(self, deed):
        with suppress(*REFUSED), transaction.atomic():
            return deed()

    @rule(price=CENTS, rate=st.sampled_from([Decimal(0), Decimal(7), Decimal(19)]), discount=st.integers(0, 50))
    def issue(self, price, rate, discount):
        kind = "S" if rate else "Z"
        part = Part("Work", Decimal(3), price, tax_category=kind, tax_rate=rate)
        words = {"by": self.by, "title": "T", "discount": Decimal(discount), **OCTOBER}
        self.invoices.append(issuing.issue(drafting.draft(self.client, [part], **words), by=self.by, on=DAY))

    @precondition(lambda self: self.invoices)
    @rule(pick=PICK, share=SHARES, more=st.booleans())
    def pay(self, pick, share, more):
        invoice = self.fresh(pick)
        part = cent(invoice.open_amount * share)
        sums = {"amount": part + (5 if more else 0), "currency": "EUR", "paid_on": DAY}
        paid = self.act(lambda: paying.receive(self.client, {invoice: part}, by=self.by, **sums))
        self.payments += [paid] if paid else []

    @precondition(lambda self: self.payments and self.invoices)
    @rule(pick=PICK, other=PICK, share=SHARES)
    def allocate(self, pick, other, share):
        payment, invoice = self.payments[pick % len(self.payments)], self.fresh(other)
        part = cent(paying.rest_of(payment) * share)
        self.act(lambda: paying.allocate(payment, {invoice: part}, by=self.by))

    @precondition(lambda self: self.payments)
    @rule(pick=PICK)
    def reverse(self, pick):
        payment = self.payments[pick % len(self.payments)]
        self.act(lambda: paying.reverse(payment, by=self.by, reason="Bounced"))

    @precondition(lambda self: self.payments)
    @rule(pick=PICK, share=SHARES)
    def pay_back(self, pick, share):
        payment = self.payments[pick % len(self.payments)]
        self.act(lambda: paying.pay_back(payment, cent(paying.rest_of(payment) * share), by=self.by, on=DAY))

    @precondition(lambda self: self.invoices)
    @rule(pick=PICK, part=st.sampled_from([None, Decimal(1), Decimal(2)]))
    def credit(self, pick, part):
        invoice = self.fresh(pick)
        some = None if part is None else {invoice.lines.get().pk: part}
        note = self.act(lambda: crediting.credit(invoice, by=self.by, reason="Wrong", quantities=some, on=DAY))
        if note:
            rest = Invoice.objects.get(pk=note.pk).open_amount
            self.act(lambda: paying.pay_out(note, cent(rest), by=self.by, on=DAY))

    @precondition(lambda self: self.invoices)
    @rule(pick=PICK, share=SHARES)
    def waive(self, pick, share):
        invoice = self.fresh(pick)
        part = cent(invoice.open_amount * share)
        waiver = self.act(lambda: paying.waive(invoice, part, by=self.by, reason="Discount"))
        self.waivers += [waiver] if waiver else []

    @precondition(lambda self: self.waivers)
    @rule(pick=PICK)
    def claim(self, pick):
        waiver = self.waivers[pick % len(self.waivers)]
        self.act(lambda: paying.claim(waiver, by=self.by, reason="Not agreed"))

    @precondition(lambda self: self.invoices and self.payments)
    @rule(pick=PICK, other=PICK, amount=CENTS)
    def cheat(self, pick, other, amount):
        """Past the actions: the database itself holds the sums, and what it lets through is settled as they would."""
        payment, invoice = self.payments[pick % len(self.payments)], self.fresh(other)
        row = Allocation(agency_id=invoice.agency_id, payment=payment, invoice=invoice, amount=amount)
        with suppress(IntegrityError), transaction.atomic():
            row.save()
            transaction.set_rollback(True)
        fits = amount <= paying.rest_of(payment) and amount <= invoice.open_amount and not payment.is_reversed
        assert fits or row.pk is None

    def fresh(self, pick):
        return Invoice.objects.get(pk=self.invoices[pick % len(self.invoices)].pk)


@pytest.fixture
def machine(cast, monkeypatch):
    """One world for all examples."""
    monkeypatch.setattr("portal.core.jobs._publish", lambda task, args: None)
    with tenant(cast.north.pk):
        both_sides(cast.acme)
    return type("MoneyOfAcme", (Money,), {"by": cast.olaf, "client": cast.acme})


def broken() -> list:
    """The proofs, asked in the transaction of the test, with the agency's sight."""
    found = []
    with connection.cursor() as cursor:
        for name, sql in PROOFS.items():
            cursor.execute(sql)
            found += [(name, row) for row in cursor.fetchall()]
    return found


def test_whatever_is_done_the_sums_hold(machine, cast):
    usual = settings(max_examples=3, stateful_step_count=14, deadline=None, derandomize=True, database=None)
    with tenant(cast.north.pk):
        run_state_machine_as_test(machine, settings=settings(usual, suppress_health_check=list(HealthCheck)))
