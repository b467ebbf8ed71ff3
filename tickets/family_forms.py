"""What people may type about parts, links and checklists."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.people.forms.fields import NameField
from tickets.models import LinkKind, TicketType


class LinkForm(forms.Form):
    """How this ticket belongs to another one."""

    kind = forms.ChoiceField(
        label=_("This ticket"),
        choices=[
            (LinkKind.BLOCKS, LinkKind.BLOCKS.label),
            (LinkKind.DUPLICATE, LinkKind.DUPLICATE.label),
            (LinkKind.MERGED, _("is merged into")),
        ],
    )
    key = forms.CharField(label=_("the ticket"), max_length=20)


class PartForm(forms.Form):
    """A part of a complex ticket."""

    title = NameField(label=_("In one sentence"), max_length=200)
    type = forms.ChoiceField(label=_("Kind"))

    def __init__(self, *args, types: list[TicketType], **kwargs):
        super().__init__(*args, **kwargs)
        self.types = {str(kind.pk): kind for kind in types if not kind.has_parts}
        cast(forms.ChoiceField, self.fields["type"]).choices = [(pk, str(kind)) for pk, kind in self.types.items()]

    @property
    def words(self) -> dict[str, Any]:
        return {"title": self.cleaned_data["title"], "type": self.types[self.cleaned_data["type"]]}


class ItemForm(forms.Form):
    """One line of a checklist."""

    text = NameField(label=_("To do"), max_length=300)
