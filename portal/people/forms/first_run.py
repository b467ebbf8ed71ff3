"""A new agency: the first of an installation on its page, any by the command."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.people.forms import choices
from portal.people.forms.fields import NameField
from portal.people.forms.join import RegisterForm
from portal.tenancy.branding import PRODUCT_BRAND, clamp
from portal.tenancy.founding import checked_slug


class AgencyForm(forms.Form):
    """Agency, owner, colour, first client."""

    name = NameField(label=_("Name of the agency"), max_length=120)
    slug = forms.CharField(
        label=_("Short, for addresses"), max_length=40, help_text=_("Small letters, digits and hyphens; it stays.")
    )
    brand_hex = forms.CharField(
        label=_("Colour"), max_length=7, initial=PRODUCT_BRAND, widget=forms.TextInput(attrs={"type": "color"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=choices.languages)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=choices.zones, initial="Europe/Berlin")
    currency = forms.ChoiceField(label=_("Currency of the books"), choices=choices.currencies, initial="EUR")
    owner_name = NameField(label=_("Your name"), max_length=120)
    owner_email = forms.EmailField(label=_("Your e-mail address"), max_length=254)
    password = RegisterForm.base_fields["password"]
    client = NameField(label=_("First client"), max_length=120, required=False)

    def clean_slug(self):
        return checked_slug(self.cleaned_data["slug"])

    def clean_brand_hex(self):
        try:
            return clamp(self.cleaned_data["brand_hex"])
        except ValueError as error:
            raise ValidationError(_("This is not a colour.")) from error

    def clean(self):
        cleaned = super().clean() or {}
        names = {"name": cleaned.get("owner_name"), "password": cleaned.get("password")}
        person = RegisterForm(names, email=cleaned.get("owner_email", ""))
        if cleaned.get("password") and not person.is_valid() and "password" in person.errors:
            self.add_error("password", person.errors["password"])
        return cleaned


class FirstRunForm(AgencyForm):
    """The same, and the key that only the server's log shows."""

    key = forms.CharField(
        label=_("Setup key"), max_length=80, help_text=_("The server prints it: manage.py first_run. It works once.")
    )
    field_order = ("key", "owner_name", "owner_email", "password")  # as on the page, for the list of what needs a look
