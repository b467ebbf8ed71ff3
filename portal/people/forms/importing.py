"""Which list is brought along, and the file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.people.forms.fields import choices_of
from portal.people.importing import tables
from portal.people.importing.plan import may_import
from portal.tenancy.models import Member

KINDS = {"clients": _("Clients"), "projects": _("Projects"), "contacts": _("Contacts")}


class ImportForm(forms.Form):
    """The first step: `text` is the file's, decoded. The second one sends that text again, with what to do with it."""

    kind = forms.ChoiceField(label=_("What the file lists"))
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("At most 1 MB and 500 rows. The first line names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False, max_length=tables.MOST_BYTES)
    send = forms.BooleanField(required=False, label=_("Send each new contact the invitation by mail now"))

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get("text")
        choices_of(self, "kind").choices = [(kind, name) for kind, name in KINDS.items() if may_import(kind, by)]

    def clean(self):
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file:
            cleaned["text"] = tables.decoded(file.read(tables.MOST_BYTES + 1))
        return cleaned
