"""Both sides, the document with its lines and taxes, its papers, and the counter behind its number."""

from .counter import InvoiceCounter
from .documents import InvoiceDocument, InvoiceRead, PaperKind
from .invoice import Invoice, InvoiceQuerySet, Kind, Origin
from .lines import InvoiceLine, InvoiceTax, LineSource, LineWork, OfInvoiceQuerySet, SetOff, Unit
from .sides import BillingData, TaxCategory, TaxProfile

__all__ = [
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
    "OfInvoiceQuerySet",
    "Origin",
    "PaperKind",
    "SetOff",
    "TaxCategory",
    "TaxProfile",
    "Unit",
]
