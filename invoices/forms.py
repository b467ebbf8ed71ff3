"""What is typed about a draft, its lines and a credit note."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from invoices.durations import HoursOrNumber
from invoices.left import LineRest
from invoices.models import Invoice, InvoiceLine, LineSource, Payment, TaxCategory, Unit
from invoices.models.sides import SHARE
from portal.core.formats import format_money
from portal.people.forms import choices
from portal.people.forms.fields import DayField, NameField, ProseField

TAXES = TaxCategory.choices
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOST = Decimal("99999999.99")
MOST_OF_A_LINE = Decimal("999999999.99")
"""What a bank transfers at once, and a thousand lines of it fit into an invoice."""


class DraftForm(forms.Form):
    """The words around the lines."""

    title = NameField(label=_("Subject"), max_length=160)
    service_from = DayField(label=_("Service from"), widget=DAY)
    service_until = DayField(label=_("Service until"), widget=DAY)
    terms_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=365)
    language = forms.ChoiceField(label=_("Language"), choices=choices.languages)
    currency = forms.ChoiceField(label=_("Currency"), choices=choices.currencies)
    discount = forms.DecimalField(
        label=_("Discount in percent"), max_digits=5, decimal_places=2, required=False, validators=SHARE
    )
    intro = ProseField(
        label=_("Opening words"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    notes = ProseField(
        label=_("Closing words"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    with_annex = forms.BooleanField(label=_("Add the work report as an annex"), required=False)
    books_rate = forms.DecimalField(
        label=_("Exchange rate"), max_digits=18, decimal_places=8, min_value=Decimal("0.00000001"), required=False
    )
    books_on = DayField(label=_("Rate of"), widget=DAY, required=False)
    books_source = NameField(label=_("Source of the rate"), max_length=120, required=False)

    def __init__(self, *args, invoice: Invoice | None = None, initial: dict[str, Any] | None = None, **kwargs):
        own = {name: getattr(invoice, name) for name in self.base_fields} if invoice else {}
        super().__init__(*args, initial={**own, **(initial or {})}, **kwargs)

    def clean(self):
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("service_from"), data.get("service_until")
        if first and last and last < first:
            self.add_error("service_until", _("The last day is before the first one."))
        given = [data.get(name) for name in ("books_rate", "books_on", "books_source")]
        if any(given) and not all(given):
            self.add_error("books_rate", _("Give the rate, its day and its source, or none of them."))
        data["discount"] = data.get("discount") or Decimal(0)
        return data


class LineForm(forms.Form):
    """One line. What has work behind it keeps its minutes."""

    text = NameField(label=_("Line"), max_length=200, required=False)
    detail = NameField(label=_("More"), max_length=300, required=False)
    quantity = HoursOrNumber(label=_("Quantity"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), choices=Unit.choices, required=False, initial=Unit.PIECE)
    unit_price = forms.DecimalField(
        label=_("Price"), max_digits=12, decimal_places=2, min_value=0, max_value=MOST, required=False
    )
    tax_category = forms.ChoiceField(label=_("Tax"), choices=TAXES, required=False)
    tax_rate = forms.DecimalField(label="%", max_digits=5, decimal_places=2, required=False, validators=SHARE)
    drop = forms.BooleanField(label=_("Remove"), required=False)

    def __init__(self, *args, line: InvoiceLine | None = None, usual: Any = None, **kwargs):
        self.line, self.has_work = line, bool(line and line.source == LineSource.WORK)
        source = line or usual
        initial = {name: getattr(source, name) for name in self.base_fields if hasattr(source, name)}
        if line:
            initial["quantity"] = HoursOrNumber.said(line.quantity, line.unit)
        super().__init__(*args, initial=initial, **kwargs)
        for field in self.fields.values():
            field.is_unmarked = True  # type: ignore[attr-defined]
        if self.has_work:
            del self.fields["quantity"], self.fields["unit"]

    @property
    def is_blank(self) -> bool:
        return not self.cleaned_data.get("text")

    def clean(self):
        data: dict[str, Any] = super().clean() or {}
        if not data.get("text") and (self.line or data.get("unit_price")) and not data.get("drop"):
            self.add_error("text", _("Say what it is for."))
        if self.line and not data.get("tax_category"):
            data["tax_category"] = self.line.tax_category
        if data.get("tax_category") != TaxCategory.STANDARD:
            data["tax_rate"] = Decimal(0)
        if not self.has_work:
            data["quantity"] = HoursOrNumber.count(data.get("quantity"), data.get("unit") or Unit.PIECE)
        if self._net(data) > MOST_OF_A_LINE:
            self.add_error("unit_price", _("The line is more than an invoice can hold."))
        return data

    def _net(self, data: dict[str, Any]) -> Decimal:
        """About what it comes to, without its sign."""
        unit = self.line.unit if self.line and self.has_work else data.get("unit")
        quantity = self.line.quantity if self.line and self.has_work else data["quantity"]
        net = abs(quantity) * (data.get("unit_price") or Decimal(0))
        return net / 60 if unit == Unit.MINUTE else net

    def words(self) -> dict[str, Any]:
        names = ("text", "detail", "quantity", "unit", "unit_price", "tax_category", "tax_rate")
        empty = {"unit": Unit.PIECE, "unit_price": Decimal(0), "tax_rate": Decimal(0), "quantity": Decimal(1)}
        return {
            name: empty.get(name, "") if self.cleaned_data.get(name) in (None, "") else self.cleaned_data[name]
            for name in names
            if name in self.fields
        }


class ExternalIdForm(forms.Form):
    """How another program calls it."""

    external_id = NameField(
        label=_("How another program calls it"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    @classmethod
    def of(cls, row: Invoice | Payment) -> "ExternalIdForm":
        return cls(initial={"external_id": row.external_id})


class CreditForm(forms.Form):
    """Why, and how much of each line: all that is left of it, unless less is said. left: by line, as in invoices.left."""

    reason = NameField(label=_("Reason"), max_length=300, help_text=_("The client reads it on the credit note."))

    def __init__(self, *args, lines: list[InvoiceLine], left: dict[int, LineRest], **kwargs):
        super().__init__(*args, **kwargs)
        self.left, self.was_touched = left, any(left[line.pk].quantity != line.quantity for line in lines)
        self.lines = [line for line in lines if left[line.pk].quantity]
        for line in self.lines:
            rest = _("Left of it: %(sum)s net") % {"sum": format_money(left[line.pk].net, line.invoice.currency)}
            field = HoursOrNumber(label=line.text, required=False, help_text=rest)
            field.is_unmarked = True  # type: ignore[attr-defined]
            self.fields[f"line-{line.pk}"] = field
            self.initial.setdefault(f"line-{line.pk}", HoursOrNumber.said(left[line.pk].quantity, line.unit))

    def clean(self):
        data: dict[str, Any] = super().clean() or {}
        for line in self.lines:
            given = HoursOrNumber.count(data.get(f"line-{line.pk}"), line.unit, empty=Decimal(0))
            if not self.left[line.pk].holds(given):
                self.add_error(f"line-{line.pk}", _("More than is left of it."))
            data[f"line-{line.pk}"] = given
        return data

    def quantities(self) -> dict[int, Decimal] | None:
        """By line; None when it is all of an invoice of which nothing was taken back yet."""
        given = {line.pk: self.cleaned_data[f"line-{line.pk}"] for line in self.lines}
        is_whole = not self.was_touched and all(given[line.pk] == line.quantity for line in self.lines)
        return None if is_whole else given
