"""Which place stays when two contacts are one person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.people.forms.fields import RowField, choices_of
from portal.tenancy.models import Member


class MergeForm(forms.Form):
    """The other contacts; those of the same name come first."""

    into = RowField(label=_("This place stays"), help_text=_("Its name, address and sign-in count from now on."))

    def __init__(self, *args, member: Member, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Member.objects.visible_to(by).active().filter(kind="contact").exclude(pk=member.pk)
        rows = sorted(rows.select_related("user", "role"), key=lambda row: (str(row) != str(member), str(row)))
        choices_of(self, "into").offer(rows, lambda row: f"{row}, {row.user.email}")
