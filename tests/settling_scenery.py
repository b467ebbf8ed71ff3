"""Money of a client for the scenery: a bank file, a payment with all that hangs on it, a reminder, invoices made elsewhere."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from invoices.actions import banking, paying, reminding
from invoices.models import Allocation, BankContent, BankLine, MoneyCheck, Reminder, ReminderPolicy, ReminderTier
from portal.core.context import tenant
from tests.invoices import bank_files
from tests.invoices.bank_files import Written
from tests.invoices.bills import bill

KEPT_OF_MONEY = {
    "invoices_payment": "currency books_source payer_iban reversal_reason",
    "invoices_waiver": "reversal_reason",
    "invoices_bankfile": "sha256",
    "invoices_bankline": "key currency iban",
}
FROZEN_MONEY = tuple(
    f"{table}:frozen" for table in "payment waiver refund reminder bankfile bankcontent bankline".split()
)


def settling(t) -> None:
    """Call with the agency's sight."""
    today = timezone.localdate()
    t.owed = bill(t.client, "300.00", by=t.owner, number=f"{t.client.slug}-1", title="Owed", issued_on=today)
    t.outside = bill(t.client, "500.00", by=t.owner, number=f"{t.client.slug}-2", title="Elsewhere")
    lines = [
        Written(t.client.name, "DE1", Decimal("120.00"), f"{t.client.slug}-1", ""),
        Written("Somebody", "DE2", Decimal("7.00"), f"Thanks, {t.client.slug}", ""),
    ]
    content = bank_files.camt(lines).replace(b"<AcctSvcrRef>B", f"<AcctSvcrRef>{t.client.slug}".encode())
    t.bank_file = banking.bring_in(f"{t.client.slug}.xml", content, by=t.owner).file
    t.bank_content = BankContent.objects.get(file=t.bank_file)
    booked, t.bank_line = BankLine.objects.filter(file=t.bank_file).order_by("position")
    t.payment = banking.book(booked, [t.owed], by=t.owner)
    t.loose = paying.receive(
        t.client, {}, by=t.owner, amount=Decimal(40), currency="EUR", paid_on=today, payer="Somebody"
    )
    t.allocation = Allocation.objects.get(payment=t.payment)
    t.unused = bill(
        t.client, "20.00", by=t.owner, number=f"{t.client.slug}-3", title="Too much", is_credit=True, issued_on=today
    )
    t.waiver = paying.waive(t.owed, Decimal(5), by=t.owner, reason="Discount")
    t.refund = paying.pay_back(t.loose, Decimal(1), by=t.owner, on=today, reference="Back")
    words = {"fee": 0, "open_amount": 1, "heading": "Reminder", "text": "Please pay"}
    t.reminder = Reminder.objects.create(agency=t.client.agency, invoice=t.outside, tier=1, **words)
    rules = [{"tier": tier, "days": 10 * tier, "fee": 0, "heading": "Please", "text": "Pay"} for tier in (1, 2, 3)]
    reminding.set_rules(t.client.agency, rules, by=t.owner, automatic=False)
    t.reminder_policy = ReminderPolicy.objects.get(agency=t.client.agency)
    t.reminder_tier = ReminderTier.objects.filter(agency=t.client.agency).earliest("tier")
    t.money_check, _new = MoneyCheck.objects.get_or_create(agency=t.client.agency, defaults={"problems": ["Wrong"]})


def providers_invoice(w) -> None:
    """What Acme's provider has charged Acme."""
    with tenant(w.north.pk), transaction.atomic():
        w.things["acme"].provided = bill(w.acme, "77.00", by=w.pavel, number="P-1", title="Leaflets")
        words = {"number": "P-2", "title": "Fewer leaflets", "is_credit": True}
        w.things["acme"].provided_note = bill(w.acme, "7.00", by=w.pavel, **words)


def places_of_money(name_of):
    """Model -> place of a row: with the client's sums, or among the agency's own."""

    def of_client(w, row):
        return f"{name_of(w, row.client_id)}money"

    def with_invoice(w, row):
        return f"{name_of(w, row.invoice.client_id)}money"

    def inside(w, row):
        return "internalmoney"

    return {
        **dict.fromkeys(("payment", "refund"), of_client),
        **dict.fromkeys(("allocation", "waiver", "reminder"), with_invoice),
        **dict.fromkeys(
            ("bankfile", "bankcontent", "bankline", "remindertier", "reminderpolicy", "moneycheck"), inside
        ),
    }
