"""Invoices in an agency's admin: to look at. They are written and issued on their own pages."""

from typing import Any

from django.contrib import admin

from invoices.models import (
    Allocation,
    BankContent,
    BankFile,
    BankLine,
    BillingData,
    Invoice,
    InvoiceCounter,
    InvoiceDocument,
    InvoiceLine,
    InvoiceRead,
    InvoiceTax,
    LineWork,
    MoneyCheck,
    Payment,
    Refund,
    Reminder,
    ReminderPolicy,
    ReminderTier,
    SetOff,
    TaxProfile,
    Waiver,
)
from portal.admin.options import AgencyAdmin, OwnRelated


class SumsAdmin(AgencyAdmin):
    """Rows with sums in them."""

    ordering: tuple[str, ...] = ("-pk",)


@admin.register(TaxProfile)
class TaxProfileAdmin(SumsAdmin):
    list_display = ("name", "city", "country", "vat_id")
    search_fields = ("name",)
    fields = (*TaxProfile.SNAPSHOT, "series", "credit_series", "tax_rate", "terms_days")
    readonly_fields = fields


@admin.register(BillingData)
class BillingDataAdmin(SumsAdmin):
    list_display = ("client", "name", "city", "country", "currency", "language")
    list_select_related = ("client",)
    list_filter = ("country", "currency")
    search_fields = ("name",)
    fields = (*BillingData.SNAPSHOT, "client", "currency", "language", "terms_days", "tax_category", "tax_rate")
    readonly_fields = fields


@admin.register(InvoiceCounter)
class InvoiceCounterAdmin(SumsAdmin):
    list_display = ("series", "year", "last")
    search_fields = ("series",)
    list_filter = ("year",)
    fields = list_display
    readonly_fields = fields

    def within_reach(self, rows, member):
        return rows.visible_to(member) if member.can("money") else rows.none()


@admin.register(Invoice)
class InvoiceAdmin(SumsAdmin):
    list_display = ("__str__", "kind", "client", "issued_on", "due_on", "gross", "settled", "currency")
    list_select_related = ("client",)
    list_filter = (("client", OwnRelated), "kind")
    search_fields = ("number", "title")
    fields: tuple[str, ...] = tuple(field.name for field in Invoice._meta.fields if field.name not in ("id", "agency"))
    readonly_fields = fields


class OfInvoiceAdmin(SumsAdmin):
    """Rows that hang on an invoice."""

    list_select_related: tuple[str, ...] = ("invoice",)


@admin.register(InvoiceLine)
class InvoiceLineAdmin(OfInvoiceAdmin):
    list_display = ("invoice", "position", "text", "quantity", "unit", "unit_price", "net", "tax_rate")
    list_filter = ("source",)
    search_fields = ("text",)
    fields = (*list_display, "detail", "tax_category", "source")
    readonly_fields = fields


@admin.register(LineWork)
class LineWorkAdmin(OfInvoiceAdmin):
    list_display = ("invoice", "text", "who", "spent_on", "minutes", "net")
    list_filter = ("spent_on",)
    search_fields = ("text",)
    fields = (*list_display, "entry_id", "kind", "results", "freed_at")
    readonly_fields = fields


@admin.register(InvoiceTax)
class InvoiceTaxAdmin(OfInvoiceAdmin):
    list_display = ("invoice", "category", "rate", "lines_net", "discount", "taxable", "vat")
    search_fields = ("invoice__number",)
    list_filter = ("category",)
    fields = list_display
    readonly_fields = fields


@admin.register(SetOff)
class SetOffAdmin(OfInvoiceAdmin):
    list_display = ("credit", "invoice", "amount", "made_at")
    list_select_related = ("credit", "invoice")
    search_fields = ("invoice__number", "credit__number")
    list_filter = ("made_at",)
    fields = list_display
    readonly_fields = fields


@admin.register(InvoiceDocument)
class InvoiceDocumentAdmin(OfInvoiceAdmin):
    list_display = ("invoice", "kind", "made_at", "tries")
    search_fields = ("invoice__number",)
    list_filter = ("kind", ("made_at", admin.EmptyFieldListFilter))
    fields = (*list_display, "file", "sha256", "ordered_at", "next_try_at")
    readonly_fields = fields


