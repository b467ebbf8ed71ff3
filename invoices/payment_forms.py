"""What is typed in about payments."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.days import today_of
from invoices.models import Invoice, Payment, PaymentMethod
from portal.core.formats import format_date, format_money
from portal.people.forms.fields import DayField
from portal.tenancy.models import Agency, Client

CENT = Decimal("0.01")
DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def money_field(label, **words: Any) -> forms.DecimalField:
    """An amount with two places; people type a comma in half of Europe."""
    widget = forms.TextInput({"inputmode": "decimal", "size": 12, "autocomplete": "off"})
    return MoneyField(label=label, max_digits=14, decimal_places=2, widget=widget, **words)


class MoneyField(forms.DecimalField):
    """1.234,56 and 1,234.56 and 1234.56 are the same."""

    def to_python(self, value):
        return super().to_python(_plain(value) if isinstance(value, str) else value)


def _plain(text: str) -> str:
    text = "".join(text.split()).replace("\N{MINUS SIGN}", "-").replace("'", "")
    if "," in text and "." in text:
        last = max(text.rfind(","), text.rfind("."))
        return text[:last].replace(",", "").replace(".", "") + "." + text[last + 1 :]
    return text.replace(",", ".")


def past_day(day: date, agency: Agency) -> date:
    """ValidationError for a day that is still to come by the agency's clock: no money has moved on it."""
    if day > today_of(agency):
        raise ValidationError(_("This day is still to come."))
    return day


class ShareForm(forms.Form):
    """How much is for each of some open invoices; subclasses add what else is asked."""

    def __init__(self, *args, invoices: Iterable[Invoice], **kwargs):
        super().__init__(*args, **kwargs)
        self.invoices = list(invoices)
        for row in self.invoices:
            label = _("For %(number)s") % {"number": row.number}
            self.fields[f"share_{row.pk}"] = money_field(label, required=False, min_value=CENT)

    @property
    def share_rows(self) -> list[dict[str, Any]]:
        """For the template: the invoice in words and its field."""
        return [
            {
                "number": row.number,
                "title": row.title,
                "due": format_date(row.due_on) if row.due_on else "",
                "open": format_money(row.open_amount, row.currency),
                "field": self[f"share_{row.pk}"],
            }
            for row in self.invoices
        ]

    @property
    def shares(self) -> dict[Invoice, Decimal]:
        data = self.cleaned_data
        return {row: data[f"share_{row.pk}"] for row in self.invoices if data.get(f"share_{row.pk}")}

    def check_shares(self, amount: Decimal, currency: str) -> None:
        """Each within what is open, all within the sum, all in its currency."""
        for row, share in self.shares.items():
            if share > row.open_amount:
                open_now = format_money(row.open_amount, row.currency)
                self.add_error(f"share_{row.pk}", _("Only %(sum)s are open.") % {"sum": open_now})
            elif row.currency != currency:
                self.add_error(f"share_{row.pk}", _("This invoice is in another currency."))
        if sum(self.shares.values(), Decimal(0)) > amount:
            raise ValidationError(_("The shares are more than the payment."))


class PaymentForm(ShareForm):
    """A payment by hand."""

    amount = money_field(gettext_lazy("Amount"), min_value=CENT)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    paid_on = DayField(label=gettext_lazy("Paid on"), widget=DATE)
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=PaymentMethod.choices)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=140, required=False)
    payer = forms.CharField(label=gettext_lazy("Payer"), max_length=200, required=False)
    books_rate = forms.DecimalField(
        label=gettext_lazy("Exchange rate"), max_digits=18, decimal_places=8, required=False, min_value=Decimal("1e-8")
    )
    books_on = DayField(label=gettext_lazy("Rate of"), widget=DATE, required=False)
    books_source = forms.CharField(label=gettext_lazy("Source of the rate"), max_length=120, required=False)

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        self.client = client
        codes = dict.fromkeys([*(row.currency for row in self.invoices), client.agency.currency])
        self.fields["currency"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]
        self.fields["paid_on"].initial = today_of(client.agency)

    def clean_paid_on(self) -> date:
        return past_day(self.cleaned_data["paid_on"], self.client.agency)

    def clean(self):
        data = super().clean() or {}
        said = [data.get(name) for name in ("books_rate", "books_on", "books_source")]
        if data.get("currency") == self.client.agency.currency:
            data |= {"books_rate": None, "books_on": None, "books_source": ""}
        elif "currency" in data and not all(said):
            self.add_error("books_rate", _("Another currency than that of the books: give rate, day and source."))
        if data.get("amount") and data.get("currency"):
            self.check_shares(data["amount"], data["currency"])
        return data

    @property
    def words(self) -> dict[str, Any]:
        names = "method reference payer books_rate books_on books_source".split()
        return {name: self.cleaned_data[name] for name in names}


class UseForm(ShareForm):
    """What is left of a payment, the oldest debt first unless changed."""

    def __init__(self, *args, payment: Payment, rest: Decimal, **kwargs):
        super().__init__(*args, **kwargs)
        self.payment, self.rest = payment, rest
        for row in self.invoices:
            part = min(rest, row.open_amount)
            self.fields[f"share_{row.pk}"].initial = part or None
            rest -= part

    def clean(self):
        data = super().clean()
        if not self.shares:
            raise ValidationError(_("Say how much is for which invoice."))
        self.check_shares(self.rest, self.payment.currency)
        return data


class ReturnForm(forms.Form):
    """Money that was sent back."""

    amount = money_field(gettext_lazy("Amount"), min_value=CENT)
    on = DayField(label=gettext_lazy("Paid back on"), widget=DATE)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=140, required=False)

    def __init__(self, *args, agency: Agency, **kwargs):
        super().__init__(*args, **kwargs)
        self.agency = agency

    def clean_on(self) -> date:
        return past_day(self.cleaned_data["on"], self.agency)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("The client reads it.")
    )


class WaiverForm(ReasonForm):
    """What is not asked for any more, and why."""

    amount = money_field(gettext_lazy("Amount"), min_value=CENT)
    field_order = ("amount", "reason")
