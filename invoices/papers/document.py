"""An invoice on paper: its words and sums as the templates print them, in its own language."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from babel import Locale
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from invoices.models import Invoice, InvoiceLine, InvoiceTax, LineSource, LineWork, TaxCategory, Unit
from invoices.papers.einvoice import books_currency, books_vat
from invoices.papers.payment_code import payment_code
from invoices.sums import totals_of
from portal.core.formats import (
    format_date,
    format_hours,
    format_minutes,
    format_money,
    format_number,
    format_percent,
    format_times,
    locale_of,
)
from portal.core.pdf import ARCHIVE, pdf_of
from portal.core.zones import zone
from portal.tenancy.logo import embedded

HUNDRED = Decimal(100)
MOST_IN_TABLES = 150
"""A line of a table costs the printer ten times what a line of text does, and it has thirty seconds."""


def pdf_of_invoice(invoice: Invoice) -> bytes:
    """Raises PdfTrouble."""
    return _printed(invoice, "invoices/pdf.html", context_of(invoice))


def annex_of(invoice: Invoice) -> bytes:
    """The work behind the lines, from the same rows as the lines themselves. Raises PdfTrouble."""
    with _as_printed(invoice):
        groups = list(_groups(invoice))
    is_long = sum(len(group["rows"]) for group in groups) > MOST_IN_TABLES
    return _printed(invoice, "invoices/annex.html", {"groups": groups, "is_long": is_long})


@contextmanager
def _as_printed(invoice: Invoice) -> Iterator[None]:
    """In its language and by the agency's clock: the worker's own is UTC, and paper stays."""
    with translation.override(invoice.language), timezone.override(zone(invoice.client.agency.time_zone)):
        yield


def _printed(invoice: Invoice, template: str, context: dict[str, Any]) -> bytes:
    agency = invoice.client.agency
    with _as_printed(invoice):
        words = {**context, "agency": agency, "logo": embedded(agency), **about(invoice)}
        return pdf_of(template, words, brand=agency.brand_hex, variant=ARCHIVE)


def about(invoice: Invoice) -> dict[str, Any]:
    """What stands on every paper of it."""
    what = _("Credit note") if invoice.is_credit else _("Invoice")
    number = invoice.number or _("draft")
    period = f"{format_date(invoice.service_from)} – {format_date(invoice.service_until)}"
    return {"invoice": invoice, "what": what, "number": number, "period": period, "language": invoice.language}


def context_of(invoice: Invoice) -> dict[str, Any]:
    """Call it in the language of the invoice; it reads lines and taxes."""
    sides = {side.get("country", "") for side in (invoice.seller, invoice.buyer)}
    home = sides.pop() if len(sides) == 1 else ""
    with translation.override(invoice.language):
        return {
            "seller": invoice.seller,
            "seller_lines": address_of(invoice.seller, home),
            "sender": " · ".join(address_of(invoice.seller, invoice.seller.get("country", ""))),
            "buyer_lines": address_of(invoice.buyer, home),
            "facts": list(_facts(invoice)),
            "lines": [line_of(line, invoice) for line in invoice.lines.order_by("position")],
            "sums": list(sums_of(invoice, _taxes(invoice))),
            "total": format_money(invoice.gross, invoice.currency),
            "hints": list(_hints(invoice)),
            "iban": grouped(invoice.seller.get("iban", "")),
            "due": format_date(invoice.due_on) if invoice.due_on and not invoice.is_credit else "",
            "code": _code(invoice),
        }


def line_of(line: InvoiceLine, invoice: Invoice) -> dict[str, Any]:
    """One row of the table."""
    return {
        "position": line.position,
        "text": line.text,
        "detail": line.detail,
        "quantity": quantity_of(line),
        "price": format_money(line.unit_price, invoice.currency),
        "net": format_money(line.net, invoice.currency),
        "rate": rate_of(line.tax_category, line.tax_rate),
    }


def quantity_of(line: InvoiceLine) -> str:
    """ "26:10 h", "2 days", "1"."""
    if line.unit == Unit.MINUTE:
        return format_hours(int(line.quantity))
    number = format_number(line.quantity.normalize())
    if line.unit == Unit.PIECE:
        return number
    count = int(line.quantity) if line.quantity == int(line.quantity) else 2  # parts of a day are days
    words = {
        Unit.DAY: ngettext("%(number)s day", "%(number)s days", count),
        Unit.MONTH: ngettext("%(number)s month", "%(number)s months", count),
    }
    return words[Unit(line.unit)] % {"number": number}


def rate_of(category: str, rate: Decimal) -> str:
    """ "19%", or the kind of tax where there is none."""
    return format_percent(rate / HUNDRED) if rate else str(TaxCategory(category).label)


def sums_of(invoice: Invoice, taxes: Sequence[InvoiceTax]) -> Iterator[tuple[str, str]]:
    """From the lines to the total, which is left out."""
    if discount := sum((tax.discount for tax in taxes), Decimal(0)):
        yield _("Sum of the lines"), format_money(sum((t.lines_net for t in taxes), Decimal(0)), invoice.currency)
        share = format_percent(invoice.discount / HUNDRED)
        yield _("Discount of %(share)s") % {"share": share}, format_money(-discount, invoice.currency)
    yield _("Net"), format_money(invoice.net, invoice.currency)
    for tax in taxes:
        label = (
            _("VAT %(rate)s") % {"rate": rate_of(tax.category, tax.rate)}
            if tax.rate
            else rate_of(tax.category, tax.rate)
        )
        label += f" ({format_money(tax.taxable, invoice.currency)})" if len(taxes) > 1 else ""
        yield label, format_money(tax.vat, invoice.currency)
    if invoice.vat and not taxes:  # made elsewhere: its rates are not known
        yield _("VAT"), format_money(invoice.vat, invoice.currency)


def _taxes(invoice: Invoice) -> list[InvoiceTax]:
    """As issued; of a draft as they would be."""
    if not invoice.is_draft:
        return list(invoice.taxes.order_by("-rate", "category"))
    totals = totals_of(invoice.lines.all(), invoice.discount, invoice.currency)
    return [InvoiceTax(**vars(tax)) for tax in reversed(totals.taxes)]


def address_of(side: dict[str, str], home: str) -> list[str]:
    """Line by line, as on an envelope; the country only when it is not `home`."""
    if not side:
        return []
    place = f"{side['postcode']} {side['city']}".strip()
    country = country_of(side["country"]) if side["country"] != home else ""
    lines = [side["name"], side.get("person", ""), side["street"], side["extra"], place, country]
    return [line for line in lines if line]


def country_of(code: str) -> str:
    """Its name in the language of the page."""
    locale = Locale.parse(locale_of())
    return locale.territories.get(code, code)


def grouped(iban: str) -> str:
    """In fours, as people read it."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _code(invoice: Invoice) -> SafeString:
    """Of the whole sum: paper says the same for ever, whatever was paid meanwhile."""
    return mark_safe(payment_code(invoice, invoice.gross) if invoice.number else "")  # noqa: S308, made of black squares


