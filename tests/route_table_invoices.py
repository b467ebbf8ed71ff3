"""The route table of invoices: a client's pages are for whoever sees its sums, the agency's for staff who see sums."""

from datetime import timedelta

from django.utils import timezone

from tests.route_shapes import KEPT, KEPT_NO_GET, KEPT_WRITTEN, Row, cells

SUMS = cells("in 404 404 404 404 404 200 200")
SUMS_NO_POST = cells("in 404 404 404 404 404 405 405")
# The first who opens or downloads leaves a mark, and the account manager is told of it.
MARKED = {"invoices_invoiceread", "events_event"}


def _pk(name):
    return lambda t: (getattr(t, name).pk,)


def _paper(t):
    return t.invoice.pk, "pdf"


def _sent(t):
    return {"sent": "1"}


def _words(t):
    days = {"service_from": "2026-10-01", "service_until": "2026-10-31"}
    return {"title": "Stolen", "terms_days": "14", "language": "en", "currency": "EUR", **days}


def _charge(t):
    today = timezone.localdate()
    return {
        "title": "Stolen",
        "group": "kind",
        "first": (today - timedelta(days=7)).isoformat(),
        "last": today.isoformat(),
    }


def _party(t):
    return {"name": "Stolen", "tax_category": "S", "tax_rate": "19", "terms_days": "14"}


INVOICES = [
    Row("invoices:index", SUMS, SUMS_NO_POST),
    Row("invoices:detail", SUMS, SUMS_NO_POST, args=_pk("invoice"), read_writes=MARKED),
    Row("invoices:paper", SUMS, SUMS_NO_POST, args=_paper, read_writes=MARKED),
    Row("invoices:data", SUMS, SUMS_NO_POST, args=_pk("invoice"), read_writes=MARKED),
    Row("invoices:create", KEPT, KEPT_WRITTEN, "olaf", data=_words, writes=True),
    Row(
        "invoices:edit",
        KEPT,
        KEPT_WRITTEN,
        "olaf",
        _pk("invoice_draft"),
        lambda t: _words(t) | {f"line-{t.draft_line.pk}-text": "Stolen", f"line-{t.draft_line.pk}-unit_price": "5"},
        writes=True,
    ),
    Row("invoices:preview", KEPT, KEPT_NO_GET, "olaf", _pk("invoice_draft")),
    Row("invoices:issue", KEPT_NO_GET, KEPT_WRITTEN, "olaf", _pk("invoice_draft"), _sent, writes=True),
    Row("invoices:discard", KEPT_NO_GET, KEPT_WRITTEN, "olaf", _pk("invoice_draft"), _sent, writes=True),
    Row(
        "invoices:credit",
        KEPT,
        KEPT_WRITTEN,
        "olaf",
        _pk("invoice"),
        lambda t: {"reason": "Stolen", f"line-{t.invoice_line.pk}": "0:10"},
        writes=True,
    ),
    Row(
        "invoices:external_id",
        SUMS_NO_POST,
        cells("in 404 404 404 404 404 403 302"),
        "olaf",
        _pk("invoice"),
        lambda t: {"external_id": "Stolen"},
        writes=True,
    ),
    Row("invoices:billing", KEPT, KEPT_WRITTEN, "olaf", data=_party, writes=True),
    Row("invoice_desk:index", KEPT, KEPT_NO_GET, "olaf"),
    Row("invoice_desk:settings", KEPT, KEPT_WRITTEN, "olaf", data=_party, writes=True),
    Row("worklog:charge", KEPT, KEPT_WRITTEN, "olaf", data=_charge, writes=True),
    Row(
        "worklog:recharge",
        KEPT_NO_GET,
        KEPT_WRITTEN,
        "olaf",
        _pk("invoice_draft"),
        lambda t: {"group": "kind"},
        writes=True,
    ),
    Row(
        "my_work:rates",
        KEPT,
        KEPT_WRITTEN,
        "olaf",
        data=lambda t: {"amount": "1", "currency": "EUR", "valid_from": "2026-02-01"},
        writes=True,
    ),
    Row("my_work:withdraw_rate", KEPT_NO_GET, KEPT_WRITTEN, "olaf", _pk("work_rate"), _sent, writes=True),
]
ADMIN_OF_INVOICES = {
    "invoices_taxprofile": (lambda t: t.tax_profile, {}),
    "invoices_billingdata": (lambda t: t.billing, {}),
    "invoices_invoicecounter": (lambda t: t.counter, {}),
    "invoices_invoice": (lambda t: t.invoice, {}),
    "invoices_invoiceline": (lambda t: t.invoice_line, {}),
    "invoices_linework": (lambda t: t.line_work, {}),
    "invoices_invoicetax": (lambda t: t.invoice_tax, {}),
    "invoices_setoff": (lambda t: t.set_off, {}),
    "invoices_invoicedocument": (lambda t: t.invoice_paper, {}),
    "invoices_invoiceread": (lambda t: t.invoice_read, {}),
    "worklog_workrate": (lambda t: t.work_rate, {}),
}
