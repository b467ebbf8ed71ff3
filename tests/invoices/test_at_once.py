"""Thirty-two people issue at the same moment, some change their mind, some lose their connection: 1 to n, no gap, no twin."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, connections, transaction

from invoices import numbering
from invoices.actions import drafting, issuing
from invoices.actions.drafting import Part
from invoices.models import Invoice, InvoiceCounter, InvoiceDocument, InvoiceLine
from portal.core.context import tenant
from tests.browse import browse_as, reload, url
from tests.invoices.conftest import OCTOBER, both_sides

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
MANY = 32


@pytest.fixture
def drafts(cast):
    with tenant(cast.north.pk), transaction.atomic():
        both_sides(cast.acme)
        part = Part("Consulting", Decimal(1), Decimal(100))
        return [
            drafting.draft(cast.acme, [part], by=cast.olaf, title=f"At once {number}", **OCTOBER)
            for number in range(MANY)
        ]


def test_numbers_have_no_gap_and_no_twin(cast, drafts, monkeypatch):
    monkeypatch.setattr("portal.core.jobs._publish", lambda task, args: None)

    def issue(number):
        try:
            with tenant(cast.north.pk), transaction.atomic():
                issuing.issue(drafts[number], by=cast.olaf)
                if number % 5 == 0:
                    raise ZeroDivisionError
                if number % 7 == 0:
                    connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")
        except Exception as error:
            return type(error).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as pool:
        results = list(pool.map(issue, range(MANY)))

    good = results.count(None)
    assert good == sum(bool(number % 5 and number % 7) for number in range(MANY)), results
    with tenant(cast.north.pk), transaction.atomic():
        found = Invoice.objects.issued().order_by("sequence").values_list("sequence", flat=True)
        assert list(found) == list(range(1, good + 1))
        assert InvoiceCounter.objects.get().last == good


def test_without_the_counters_lock_there_would_be_twins(cast, drafts, monkeypatch):
    """The twin: numbers read as the largest so far plus one clash, and the unique key refuses them."""

    def largest(agency_id, series, year):
        rows = Invoice.objects.filter(agency_id=agency_id, series=series, year=year)
        return (rows.order_by("-sequence").values_list("sequence", flat=True).first() or 0) + 1

    monkeypatch.setattr(numbering, "next_of", largest)
    monkeypatch.setattr("portal.core.jobs._publish", lambda task, args: None)

    def issue(draft):
        try:
            with tenant(cast.north.pk), transaction.atomic():
                issuing.issue(draft, by=cast.olaf)
        except IntegrityError:
            return 1
        finally:
            connections.close_all()
        return 0

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(issue, drafts[:8])) > 0


def test_a_line_that_comes_while_it_is_issued_is_in_its_sum_or_refused(cast, drafts, monkeypatch):
    monkeypatch.setattr("portal.core.jobs._publish", lambda task, args: None)
    part = Part("More", Decimal(1), Decimal(7))

    def act(number):
        try:
            with tenant(cast.north.pk), transaction.atomic():
                if number % 2:
                    drafting.add_line(drafts[0], part, by=cast.olaf)
                else:
                    issuing.issue(drafts[0], by=cast.olaf)
        except drafting.AlreadyIssued:
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(act, range(16)))

    with tenant(cast.north.pk), transaction.atomic():
        invoice = Invoice.objects.get(pk=drafts[0].pk)
        lines = InvoiceLine.objects.filter(invoice=invoice).values_list("net", flat=True)
        assert invoice.number
        assert invoice.net == sum(lines)


def test_whoever_asks_for_a_paper_that_is_being_made_does_not_wait(cast, drafts, monkeypatch):
    """A page would stand as long as the printer hangs, and eight of them would be the whole server."""
    monkeypatch.setattr("portal.core.jobs._publish", lambda task, args: None)
    with tenant(cast.north.pk), transaction.atomic():
        invoice = issuing.issue(drafts[0], by=cast.olaf)
        document = invoice.documents.get()
    answers = []

    def ask():
        answers.append(browse_as(cast.anna).get(url("invoices:paper", cast.acme, invoice.pk, "pdf"), follow=True))
        connections.close_all()

    with ThreadPoolExecutor(1) as pool, tenant(cast.north.pk), transaction.atomic():
        InvoiceDocument.objects.select_for_update().get(pk=document.pk)
        pool.submit(ask).result(timeout=20)
    assert "is still being made" in answers[0].content.decode()
    assert reload(document).tries == 0


def test_with_the_triggers_off_an_issued_invoice_would_change(cast, drafts, monkeypatch):
    """The twin of every refusal in test_issuing: only the owner can switch them off, and then nothing holds."""
    monkeypatch.setattr("portal.core.jobs._publish", lambda task, args: None)
    with tenant(cast.north.pk), transaction.atomic():
        invoice = issuing.issue(drafts[0], by=cast.olaf, on=date(2026, 12, 1))
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE invoices_invoice DISABLE TRIGGER frozen")
        cursor.execute("UPDATE invoices_invoice SET title = 'Another' WHERE id = %s", [invoice.pk])
        assert cursor.rowcount == 1
        transaction.set_rollback(True, using="owner")
