"""An invoice made elsewhere: its PDF, and what stands on it; whatever the PDF says in XML need not be typed."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices import embedded
from invoices.listing import FIRST_YEAR, LAST_YEAR
from invoices.models import Kind
from invoices.models.sides import USUAL_TERMS
from invoices.payment_forms import DATE, money_field
from portal.files.checking import check
from portal.tenancy.models import Client

READ = {
    "number": "number",
    "issued_on": "issued_on",
    "due_on": "due_on",
    "currency": "currency",
    "gross": "gross",
    "vat": "vat",
}
"""Fields that the PDF may fill, by what it says."""
REACH = [MinValueValidator(date(FIRST_YEAR, 1, 1)), MaxValueValidator(date(LAST_YEAR, 12, 31))]
"""Days that lists and statements reach."""
BOOKS = ("books_rate", "books_on", "books_source")


class CodeField(forms.CharField):
    """Three letters of a currency; phones write "Eur"."""

    def clean(self, value):
        code = super().clean(value).upper()
        if code and not re.fullmatch("[A-Z]{3}", code):
            raise ValidationError(_("Three letters, for example EUR."))
        return code


class OutsideForm(forms.Form):
    """Empty fields are read from the PDF; what was typed must agree with it."""

    file = forms.FileField(label=gettext_lazy("PDF"), widget=forms.FileInput({"accept": ".pdf,application/pdf"}))
    number = forms.CharField(label=gettext_lazy("Number"), max_length=40, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices, initial=Kind.INVOICE)
    issued_on = forms.DateField(label=gettext_lazy("Date"), widget=DATE, required=False, validators=REACH)
    due_on = forms.DateField(label=gettext_lazy("Due"), widget=DATE, required=False, validators=REACH)
    gross = money_field(gettext_lazy("Total"), min_value=Decimal("0.01"), required=False)
    vat = money_field(gettext_lazy("Of it VAT"), min_value=Decimal(0), required=False)
    currency = CodeField(label=gettext_lazy("Currency"), max_length=3, required=False)
    title = forms.CharField(label=gettext_lazy("Subject"), max_length=160, required=False)
    books_rate = forms.DecimalField(
        label=gettext_lazy("Exchange rate"), max_digits=18, decimal_places=8, min_value=Decimal("1e-8"), required=False
    )
    books_on = forms.DateField(label=gettext_lazy("Rate of"), widget=DATE, required=False)
    books_source = forms.CharField(label=gettext_lazy("Source of the rate"), max_length=120, required=False)

    def __init__(self, *args, client: Client, is_provider: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.was_read, self.is_provider = client, False, is_provider

    def clean_file(self):
        file = self.cleaned_data["file"]
        checked = check(file.name or "", file, size=file.size or 0)
        if checked.media_type != "application/pdf":
            raise ValidationError(_("This is no PDF."))
        return file

    def clean(self):
        data = super().clean() or {}
        if "file" in data and not self.errors:
            self._fill(data)
            self._check_books(data)
        return data

    def _check_books(self, data: dict[str, Any]) -> None:
        """In the currency of the agency's books there is no rate, and to providers they are nothing."""
        if self.is_provider or data["currency"] == self.client.agency.currency:
            data |= {"books_rate": None, "books_on": None, "books_source": ""}
        elif not all(data.get(name) for name in BOOKS):
            words = _("It is in another currency than the books: give the exchange rate, its day and its source.")
            self.add_error("books_rate", words)

    def _fill(self, data: dict[str, Any]) -> None:
        file = data["file"]
        file.seek(0)
        said = embedded.read(file.read())
        file.seek(0)
        self.was_read = said is not None
        for name, of in READ.items():
            self._settle(data, name, getattr(said, of) if said else None)
        if said and said.is_credit:
            data["kind"] = Kind.CREDIT
        data["currency"] = data["currency"] or self.client.agency.currency
        data["vat"] = data["vat"] or Decimal(0)
        if data["issued_on"]:
            data["due_on"] = data["due_on"] or data["issued_on"] + timedelta(days=USUAL_TERMS)
        if data["gross"] and data["vat"] > data["gross"]:
            self.add_error("vat", _("More than the total."))
        if data["issued_on"] and data["due_on"] < data["issued_on"]:
            self.add_error("due_on", _("Before its date."))
        for name in ("number", "issued_on", "gross"):
            if not data[name] and name not in self.errors:
                self.add_error(name, _("The PDF does not say it. Please fill it in."))

    def _settle(self, data: dict[str, Any], name: str, said: Any) -> None:
        typed, said = data.get(name), self._checked(name, said, is_needed=not data.get(name))
        if typed and said and typed != said:
            self.add_error(name, _("In the PDF stands: %(value)s") % {"value": said})
        data[name] = typed or said

    def _checked(self, name: str, said: Any, *, is_needed: bool) -> Any:
        """What the PDF says passes the checks of what is typed; nonsense only matters where nothing was typed."""
        try:
            return self.fields[name].clean(said) if said is not None else None
        except ValidationError as error:
            if is_needed:
                self.add_error(name, error)
            return None

    @property
    def words(self) -> dict[str, Any]:
        names = ["number", "issued_on", "due_on", "currency", "gross", "vat", "title", *BOOKS]
        return {name: self.cleaned_data[name] for name in names} | {
            "is_credit": self.cleaned_data["kind"] == Kind.CREDIT
        }
