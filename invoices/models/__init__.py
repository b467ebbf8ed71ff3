"""Both sides, the document with its lines and taxes, its papers, and the counter behind its number."""

from .banking import BankContent, BankFile, BankLine
from .checks import MoneyCheck
from .counter import InvoiceCounter
from .documents import InvoiceDocument, InvoiceRead, PaperKind
from .invoice import UNSETTLED, Invoice, InvoiceQuerySet, Kind, Origin, may_settle, overdue_on
from .lines import InvoiceLine, InvoiceTax, LineSource, LineWork, OfInvoiceQuerySet, SetOff, Unit
from .payments import Allocation, Payment, PaymentMethod, Refund, Waiver
from .reminders import Reminder, ReminderPolicy, ReminderTier
from .sides import BillingData, TaxCategory, TaxProfile

__all__ = [
    "UNSETTLED",
    "Allocation",
    "BankContent",
    "BankFile",
    "BankLine",
    "BillingData",
    "Invoice",
    "InvoiceCounter",
    "InvoiceDocument",
    "InvoiceLine",
    "InvoiceQuerySet",
    "InvoiceRead",
    "InvoiceTax",
    "Kind",
    "LineSource",
    "LineWork",
    "MoneyCheck",
    "OfInvoiceQuerySet",
    "Origin",
    "PaperKind",
    "Payment",
    "PaymentMethod",
    "Refund",
    "Reminder",
    "ReminderPolicy",
    "ReminderTier",
    "SetOff",
    "TaxCategory",
    "TaxProfile",
    "Unit",
    "Waiver",
    "may_settle",
    "overdue_on",
]