@admin.register(InvoiceRead)
class InvoiceReadAdmin(OfInvoiceAdmin):
    list_display = ("invoice", "member", "read_at", "downloaded_at")
    list_select_related = ("invoice", "member__user")
    search_fields = ("invoice__number", "member__user__name")
    list_filter = (("downloaded_at", admin.EmptyFieldListFilter),)
    fields = list_display
    readonly_fields = fields


@admin.register(Payment)
class PaymentAdmin(SumsAdmin):
    list_display = ("paid_on", "client", "amount", "currency", "method", "reversed_at")
    list_select_related = ("client",)
    list_filter = (("client", OwnRelated), "method")
    search_fields = ("reference", "payer")
    fields: Any = tuple(field.name for field in Payment._meta.fields if field.name not in ("id", "agency"))
    readonly_fields: Any = fields


@admin.register(Allocation)
class AllocationAdmin(OfInvoiceAdmin):
    list_display = ("payment", "invoice", "amount", "made_at")
    list_select_related = ("payment", "invoice")
    search_fields = ("invoice__number", "payment__payer")
    list_filter = ("made_at",)
    fields = list_display
    readonly_fields = fields


@admin.register(Waiver)
class WaiverAdmin(OfInvoiceAdmin):
    list_display = ("invoice", "amount", "reason", "waived_on", "waived_by", "reversed_at")
    list_select_related = ("invoice", "waived_by__user")
    search_fields = ("invoice__number", "reason")
    list_filter = ("waived_on",)
    fields = (*list_display, "waived_at", "reversed_by", "reversal_reason")
    readonly_fields = fields


@admin.register(Refund)
class RefundAdmin(SumsAdmin):
    list_display = ("client", "amount", "refunded_on", "payment", "credit")
    list_select_related = ("client", "payment", "credit")
    search_fields = ("client__name", "reference")
    list_filter = (("client", OwnRelated),)
    fields = (*list_display, "reference", "recorded_at", "recorded_by")
    readonly_fields = fields


@admin.register(BankFile)
class BankFileAdmin(SumsAdmin):
    list_display = ("name", "form", "account", "imported_at", "imported_by")
    list_select_related = ("imported_by__user",)
    list_filter = ("imported_at",)
    search_fields = ("name",)
    fields = (*list_display, "sha256")
    readonly_fields = fields


@admin.register(BankContent)
class BankContentAdmin(SumsAdmin):
    list_display = ("file", "kept_at")
    list_select_related = ("file",)
    search_fields = ("file__name",)
    list_filter = ("kept_at",)
    fields = list_display
    readonly_fields = fields


@admin.register(BankLine)
class BankLineAdmin(SumsAdmin):
    list_display = ("booked_on", "name", "amount", "currency", "file", "put_aside_at")
    list_select_related = ("file",)
    list_filter = ("booked_on", ("put_aside_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "text")
    fields = (*list_display, "position", "iban", "text", "reference", "key", "put_aside_by")
    readonly_fields = fields


@admin.register(Reminder)
class ReminderAdmin(OfInvoiceAdmin):
    list_display = ("invoice", "tier", "open_amount", "fee", "sent_at", "sent_by")
    list_select_related = ("invoice", "sent_by__user")
    search_fields = ("invoice__number", "heading")
    list_filter = ("tier", "sent_at")
    fields = (*list_display, "heading", "text")
    readonly_fields = fields


@admin.register(ReminderTier)
class ReminderTierAdmin(SumsAdmin):
    list_display = ("tier", "days", "fee", "heading")
    fields = (*list_display, "text")
    readonly_fields = fields


@admin.register(ReminderPolicy)
class ReminderPolicyAdmin(SumsAdmin):
    list_display = ("agency", "automatic_since")
    fields = list_display
    readonly_fields = fields


@admin.register(MoneyCheck)
class MoneyCheckAdmin(SumsAdmin):
    list_display = ("checked_at", "invoices")
    fields = (*list_display, "problems")
    readonly_fields = fields
