"""Forms of the second factor, and of new passwords."""

import re

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm, SetPasswordForm
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts import codes, factors

PATTERNS = {factors.BACKUP: rf"[{codes.ALPHABET}]{{{codes.LENGTH}}}"}
SIX_DIGITS = "[0-9]{6}"


class TokenForm(forms.Form):
    """A code of one method. Spaces and dashes do not matter, as people copy them along."""

    token = forms.CharField(
        label=_("Code"), max_length=40, widget=forms.TextInput(attrs={"class": "otp", "autofocus": True})
    )
    trust = forms.BooleanField(label=_("Do not ask again on this device for 30 days"), required=False)

    def __init__(self, *args, method: str, may_trust: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        self.method = method
        if not may_trust:
            del self.fields["trust"]

    def clean_token(self):
        token = re.sub(r"[\s\-]", "", self.cleaned_data["token"]).upper()
        if not re.fullmatch(PATTERNS.get(self.method, SIX_DIGITS), token):
            raise forms.ValidationError(self._shape())
        return token

    def _shape(self):
        if self.method == factors.BACKUP:
            return _("A backup code has eight letters and digits.")
        return _("The code has six digits.")


class TypedTwice(forms.Form):
    """A new password that is typed twice; what differs is said in our words, since allauth's German says du."""

    def clean(self):
        cleaned = super().clean()
        if "password2" in self.errors and self.data.get("password2"):
            self.errors["password2"] = self.error_class([gettext("This is not the same password as above.")])
        return cleaned


class NewPasswordForm(TypedTwice, ChangePasswordForm):
    """Instead of the one that is known."""


class FirstPasswordForm(TypedTwice, SetPasswordForm):
    """Of somebody who came in by a provider so far."""


class ForgottenPasswordForm(TypedTwice, ResetPasswordKeyForm):
    """By the link in the mail."""
