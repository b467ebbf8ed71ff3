"""The agency's tax profile and a client's billing data, checked by their check digits."""

from typing import Any

import stdnum.bic
import stdnum.iban
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import get_cc_module
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError as BadNumber

from invoices.countries import countries
from invoices.models import TaxCategory
from invoices.models.sides import SHARE
from portal.people.forms import choices
from portal.people.forms.fields import NameField


def vat_number(value: str, country: str) -> str:
    """Without spaces, with its country in front; ValidationError when its check digits are wrong."""
    compact = "".join(value.split()).replace(".", "").replace("-", "").upper()
    if not compact:
        return ""
    try:
        if eu_vat.guess_country(compact):
            return eu_vat.validate(compact)
        module = get_cc_module(country.lower(), "vat") if country else None
        digits = compact.removeprefix(country)
        return country + module.validate(digits) if module else compact
    except BadNumber as error:
        raise ValidationError(_("This is not a VAT number: its digits do not fit."), code="vat") from error


class PartyForm(forms.Form):
    """Name, address and VAT number of a side."""

    name = NameField(label=_("Name of the company"), max_length=160)
    street = NameField(label=_("Street"), max_length=160, required=False)
    extra = NameField(label=_("Second line"), max_length=160, required=False)
    postcode = NameField(label=_("Postcode"), max_length=20, required=False)
    city = NameField(label=_("City"), max_length=120, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=countries, required=False)
    vat_id = NameField(label=_("VAT number"), max_length=20, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)

    def __init__(self, *args, row: Any, **kwargs):
        super().__init__(*args, initial={name: getattr(row, name) for name in self.base_fields}, **kwargs)

    def clean(self):
        data: dict[str, Any] = super().clean() or {}
        try:
            data["vat_id"] = vat_number(data.get("vat_id") or "", data.get("country") or "")
        except ValidationError as error:
            self.add_error("vat_id", error)
        return data


class TaxProfileForm(PartyForm):
    """How the agency writes invoices."""

    tax_number = NameField(label=_("Tax number"), max_length=40, required=False)
    phone = NameField(label=_("Phone"), max_length=40, required=False)
    register = NameField(label=_("Register"), max_length=160, required=False)
    managers = NameField(label=_("Managing directors"), max_length=160, required=False)
    iban = NameField(label="IBAN", max_length=42, required=False)
    bic = NameField(label="BIC", max_length=14, required=False)
    bank = NameField(label=_("Bank"), max_length=120, required=False)
    series = forms.RegexField(
        r"^[A-Za-z0-9-]*$",
        label=_("Series of invoices"),
        max_length=10,
        required=False,
        help_text=_("Stands before the year in the number, for example “RE-”. Empty: 2026-0001."),
    )
    credit_series = forms.RegexField(
        r"^[A-Za-z0-9-]*$",
        label=_("Series of credit notes"),
        max_length=10,
        required=False,
        help_text=_("The same as for invoices: both count in one row."),
    )
    tax_rate = forms.DecimalField(label=_("Usual tax rate"), max_digits=5, decimal_places=2, validators=SHARE)
    terms_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=365)

    def clean_iban(self):
        value = self.cleaned_data["iban"]
        if not value:
            return ""
        try:
            return stdnum.iban.validate(value)
        except BadNumber as error:
            raise ValidationError(_("This is not an IBAN: its digits do not fit."), code="iban") from error

    def clean_bic(self):
        value = self.cleaned_data["bic"]
        if not value:
            return ""
        try:
            return stdnum.bic.validate(value)
        except BadNumber as error:
            raise ValidationError(_("This is not a BIC: it has eight or eleven signs."), code="bic") from error


class BillingForm(PartyForm):
    """How a client gets its invoices."""

    person = NameField(label=_("For the attention of"), max_length=120, required=False)
    number = NameField(label=_("Customer number"), max_length=40, required=False)
    buyer_reference = NameField(
        label=_("Buyer reference"),
        max_length=60,
        required=False,
        help_text=_("For public bodies: in Germany the Leitweg-ID. With it there is an XRechnung as well."),
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    terms_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=365, required=False)
    tax_category = forms.ChoiceField(label=_("Tax"), choices=TaxCategory.choices)
    tax_rate = forms.DecimalField(
        label=_("Tax rate"),
        max_digits=5,
        decimal_places=2,
        required=False,
        validators=SHARE,
        help_text=_("Empty: the agency's usual one."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = [("", _("As the agency"))]
        self.fields["currency"].choices = [*own, *choices.currencies()]  # type: ignore[attr-defined]
        self.fields["language"].choices = choices.languages(empty=True)  # type: ignore[attr-defined]

    def clean(self):
        data: dict[str, Any] = super().clean() or {}
        if data.get("tax_category") != TaxCategory.STANDARD:
            data["tax_rate"] = None
        if data.get("tax_category") == TaxCategory.REVERSE and not data.get("vat_id"):
            self.add_error("vat_id", _("Reverse charge needs the client's VAT number."))
        return data
