"""The statement of account: a running balance, how old the debt is, as page and as file; and a year of PDFs in one file."""

import hashlib
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone
from openpyxl import load_workbook

from invoices.actions import crediting, paying, printing
from invoices.actions.drafting import Part
from invoices.models import InvoiceDocument, InvoiceRead
from invoices.statement import Account
from portal.audit.models import AuditEvent
from portal.core.context import tenant
from portal.files import antivirus
from portal.files.models import File
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from tests.counting import queries_of
from tests.invoices.bills import bill
from tests.invoices.conftest import rows

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
DECEMBER = "?from=2026-01-01&to=2026-12-31"


@pytest.fixture
def account(cast):
    """Three invoices, one payment of the first with 11 too much, one that bounced, and a discount; both of these in November."""
    first = bill(cast.acme, "119.00", by=cast.olaf, number="2026-0001", issued_on=date(2026, 3, 2), title="March")
    second = bill(cast.acme, "200.00", by=cast.olaf, number="2026-0002", issued_on=date(2026, 10, 1), title="=cmd()")
    bill(cast.acme, "80.00", by=cast.olaf, number="2026-0003", issued_on=date(2026, 12, 20))
    sums = {"by": cast.olaf, "currency": "EUR"}
    paying.receive(cast.acme, {first: Decimal(119)}, amount=Decimal(130), paid_on=date(2026, 3, 20), **sums)
    bounced = paying.receive(cast.acme, {second: Decimal(50)}, amount=Decimal(50), paid_on=date(2026, 10, 20), **sums)
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        paying.reverse(bounced, by=cast.olaf, reason="The debit bounced")
        paying.waive(second, Decimal(4), by=cast.olaf, reason="Discount")
    return cast


def seen(member, client, first, last):
    with acting_as(member):
        return Account.of(member, client).statement("EUR", first, last)


def test_the_balance_runs_and_ends_in_what_is_open(account):
    found = seen(account.anna, account.acme, *YEAR)
    assert [entry.balance for entry in found.entries] == [
        Decimal(amount) for amount in ("119.00", "-11.00", "189.00", "139.00", "189.00", "185.00", "265.00")
    ]
    assert (found.opening, found.closing) == (0, Decimal("265.00"))
    assert (found.unused, sum(amount for _label, amount in found.ages)) == (Decimal("11.00"), Decimal("276.00"))


def test_a_later_period_begins_with_the_balance_before(account):
    found = seen(account.anna, account.acme, date(2026, 10, 1), date(2026, 10, 31))
    assert (found.opening, found.closing) == (Decimal("-11.00"), Decimal("139.00"))
    assert found.charged - found.paid == Decimal("150.00")


def test_debt_is_as_old_as_its_due_date_says(account):
    ages = [amount for _label, amount in seen(account.anna, account.acme, *YEAR).ages]
    assert ages == [Decimal("80.00"), 0, 0, Decimal("196.00"), 0]


def test_on_an_earlier_day_what_was_paid_later_was_open(account):
    found = seen(account.anna, account.acme, date(2026, 1, 1), date(2026, 3, 10))
    assert next(amount for _label, amount in found.ages) == Decimal("119.00")


def test_both_sides_see_the_page(account):
    for member in (account.olaf, account.anna):
        page = browse_as(member).get(url("settling:statement", account.acme) + DECEMBER)
        assert page.context["closing"] == "€265.00"
        assert "Not used yet" in page.content.decode()


def test_nobody_else_learns_that_there_is_one(account):
    for name in ("carl", "bob", "nora", "fred", "vera", "pavel"):
        for view in ("statement", "csv", "xlsx", "pdf"):
            answer = browse_as(getattr(account, name)).get(url(f"settling:{view}", account.acme))
            assert answer.status_code == 404, (name, view)


