"""The route table of payments: a client's pages are for whoever sees its sums, bank files and reminders for staff who do."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.invoices import bank_files
from tests.invoices.bills import pdf
from tests.route_shapes import KEPT, KEPT_NO_GET, KEPT_WRITTEN, Row, cells
from tests.route_table_invoices import MARKED, SUMS, SUMS_NO_POST

# A contact sees the page and may not write there.
SETTLED = cells("in 404 404 404 404 404 403 302")
SETTLING = cells("in 404 404 404 404 404 403 200")


def _pk(name):
    return lambda t: (getattr(t, name).pk,)


def _sent(t):
    return {"sent": "1"}


def _payment(t):
    return {"amount": "1", "currency": "EUR", "paid_on": "2026-11-02", "method": "cash"}


def _return(t):
    return {"amount": "1", "on": "2026-11-02"}


def _brought(t):
    days = {"issued_on": "2026-11-02", "due_on": "2026-11-16"}
    return {"file": pdf(), "number": "Stolen", "kind": "invoice", "gross": "1", "currency": "EUR", **days}


def _file(t):
    line = bank_files.Written("Stolen", "", 1, "Stolen", "")
    return {"file": SimpleUploadedFile("x.xml", bank_files.camt([line]))}


def _provided(t):
    """Acme alone has a provider."""
    return (getattr(t, "provided", t.outside).pk,)


def _provided_note(t):
    return (getattr(t, "provided_note", t.outside).pk,)


def _provided_bill(t):
    return {"invoice": f"{_provided(t)[0]}"}


SETTLING_ROWS = [
    *[Row(f"settling:{name}", SUMS, SUMS_NO_POST) for name in ("statement", "csv", "xlsx", "pdf")],
    Row("settling:year", SUMS, SUMS_NO_POST, args=lambda t: (timezone.localdate().year,), read_writes=MARKED),
    Row("settling:receive", SETTLING, SETTLED, "olaf", data=_payment, writes=True),
    Row("settling:payment", SUMS, SUMS_NO_POST, args=_pk("payment")),
    Row(
        "settling:use",
        SUMS_NO_POST,
        SETTLED,
        "olaf",
        _pk("loose"),
        lambda t: {f"share_{t.owed.pk}": "1"},
        writes=True,
    ),
    Row("settling:pay_back", SUMS_NO_POST, SETTLED, "olaf", _pk("loose"), _return, writes=True),
    Row("settling:pay_out", SUMS_NO_POST, SETTLED, "olaf", _pk("credit_note"), _return),
    Row(
        "settling:set_off",
        SUMS_NO_POST,
        SETTLED,
        "olaf",
        _pk("unused"),
        lambda t: {"invoice": f"{t.owed.pk}"},
        writes=True,
    ),
    Row("settling:reverse", SUMS_NO_POST, SETTLED, "olaf", _pk("payment"), lambda t: {"reason": "Stolen"}, writes=True),
    Row(
        "settling:waive",
        SUMS_NO_POST,
        SETTLED,
        "olaf",
        _pk("owed"),
        lambda t: {"amount": "1", "reason": "Stolen"},
        writes=True,
    ),
    Row("settling:claim", SUMS_NO_POST, SETTLED, "olaf", _pk("waiver"), lambda t: {"reason": "Stolen"}, writes=True),
    Row(
        "settling:external_id",
        SUMS_NO_POST,
        SETTLED,
        "olaf",
        _pk("payment"),
        lambda t: {"external_id": "Stolen"},
        writes=True,
    ),
    Row("settling:remind", SUMS_NO_POST, SETTLED, "olaf", _pk("outside"), lambda t: {"tier": "2"}, writes=True),
    Row("settling:outside", SUMS, SUMS_NO_POST),
    Row("settling:bring", SETTLING, SETTLED, "olaf", data=_brought, writes=True),
    Row("settling:outside_pdf", SUMS, SUMS_NO_POST, args=_pk("outside"), read_writes=MARKED),
    Row("settling:outside_paid", SUMS_NO_POST, SETTLED, "pavel", _provided, _sent, writes=True),
    Row("settling:outside_off", SUMS_NO_POST, SETTLED, "pavel", _provided_note, _provided_bill, writes=True),
    Row("bank:index", KEPT, KEPT_WRITTEN, "olaf", data=_file, writes=True),
    Row("bank:file", KEPT, KEPT_NO_GET, "olaf", _pk("bank_file")),
    Row("bank:content", KEPT, KEPT_NO_GET, "olaf", _pk("bank_file")),
    Row("bank:book_certain", KEPT_NO_GET, KEPT_WRITTEN, "olaf", _pk("bank_file"), _sent),
    Row(
        "bank:book",
        KEPT_NO_GET,
        KEPT_WRITTEN,
        "olaf",
        _pk("bank_line"),
        lambda t: {"invoices": t.owed.pk},
        writes=True,
    ),
    Row("bank:put_aside", KEPT_NO_GET, KEPT_WRITTEN, "olaf", _pk("bank_line"), _sent, writes=True),
    Row("reminders:index", KEPT, KEPT_NO_GET, "olaf"),
    Row(
        "reminders:rules",
        KEPT,
        KEPT_WRITTEN,
        "olaf",
        data=lambda t: {"days_1": "1", "days_2": "2", "days_3": "3", "text_1": "Stolen"},
        writes=True,
    ),
]
ADMIN_OF_MONEY = {
    "invoices_payment": (lambda t: t.payment, {}),
    "invoices_allocation": (lambda t: t.allocation, {}),
    "invoices_waiver": (lambda t: t.waiver, {}),
    "invoices_refund": (lambda t: t.refund, {}),
    "invoices_bankfile": (lambda t: t.bank_file, {}),
    "invoices_bankcontent": (lambda t: t.bank_content, {}),
    "invoices_bankline": (lambda t: t.bank_line, {}),
    "invoices_reminder": (lambda t: t.reminder, {}),
    "invoices_remindertier": (lambda t: t.reminder_tier, {}),
    "invoices_reminderpolicy": (lambda t: t.reminder_policy, {}),
    "invoices_moneycheck": (lambda t: t.money_check, {}),
}
