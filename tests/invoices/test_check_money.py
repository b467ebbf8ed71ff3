"""check_money: a good house has nothing to say, and each invariant that is broken is named."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.utils import timezone

from invoices import migrations
from invoices.actions import banking, crediting, drafting, issuing, paying
from invoices.actions.drafting import Part
from invoices.models import BankLine, Invoice, InvoiceDocument, MoneyCheck, Reminder
from invoices.proofs import PROOFS, problems
from portal.core.context import tenant
from portal.operation import inside
from portal.operation.findings import BROKEN, FINE, SOON
from tests.invoices import bank_files
from tests.invoices.bank_files import Written
from tests.invoices.bills import bill
from tests.invoices.conftest import OCTOBER, both_sides
from tests.protocols.conftest import _own_storage
from tests.worklog.conftest import shown_now
from worklog.actions import invoicing, logging, proving, rating
from worklog.days import Stretch

__all__ = ["_own_storage"]
pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
DAY = date(2026, 11, 18)


@pytest.fixture
def house(cast, monkeypatch):
    """From work and paid too much by the bank; taken back in part; reminded of; made elsewhere; and a draft."""
    monkeypatch.setattr("portal.core.jobs._publish", lambda task, args: None)
    with tenant(cast.north.pk), transaction.atomic():
        both_sides(cast.acme)
        work, other, third = _from_work(cast), _by_hand(cast, "Hosting"), _by_hand(cast, "Domain")
        _by_hand(cast, "A draft", issue=False)
        crediting.credit(other, by=cast.olaf, reason="Too much", quantities={other.lines.get().pk: Decimal(1)})
        line = Written("Acme", "DE1", work.gross + 10, work.number, "")
        banking.bring_in("x.xml", bank_files.camt([line]), by=cast.olaf)
        payment = banking.book(BankLine.objects.get(), [work], by=cast.olaf)
        paying.pay_back(payment, Decimal(4), by=cast.olaf, on=DAY)
        words = {"fee": 0, "open_amount": third.gross, "heading": "Reminder", "text": "Please"}
        Reminder.objects.create(agency=cast.north, invoice=third, tier=1, **words)
        bill(cast.acme, by=cast.olaf)
    return {"work": work, "other": other, "third": third, "payment": payment}


def _from_work(cast):
    rating.rate(Decimal("95.00"), "EUR", by=cast.olaf, valid_from=date(2026, 1, 1))
    day = timezone.localdate() - timedelta(days=1)
    for minutes in (77, 41):
        entry = logging.log(cast.acme, [Stretch(day, minutes)], by=cast.nora, text="Guide", kind="Content creation")[0]
        proving.add(entry, by=cast.nora, text=f"{minutes} minutes of words")
        shown_now(entry)
    draft = invoicing.draft(cast.acme, day, day, by=cast.olaf, group="kind", title="Retainer")
    return issuing.issue(draft, by=cast.olaf)


def _by_hand(cast, title, *, issue=True):
    part = Part(title, Decimal(2), Decimal("49.99"), tax_rate=Decimal(7))
    draft = drafting.draft(cast.acme, [part], by=cast.olaf, title=title, **OCTOBER)
    return issuing.issue(draft, by=cast.olaf) if issue else draft


def test_a_good_house_has_nothing_to_say(house, cast):
    out = StringIO()
    call_command("check_money", stdout=out)
    assert f"{len(PROOFS) + 2} invariants hold" in out.getvalue()
    check = MoneyCheck.objects.using("maint").get(agency=cast.north)
    assert (check.invoices, check.problems) == (5, [])
    assert [finding.state for finding in inside.money()] == [FINE]
    MoneyCheck.objects.using("maint").update(checked_at=timezone.now() - timedelta(days=2))
    assert [finding.state for finding in inside.money()] == [SOON]


SETTLED = "ALTER TABLE invoices_invoice DROP CONSTRAINT invoice_settled_within_gross"
WHOLE = "ALTER TABLE invoices_invoice DROP CONSTRAINT invoice_settled_on_is_whole"
GROSS = "ALTER TABLE invoices_invoice DROP CONSTRAINT invoice_gross_is_the_sum"
BREAKS = {
    "numbers have no gap": ["UPDATE invoices_invoice SET sequence = 40 WHERE id = {third}"],
    "no number twice": [
        "DROP INDEX invoice_number_once",
        "UPDATE invoices_invoice SET number = (SELECT number FROM invoices_invoice WHERE id = {work}) WHERE id = {third}",
    ],
    "counters stand at the last number": ["UPDATE invoices_invoicecounter SET last = last + 1"],
    "a number means issued": [
        "ALTER TABLE invoices_invoice DROP CONSTRAINT invoice_is_draft_or_issued",
        "ALTER TABLE invoices_invoice DROP CONSTRAINT invoice_number_is_counted",
        "UPDATE invoices_invoice SET issued_at = NULL WHERE id = {third}",
    ],
    "total is net and tax": [GROSS, "UPDATE invoices_invoice SET gross = gross + 1 WHERE id = {third}"],
    "taxes add up to the total": [
        "UPDATE invoices_invoice SET net = net + 1, vat = vat - 1 WHERE id = {third}",
    ],
    "lines add up to their tax group": ["UPDATE invoices_invoiceline SET net = net + 0.01 WHERE invoice_id = {third}"],
    "work adds up to its line": ["UPDATE invoices_linework SET minutes = minutes + 1 WHERE invoice_id = {work}"],
    "no work behind lines by hand": ["UPDATE invoices_invoiceline SET source = 'free' WHERE invoice_id = {work}"],
    "work is charged once": [
        "DROP INDEX work_is_charged_once",
        "UPDATE invoices_linework SET entry_id = (SELECT min(entry_id) FROM invoices_linework)",
    ],
    "credit notes stay within their invoice": [
        WHOLE,
        GROSS,
        "UPDATE invoices_invoice SET gross = gross + 1000 WHERE corrects_id = {other}",
    ],
    "credit notes stay within the lines": [
        "UPDATE invoices_invoiceline SET quantity = 3 WHERE takes_back_id IS NOT NULL",
    ],
    "settled is what the rows say": ["UPDATE invoices_invoice SET settled = settled + 1 WHERE id = {third}"],
    "a credit note is set off before anything is open": [
        WHOLE,
        "UPDATE invoices_invoice SET settled = settled - 1, settled_on = NULL WHERE corrects_id = {other}",
    ],
    "no more goes back than came in": [
        "INSERT INTO invoices_refund (agency_id, client_id, credit_id, amount, refunded_on, recorded_at, reference) "
        "SELECT agency_id, client_id, id, 1, now(), now(), '' FROM invoices_invoice WHERE corrects_id = {other}",
    ],
    "no more is settled than charged": [
        "ALTER TABLE invoices_waiver DISABLE TRIGGER USER",
        "INSERT INTO invoices_waiver (agency_id, invoice_id, amount, reason, waived_on, waived_at) "
        "VALUES ({agency}, {third}, 5000, 'x', now(), now())",
    ],
    "paid means settled whole": [WHOLE, "UPDATE invoices_invoice SET settled_on = now() WHERE id = {third}"],
    "no more is used than paid": ["UPDATE invoices_payment SET amount = 5 WHERE id = {payment}"],
    "payments are for their own client": ["UPDATE invoices_payment SET currency = 'NOK' WHERE id = {payment}"],
    "a reversed payment was not paid back": [
        "UPDATE invoices_payment SET reversed_at = now(), reversal_reason = 'x' WHERE id = {payment}"
    ],
    "a line of the bank is booked once": ["UPDATE invoices_bankline SET amount = amount + 1"],
    "papers are printed within a day": [
        "UPDATE invoices_invoicedocument SET tries = 9, ordered_at = now() - interval '2 days' WHERE file_id IS NULL",
    ],
    "charged minutes are those of the entry": [
        "ALTER TABLE worklog_workentry DISABLE TRIGGER USER",
        "UPDATE worklog_workentry SET minutes = minutes + 1",
    ],
    "charged results are those of the entry": ["UPDATE worklog_workresult SET sha256 = repeat('0', 64)"],
    "each reminder was sent once": [
        "ALTER TABLE invoices_reminder DROP CONSTRAINT reminder_once",
        "INSERT INTO invoices_reminder (agency_id, invoice_id, tier, fee, open_amount, heading, text, sent_at) "
        "SELECT agency_id, invoice_id, tier, fee, open_amount, heading, text, sent_at FROM invoices_reminder",
    ],
    "tax is its rate of what is taxed": [
        "UPDATE invoices_invoicetax SET vat = vat + 0.01 WHERE invoice_id = {third}",
        "UPDATE invoices_invoice SET vat = vat + 0.01, gross = gross + 0.01 WHERE id = {third}",
    ],
    "papers are as they were made": [
        "UPDATE invoices_invoicedocument SET sha256 = repeat('0', 64) WHERE file_id IS NOT NULL"
    ],
}
TABLES = (
    "invoice invoicecounter invoiceline linework invoicetax invoicedocument payment allocation bankline reminder refund"
).split()


def test_each_invariant_that_is_broken_is_named(house, cast):
    """With all triggers off, as only the owner of the tables could; each is taken back before the next."""
    assert set(BREAKS) == {*PROOFS, "tax is its rate of what is taxed", "papers are as they were made"}
    ids = {name: row.pk for name, row in house.items()} | {"agency": cast.north.pk}
    for name, statements in BREAKS.items():
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"ALTER TABLE invoices_{table} DISABLE TRIGGER USER")
            for statement in statements:
                cursor.execute(statement.format(**ids))
                assert cursor.rowcount, (name, statement)
            assert name in {found for _agency, found, _words in problems("owner")}, name
            transaction.set_rollback(True, using="owner")
    assert list(problems("owner")) == []


def test_a_paper_that_was_changed_is_found_and_shown_to_the_platform(house, cast):
    with tenant(cast.north.pk), transaction.atomic():
        file = InvoiceDocument.objects.filter(file__isnull=False).select_related("file").get().file
    path = default_storage.path(file.key)
    with open(path, "r+b") as stored:
        stored.write(b"%PDF-9")
    with pytest.raises(CommandError):
        call_command("check_money", stdout=StringIO())
    (finding,) = inside.money()
    assert finding.state == BROKEN
    assert "papers are as they were made" in finding.text


def test_with_the_triggers_off_more_would_be_used_than_was_paid(house, cast):
    """The twin of the refusals in test_payments."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE invoices_allocation DISABLE TRIGGER fits")
        cursor.execute(
            "INSERT INTO invoices_allocation (agency_id, payment_id, invoice_id, amount, made_at) VALUES (%s, %s, %s, 900, now())",
            [cast.north.pk, house["payment"].pk, house["third"].pk],
        )
        assert cursor.rowcount == 1
        transaction.set_rollback(True, using="owner")
    assert Invoice.objects.using("maint").get(pk=house["third"].pk).settled == 0


def test_lines_of_older_credit_notes_find_the_line_that_they_take_back(house, cast):
    """As the migration fills it in, for credit notes from before a line knew."""
    (name,) = (path.stem for path in Path(migrations.__path__[0]).glob("*_lines_taken_back.py"))
    fill = import_module(f"invoices.migrations.{name}").FILL
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE invoices_invoiceline DISABLE TRIGGER USER")
        cursor.execute("SELECT set_config('app.migrating', 'on', true)")
        cursor.execute("UPDATE invoices_invoiceline SET takes_back_id = NULL")
        cursor.execute(fill)
        cursor.execute(
            "SELECT l.invoice_id, o.invoice_id FROM invoices_invoiceline l "
            "LEFT JOIN invoices_invoiceline o ON o.id = l.takes_back_id "
            "JOIN invoices_invoice i ON i.id = l.invoice_id WHERE i.corrects_id IS NOT NULL OR l.takes_back_id IS NOT NULL"
        )
        found = [taken for _note, taken in cursor.fetchall()]
        transaction.set_rollback(True, using="owner")
    assert found == [house["other"].pk]