def test_files_say_the_same_and_run_no_formula(account):
    browser = browse_as(account.anna)
    sheet = browser.get(url("settling:xlsx", account.acme) + DECEMBER).content
    table = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(sheet)).active.rows]
    assert table[-1][3:6] == [449, 184, 265]
    assert not [cell for row in load_workbook(io.BytesIO(sheet)).active.rows for cell in row if cell.data_type == "f"]
    text = browser.get(url("settling:csv", account.acme) + DECEMBER).content.decode()
    assert "'=cmd()" in text
    assert "2026-12-31,Balance after,,449.00,184.00,265.00,EUR" in text
    with acting_as(account.olaf):
        assert [event.detail["what"] for event in rows(AuditEvent.objects.filter(kind="export.made"))] == [
            "statement of account"
        ] * 2


def test_the_statement_on_paper(account):
    answer = browse_as(account.anna).get(url("settling:pdf", account.acme) + DECEMBER)
    assert answer.content.startswith(b"%PDF")


def test_a_statement_that_is_too_long_for_paper_is_refused_in_words(account, monkeypatch):
    monkeypatch.setattr("invoices.statement_export.MOST_PRINTED", 6)
    anna = browse_as(account.anna)
    answer = anna.get(url("settling:pdf", account.acme) + DECEMBER, follow=True)
    assert "Choose a shorter period, or take the XLSX." in answer.content.decode()
    assert anna.get(url("settling:xlsx", account.acme) + DECEMBER).status_code == 200


def test_a_year_of_invoices_holds_the_stored_bytes(account):
    answer = browse_as(account.anna).get(url("settling:year", account.acme, 2026))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    with acting_as(account.olaf):
        wanted = {
            f"{number}.pdf": sha
            for number, sha in rows(InvoiceDocument.objects.values_list("invoice__number", "sha256"))
        }
    assert {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()} == wanted
    assert archive.testzip() is None
    assert browse_as(account.anna).get(url("settling:year", account.acme, 2019)).status_code == 404
    assert browse_as(account.carl).get(url("settling:year", account.acme, 2026)).status_code == 404


def test_a_year_leaves_out_what_nobody_may_have_and_leaves_a_trace(account):
    with tenant(account.north.pk):
        files = InvoiceDocument.objects.filter(invoice__number="2026-0002").values("file_id")
        File.objects.filter(pk__in=files).update(scan_verdict=antivirus.INFECTED)
    answer = browse_as(account.anna).get(url("settling:year", account.acme, 2026))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.namelist() == ["2026-0001.pdf", "2026-0003.pdf"]
    with acting_as(account.olaf):
        (event,) = rows(AuditEvent.objects.filter(kind="export.made"))
    assert (event.detail["what"], event.detail["rows"]) == ("invoices", 2)


def test_what_is_between_a_client_and_its_provider_is_in_no_statement(account):
    before = seen(account.anna, account.acme, *YEAR)
    provided = bill(account.acme, "500.00", by=account.pavel, number="P-1", issued_on=date(2026, 10, 2))
    sums = {"amount": Decimal(510), "currency": "EUR", "paid_on": date(2026, 10, 9), "issuer": account.provider}
    payment = paying.receive(account.acme, {provided: Decimal(500)}, by=account.pavel, **sums)
    paying.pay_back(payment, Decimal(4), by=account.pavel, on=date(2026, 10, 12))
    assert seen(account.anna, account.acme, *YEAR) == before


@pytest.mark.parametrize("more", [0, 3])
def test_queries(account, more):
    for _number in range(more):
        bill(account.acme, by=account.olaf)
    assert len(queries_of(browse_as(account.anna), url("settling:statement", account.acme))) == 10


