"""A mailbox that is to be asked for new mail."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.mail import imap_hosts
from portal.mail.models import Security
from portal.people.forms.fields import NameField


class PasswordForm(forms.Form):
    """The password. It is typed and never shown."""

    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted and never shown again. An app password is best."),
    )

    def clean_password(self):
        password = self.cleaned_data["password"]
        if not password.isprintable():
            raise ValidationError(_("Please use one line without invisible characters."))
        return password


class MailboxForm(PasswordForm):
    """Server, account, folders."""

    host = NameField(label=_("Server"), max_length=253, help_text=_("For example imap.example.com."))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=993)
    security = forms.ChoiceField(label=_("Encryption"), choices=Security.choices, initial=Security.TLS)
    user = NameField(label=_("User"), max_length=320)
    folder = NameField(label=_("Folder"), max_length=200, initial="INBOX")
    done_folder = NameField(
        label=_("Move stored mails to"),
        max_length=200,
        required=False,
        help_text=_("An existing folder. Empty: they stay and are marked as read."),
    )

    def clean_host(self):
        host = self.cleaned_data["host"].strip().lower()
        try:
            imap_hosts.addresses_of(host, 0)
        except imap_hosts.Refused as error:
            raise ValidationError(_("This server lies in a private network, which we do not enter.")) from error
        except OSError as error:
            raise ValidationError(_("There is no server of this name.")) from error
        return host
