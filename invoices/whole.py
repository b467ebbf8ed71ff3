"""An invoice with what its page shows besides its lines, in one query: taxes, papers, marks of reading, credit notes, payments."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject

from invoices.models import (
    Allocation,
    Invoice,
    InvoiceDocument,
    InvoiceRead,
    InvoiceTax,
    Reminder,
    SetOff,
    Waiver,
)
from invoices.models.reminders import goes_by_itself
from portal.tenancy.models import Member

SUMS = ("lines_net", "discount", "taxable", "vat")
OF_WAIVER = ("pk", "reason", "waived_at", "reversed_at", "reversal_reason")


def whole(rows: QuerySet[Invoice], member: Member) -> QuerySet[Invoice]:
    """Adds `found_taxes`, `_papers`, `_reads`, `_credits`, `_payments`, `_offs`, `_waivers`, `_reminders`: dictionaries; sums are text.

    `is_automatic`: whether reminders go out by themselves, for the agency's people.
    """
    mine: dict[str, Any] = {"agency_id": OuterRef("agency_id"), "invoice": OuterRef("pk")}
    taxes = InvoiceTax.objects.filter(**mine).order_by("-rate", "category")
    tax = JSONObject(category="category", **{name: _text(name) for name in ("rate", *SUMS)})
    papers = InvoiceDocument.objects.filter(**mine).order_by("pk")
    reads = InvoiceRead.objects.visible_to(member).filter(**mine).order_by("read_at", "pk")
    read = JSONObject(name="member__user__name", read="read_at", downloaded="downloaded_at", member="member_id")
    notes = Invoice.objects.visible_to(member).filter(agency_id=OuterRef("agency_id"), corrects=OuterRef("pk"))
    notes = notes.filter(issued_at__isnull=False).order_by("pk")
    note = JSONObject(pk="pk", number="number", gross=_text("gross"), at="issued_at")
    reminders = Reminder.objects.filter(**mine).order_by("pk")
    return rows.annotate(
        is_automatic=ExpressionWrapper(goes_by_itself(), output_field=BooleanField()),
        found_reminders=ArraySubquery(reminders.values(json=JSONObject(tier="tier", at="sent_at", fee=_text("fee")))),
        found_taxes=ArraySubquery(taxes.values(json=tax)),
        found_papers=ArraySubquery(papers.values(json=JSONObject(kind="kind", sha256="sha256", size="file__size"))),
        found_reads=ArraySubquery(reads.values(json=read)),
        found_credits=ArraySubquery(notes.values(json=note)),
        **_settled(mine),
    )


def _settled(mine: dict[str, Any]) -> dict[str, ArraySubquery]:
    """What was paid, set off and waived."""
    paid = Allocation.objects.filter(**mine, payment__reversed_at=None).order_by("payment__paid_on", "pk")
    share = JSONObject(pk="payment_id", amount=_text("amount"), on="payment__paid_on")
    offs = SetOff.objects.filter(agency_id=OuterRef("agency_id")).order_by("pk")
    offs = offs.filter(Q(invoice=OuterRef("pk")) | Q(credit=OuterRef("pk")))
    ends = {"credit": "credit_id", "invoice": "invoice_id", "by": "credit__number", "of": "invoice__number"}
    waivers = Waiver.objects.filter(**mine).order_by("pk")
    waiver = JSONObject(amount=_text("amount"), **{name: name for name in OF_WAIVER})
    return {
        "found_payments": ArraySubquery(paid.values(json=share)),
        "found_offs": ArraySubquery(offs.values(json=JSONObject(amount=_text("amount"), **ends))),
        "found_waivers": ArraySubquery(waivers.values(json=waiver)),
    }


def taxes_of(invoice: Any) -> list[InvoiceTax]:
    """Its taxes, as `whole` found them."""
    return [
        InvoiceTax(category=row["category"], **{name: Decimal(row[name]) for name in ("rate", *SUMS)})
        for row in invoice.found_taxes
    ]


def _text(name: str) -> Cast:
    return Cast(name, TextField())