def test_a_credit_note_does_not_count_before_its_day(cast, issued):
    """The account of October is the same, whether it is looked at in October or after the credit note of November."""
    invoice = issued(Part("Care", Decimal(1), Decimal(100)), on=date(2026, 10, 1))
    before = seen(cast.olaf, cast.acme, date(2026, 1, 1), date(2026, 10, 31))
    crediting.credit(invoice, by=cast.olaf, reason="Wrong", on=date(2026, 11, 20))
    after = seen(cast.olaf, cast.acme, date(2026, 1, 1), date(2026, 10, 31))

    assert before == after
    assert (after.closing, after.unused) == (Decimal("119.00"), 0)
    assert seen(cast.olaf, cast.acme, date(2026, 1, 1), date(2026, 11, 20)).ages[0][1] == 0


def test_a_year_says_what_is_not_printed_yet_and_has_it_printed(cast, issued, paper, monkeypatch):
    """Only what is inside counts as downloaded."""
    first, second = (issued(Part("Care", Decimal(1), Decimal(100)), on=date(2026, 10, day)) for day in (1, 2))
    with tenant(cast.north.pk):
        InvoiceDocument.objects.update(next_try_at=timezone.now() + timedelta(days=9))
    woken, anna = [], browse_as(cast.anna)
    monkeypatch.setattr(printing, "enqueue", lambda task, *args: woken.append(args[1]))
    path = url("settling:year", cast.acme, 2026)
    answer = anna.get(path)
    assert answer.headers["Location"] == url("invoices:index", cast.acme)
    assert "being made" in anna.get(answer.headers["Location"]).content.decode()
    assert len(woken) == 2
    with tenant(cast.north.pk):
        assert InvoiceDocument.objects.filter(next_try_at__lte=timezone.now()).count() == 2
        assert not InvoiceRead.objects.exists()

    paper(first)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(anna.get(path).streaming_content)))
    assert archive.namelist() == [f"{first.number}.pdf", "missing.txt"]
    assert second.number in archive.read("missing.txt").decode()
    with tenant(cast.north.pk):
        assert [read.invoice_id for read in InvoiceRead.objects.all()] == [first.pk]


def test_no_year_outside_of_the_calendar(cast):
    for year in (0, 99999):
        assert browse_as(cast.anna).get(url("settling:year", cast.acme, year)).status_code == 404


def test_charged_and_paid_mean_just_that(account):
    """What bounced was not paid, what was waived or taken back was not charged; the columns hold all movements."""
    found = seen(account.anna, account.acme, *YEAR)

    assert (found.charged, found.paid) == (Decimal("395.00"), Decimal("130.00"))
    assert found.closing == found.opening + found.charged - found.paid
    assert (found.debit, found.credit) == (Decimal("449.00"), Decimal("184.00"))
    page = browse_as(account.anna).get(url("settling:statement", account.acme) + DECEMBER)
    assert (page.context["charged"], page.context["paid"]) == ("€395.00", "€130.00")


def test_the_figure_of_what_was_paid_is_what_came_in(cast, issued):
    """Half of it was credited, a little waived: what came in is the rest, and a payment in part counts too."""
    invoice, other = (issued(Part("Care", Decimal(2), Decimal(100))) for _number in range(2))
    with tenant(cast.north.pk):
        line = invoice.lines.get()
    crediting.credit(invoice, by=cast.olaf, reason="Half", quantities={line.pk: Decimal(1)})
    paying.waive(invoice, Decimal("9.00"), by=cast.olaf, reason="Discount")
    today = timezone.localdate()
    sums = {"by": cast.olaf, "currency": "EUR", "paid_on": today}
    paying.receive(cast.acme, {invoice: Decimal(110)}, amount=Decimal(110), **sums)
    paying.receive(cast.acme, {other: Decimal(20)}, amount=Decimal(50), **sums)
    bounced = paying.receive(cast.acme, {other: Decimal(30)}, amount=Decimal(30), **sums)
    paying.reverse(bounced, by=cast.olaf, reason="It bounced")
    figure = browse_as(cast.anna).get(url("invoices:index", cast.acme)).context["figures"][2]

    assert (figure.label, figure.sums, figure.line) == (f"Paid in {today.year}", ["€130.00"], "2 invoices")
