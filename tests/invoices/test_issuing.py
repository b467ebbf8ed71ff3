"""Issue gives the next number, copies both sides and freezes it all; nothing changes it afterwards, whoever tries."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from invoices.actions import crediting, drafting, issuing
from invoices.actions.drafting import AlreadyIssued, Part
from invoices.models import BillingData, Invoice, InvoiceCounter, InvoiceLine, InvoiceTax
from portal.core.context import tenant
from tests.browse import browse_as, events_of, reload, url


def test_issue_numbers_copies_and_counts(cast, issued):
    invoice = issued(on=date(2026, 11, 2))

    assert (invoice.number, invoice.due_on) == ("2026-0001", date(2026, 11, 16))
    assert (invoice.net, invoice.vat, invoice.gross) == (Decimal("1000.00"), Decimal("190.00"), Decimal("1190.00"))
    assert invoice.seller["vat_id"] == "DE136695976"
    assert invoice.buyer["city"] == "Lübeck"
    assert events_of(invoice) == [("invoice.issued", cast.olaf.pk)]
    assert issued(on=date(2026, 11, 2)).number == "2026-0002"


def test_what_the_client_moves_to_later_does_not_touch_the_invoice(cast, issued, sides):
    invoice = issued()
    with tenant(cast.north.pk):
        BillingData.objects.filter(pk=sides.pk).update(city="Kiel")

    assert reload(invoice).buyer["city"] == "Lübeck"


def test_each_year_and_series_counts_for_itself(cast, issued, north_sees):
    assert issued(on=date(2026, 12, 31)).number == "2026-0001"
    assert issued(on=date(2027, 1, 1)).number == "2027-0001"
    with north_sees():
        assert list(InvoiceCounter.objects.order_by("year").values_list("series", "year", "last")) == [
            ("", 2026, 1),
            ("", 2027, 1),
        ]


def test_draft_has_no_number_and_leaves_no_gap(cast, draft, issued):
    thrown = draft()
    assert thrown.number is None
    drafting.discard(thrown, by=cast.olaf)

    assert issued().number.endswith("-0001")


def test_rollback_gives_the_number_back(cast, draft, issued):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        issuing.issue(draft(), by=cast.olaf)
        raise ZeroDivisionError

    assert issued().number.endswith("-0001")


def test_who_must_not_issue(cast, draft):
    invoice = draft()
    for member in (cast.nora, cast.rita, cast.anna, cast.vera, cast.saul):
        with pytest.raises((PermissionDenied, Invoice.DoesNotExist)):
            issuing.issue(invoice, by=member)

    assert reload(invoice).number is None


def test_the_owner_of_another_agency_takes_nothing_back(cast, issued):
    with pytest.raises(PermissionDenied):
        crediting.credit(issued(), by=cast.saul, reason="Ours now")


def test_an_issued_one_is_no_draft(cast, issued):
    with pytest.raises(AlreadyIssued):
        issuing.issue(issued(), by=cast.olaf)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"vat_id": "", "tax_category": "AE"}, "Reverse charge needs the VAT numbers"),
        ({"street": ""}, "name and address are missing"),
    ],
)
def test_what_is_missing_is_said(cast, draft, sides, broken, words):
    with tenant(cast.north.pk):
        BillingData.objects.filter(pk=sides.pk).update(**broken)
    with pytest.raises(issuing.NotReady) as refused:
        issuing.issue(draft(), by=cast.olaf)

    assert words in refused.value.words[0]


def test_dates_do_not_run_backwards(cast, draft, issued):
    issued(on=date(2026, 11, 2))
    with pytest.raises(issuing.NotReady):
        issuing.issue(draft(), by=cast.olaf, on=date(2026, 11, 1))


def test_another_currency_needs_its_rate(cast, draft):
    foreign = draft(currency="NOK")
    with pytest.raises(issuing.NotReady):
        issuing.issue(foreign, by=cast.olaf)
    rate = {"books_rate": Decimal("0.0861"), "books_on": date(2026, 10, 30), "books_source": "ECB"}
    drafting.change(foreign, by=cast.olaf, **rate)

    assert issuing.issue(foreign, by=cast.olaf).seller["books_currency"] == "EUR"


# --- Nothing changes afterwards ---------------------------------------------------------------------------------


def line_of(invoice) -> InvoiceLine:
    return InvoiceLine.objects.filter(invoice=invoice).first()


def _raw(sql: str):
    def ask(invoice):
        with connection.cursor() as cursor:
            cursor.execute(sql, [invoice.pk])

    return ask


def _save(invoice):
    invoice.title = "Another"
    invoice.save()


def _bulk(invoice):
    invoice.notes = "Another"
    Invoice.objects.bulk_update([invoice], ["notes"])


CHANGES = {
    "save": _save,
    "bulk update": _bulk,
    "queryset update": lambda invoice: Invoice.objects.filter(pk=invoice.pk).update(due_on=date(2030, 1, 1)),
    "raw update": _raw("UPDATE invoices_invoice SET net = net + 1, gross = gross + 1 WHERE id = %s"),
    "draft again": _raw(
        "UPDATE invoices_invoice SET issued_at = NULL, number = NULL, sequence = NULL, issued_on = NULL WHERE id = %s"
    ),
    "renumber": _raw("UPDATE invoices_invoice SET sequence = 99, number = '2026-0099' WHERE id = %s"),
    "snapshot": _raw("UPDATE invoices_invoice SET buyer = '{}' WHERE id = %s"),
    "delete": lambda invoice: invoice.delete(),
    "raw delete": _raw("DELETE FROM invoices_invoice WHERE id = %s"),
    "line": lambda invoice: InvoiceLine.objects.filter(invoice=invoice).update(net=1),
    "line away": lambda invoice: line_of(invoice).delete(),
    "new line": lambda invoice: InvoiceLine.objects.create(
        agency_id=invoice.agency_id, invoice=invoice, position=9, text="More"
    ),
    "line to a draft": _raw("UPDATE invoices_invoiceline SET position = 7 WHERE invoice_id = %s"),
    "tax": lambda invoice: InvoiceTax.objects.filter(invoice=invoice).update(vat=0),
    "tax away": lambda invoice: InvoiceTax.objects.filter(invoice=invoice).delete(),
    "counter back": _raw("UPDATE invoices_invoicecounter SET last = last - 1 WHERE %s > 0"),
    "counter away": _raw("DELETE FROM invoices_invoicecounter WHERE %s > 0"),
    "more settled than there is": _raw("UPDATE invoices_invoice SET settled = gross + 1 WHERE id = %s"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_issued_invoice_refuses_change(issued, north_sees, change):
    invoice = issued()
    with north_sees(), pytest.raises(IntegrityError), transaction.atomic():
        change(invoice)


def test_what_is_paid_may_change(issued, north_sees):
    invoice = issued()
    with north_sees():
        Invoice.objects.filter(pk=invoice.pk).update(settled=invoice.gross, settled_on=date(2026, 12, 1))

    assert reload(invoice).open_amount == 0


def test_sums_that_do_not_agree_are_not_issued(draft, north_sees):
    """The database counts for itself: an invoice without its taxes, or with another total, stays a draft."""
    invoice = draft()
    sql = (
        "UPDATE invoices_invoice SET issued_at = now(), issued_on = now(), due_on = now(), number = 'X', sequence = 1, "
        "year = 2026 WHERE id = %s"
    )
    with north_sees(), pytest.raises(IntegrityError, match="sums"), transaction.atomic():
        _raw(sql)(invoice)


def test_admin_shows_and_does_not_change(cast, issued):
    invoice = issued()
    browser = browse_as(cast.olaf)
    path = url("admin:invoices_invoice_change", cast.north, invoice.pk)

    assert browser.get(path).status_code == 200
    assert browser.post(path, {"title": "Another"}).status_code == 403
    assert (
        browser.post(url("admin:invoices_invoice_delete", cast.north, invoice.pk), {"post": "yes"}).status_code == 403
    )


def test_due_is_counted_from_the_day_of_issue(issued):
    invoice = issued(terms_days=30)
    assert invoice.due_on == invoice.issued_on + timedelta(days=30)


def test_two_parts_with_different_rates(issued):
    invoice = issued(
        Part("Book", Decimal(3), Decimal("9.99"), tax_rate=Decimal(7)),
        Part("Talk", Decimal(1), Decimal("49.99")),
    )
    assert [str(tax.vat) for tax in invoice_taxes(invoice)] == ["2.10", "9.50"]
    assert invoice.gross == Decimal("29.97") + Decimal("49.99") + Decimal("11.60")


def invoice_taxes(invoice):
    with tenant(invoice.agency_id):
        return list(InvoiceTax.objects.filter(invoice=invoice).order_by("rate"))