def _facts(invoice: Invoice) -> Iterator[tuple[str, str]]:
    if invoice.issued_on:
        yield _("Date"), format_date(invoice.issued_on)
    yield _("Service period"), f"{format_date(invoice.service_from)} – {format_date(invoice.service_until)}"
    buyer = invoice.buyer
    for label, name in (
        (_("Customer number"), "number"),
        (_("Your VAT number"), "vat_id"),
        (_("Buyer reference"), "buyer_reference"),
    ):
        if buyer.get(name):
            yield label, buyer[name]
    if invoice.corrects:
        yield _("Takes back"), str(invoice.corrects.number)


def _hints(invoice: Invoice) -> Iterator[str]:
    """What the law wants to be said."""
    categories = set(invoice.lines.values_list("tax_category", flat=True))
    if TaxCategory.REVERSE in categories:
        yield _("Reverse charge: the recipient owes the tax.")
    if TaxCategory.EXEMPT in categories:
        yield _("Exempt from tax.")
    if words := books_of(invoice):
        yield words


def books_of(invoice: Invoice) -> str:
    """The rate by which it is in the books, and its tax there; "" when it is in their currency."""
    if not (invoice.books_rate and invoice.books_on):
        return ""
    books = books_currency(invoice)
    return _("1 %(currency)s = %(rate)s %(books)s on %(day)s (%(source)s); VAT %(vat)s") % {
        "currency": invoice.currency,
        "rate": format_number(invoice.books_rate.normalize()),
        "books": books,
        "day": format_date(invoice.books_on),
        "source": invoice.books_source,
        "vat": format_money(books_vat(invoice), books),
    }


def _groups(invoice: Invoice) -> Iterator[dict[str, Any]]:
    for line in invoice.lines.filter(source=LineSource.WORK).order_by("position"):
        rows = list(line.work.order_by("spent_on", "started_at", "pk"))
        yield {
            "text": line.text,
            "time": format_minutes(sum(row.minutes for row in rows)),
            "net": format_money(line.net, invoice.currency),
            "rows": [_work(row, invoice) for row in rows],
        }


def _work(row: LineWork, invoice: Invoice) -> dict[str, Any]:
    span = format_times(row.started_at, row.ended_at) if row.started_at and row.ended_at else ""
    below = " · ".join(part for part in (row.who, row.kind, span) if part)
    return {
        "day": format_date(row.spent_on, style="short"),
        "text": row.text,
        "below": below,
        "results": row.results,
        "time": format_minutes(row.minutes),
        "net": format_money(row.net, invoice.currency),
    }
