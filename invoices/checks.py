"""What must be there before a draft becomes an invoice."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext as _
from stdnum.bic import is_valid as is_bic

from invoices.models import BillingData, Invoice, InvoiceLine, Origin, TaxCategory, TaxProfile
from invoices.sums import totals_of


def hindrances(
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    profile: TaxProfile,
    billing: BillingData,
    *,
    on: date,
    last_on: date | None,
) -> list[str]:
    """In words that say what to do; none when it may be issued. last_on: the date of the last invoice that was made here."""
    sides, taxes = _sides(profile, billing), _taxes(lines, profile, billing)
    return [*sides, *_lines(invoice, lines), *taxes, *_time(invoice, on, last_on)]


def made_here(agency_id: int | OuterRef) -> QuerySet[Invoice]:
    """The agency's own invoices that were issued here, the last one first."""
    rows = Invoice.objects.filter(agency_id=agency_id, issuer=None, origin=Origin.PORTAL)
    return rows.issued().order_by("-issued_on")


def _sides(profile: TaxProfile, billing: BillingData) -> Iterator[str]:
    if not profile.is_complete:
        yield _("The agency's name and address are missing in the settings of invoices.")
    if not (profile.vat_id or profile.tax_number):
        yield _("The agency's VAT number or tax number is missing in the settings of invoices.")
    if profile.bic and not is_bic(profile.bic):
        yield _("The BIC in the settings of invoices is none: it has eight or eleven signs.")
    if not billing.is_complete:
        yield _("The client's name and address are missing in its billing data.")


def _lines(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Iterator[str]:
    if not lines:
        yield _("It has no line yet.")
    if invoice.net < 0 or sum(line.net for line in lines) < 0:
        yield _("Its sum is below zero. Write a credit note for the invoice that it takes back.")
    elif any(tax.lines_net < 0 for tax in totals_of(lines, invoice.discount, invoice.currency).taxes):
        yield _("Lines of the same tax come to less than zero. Give back at the tax rate that was charged.")


def _taxes(lines: Sequence[InvoiceLine], profile: TaxProfile, billing: BillingData) -> Iterator[str]:
    kinds = {line.tax_category for line in lines}
    if TaxCategory.REVERSE in kinds and not (profile.vat_id and billing.vat_id):
        yield _("Reverse charge needs the VAT numbers of both sides.")
    if any(line.tax_category == TaxCategory.STANDARD and not line.tax_rate for line in lines):
        yield _("A taxed line needs a tax rate above zero. Choose “Taxed at zero” or “Exempt” otherwise.")


def _time(invoice: Invoice, on: date, last_on: date | None) -> Iterator[str]:
    if invoice.currency != invoice.client.agency.currency and invoice.books_rate is None:
        yield _("It is in another currency than the books: give the exchange rate, its day and its source.")
    if last_on and on < last_on:
        yield _("There is an invoice with a later date already.")
