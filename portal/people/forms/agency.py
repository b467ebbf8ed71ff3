"""The agency's settings and one's own."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.people import logos
from portal.people.forms import choices
from portal.people.forms.fields import NameField, choices_of
from portal.tenancy.branding import clamp
from portal.tenancy.models import Member
from portal.tenancy.models.agency import FactorPolicy

HOST = re.compile(r"^(?=.{4,253}\Z)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")
TEXT = forms.Textarea(attrs={"rows": 10})


class RowForm(forms.Form):
    """A form over some fields of a row; what it holds is what is saved."""

    def __init__(self, *args, row, **kwargs):
        initial = {name: getattr(row, name) for name in self.base_fields if hasattr(row, name)}
        super().__init__(*args, initial=initial, **kwargs)


class BasicsForm(RowForm):
    """Name, sender, language, money, delay."""

    name = NameField(label=_("Name"), max_length=120)
    phone = NameField(label=_("Phone"), max_length=40, required=False)
    sender_name = NameField(label=_("Sender's name"), max_length=120, required=False)
    sender_address = forms.EmailField(
        label=_("Sender's address"),
        required=False,
        help_text=_("Answers to our mails go there."),
    )
    mail_domain = forms.CharField(
        label=_("Mail domain"),
        max_length=253,
        required=False,
        help_text=_("Own domain of the clients' portal addresses. Its MX record must point here."),
    )
    takes_any_address = forms.BooleanField(
        label=_("Take mails to any address of the mail domain"),
        required=False,
        help_text=_("Mails to misspelt addresses then wait to be sorted, instead of being refused."),
    )
    hold_strangers = forms.BooleanField(
        label=_("Hold mails of strangers"),
        required=False,
        help_text=_("Clients see a mail in which nobody is known only after somebody of yours has let it in."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=choices.languages)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=choices.zones)
    currency = forms.ChoiceField(label=_("Currency of the books"), choices=choices.currencies)
    embargo_days = forms.IntegerField(
        label=_("Timeline delay in days"),
        min_value=0,
        max_value=365,
        help_text=_("How late clients see what was done. It can differ per client."),
    )
    correction_days = forms.IntegerField(
        label=_("Business days for corrections"),
        min_value=1,
        max_value=60,
        help_text=_("So long a protocol can be corrected before it counts as agreed."),
    )

    def clean_mail_domain(self):
        domain = self.cleaned_data["mail_domain"].strip().lower()
        if domain and not HOST.match(domain):
            raise ValidationError(_("This is not a domain."))
        return domain


class LookForm(RowForm):
    """Colour and logo."""

    brand_hex = forms.CharField(
        label=_("Colour"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("Any colour works. We adjust its lightness, so that text stays readable."),
    )
    logo = forms.FileField(
        label=_("Logo"), required=False, max_length=255, help_text=_("PNG, JPEG, WebP or GIF, up to 5 MB.")
    )
    no_logo = forms.BooleanField(label=_("Show the name instead of a logo"), required=False)

    def clean_brand_hex(self):
        try:
            return clamp(self.cleaned_data["brand_hex"])
        except ValueError as error:
            raise ValidationError(_("This is not a colour.")) from error

    def clean_logo(self):
        upload = self.cleaned_data["logo"]
        if not upload:
            return None
        if upload.size > logos.MAX_BYTES:
            raise ValidationError(_("This file is larger than 5 MB."))
        try:
            return logos.make(upload)
        except logos.NotALogo as error:
            raise ValidationError(_("This is not a picture that we can read.")) from error


class FactorsForm(RowForm):
    """Which second factor each kind of member must have."""

    staff_factor = forms.ChoiceField(label=_("The agency's people"), choices=FactorPolicy)
    contact_factor = forms.ChoiceField(label=_("Contacts"), choices=FactorPolicy)
    vendor_factor = forms.ChoiceField(label=_("Vendors"), choices=FactorPolicy)


class TextsForm(RowForm):
    """The texts at the foot of every page."""

    imprint = forms.CharField(label=_("Imprint"), widget=TEXT, required=False, max_length=50_000)
    privacy = forms.CharField(label=_("Privacy notice"), widget=TEXT, required=False, max_length=50_000)
    data_processing = forms.CharField(label=_("Data processing"), widget=TEXT, required=False, max_length=50_000)


class ProfileForm(forms.Form):
    """One's own name, language and reach."""

    name = NameField(label=_("Name"), max_length=120)
    position = NameField(label=_("Position"), max_length=120, required=False)
    phone = NameField(label=_("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=choices.zones_or_agency, required=False)

    def __init__(self, *args, user: User, member: Member, **kwargs):
        initial = {name: getattr(user, name) for name in ("name", "language", "time_zone")}
        initial |= {"position": member.position, "phone": member.phone}
        super().__init__(*args, initial=initial, **kwargs)
        choices_of(self, "language").choices = choices.languages(empty=True)
