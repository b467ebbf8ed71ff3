"""What people may type about kinds of tickets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import TicketStatus, TicketType

LONGEST_DAYS = 365


class TypeForm(forms.Form):
    """Who may choose the kind, what an answer after the closing does, and the client's word for each state."""

    is_open_to_contacts = forms.BooleanField(label=_("The client's people can choose it"), required=False)
    reopen_days = forms.IntegerField(
        label=_("An answer opens a closed ticket again within days"),
        min_value=0,
        max_value=LONGEST_DAYS,
        help_text=_("Later, the answer becomes a new ticket that is linked with the old one. 0: always a new one."),
    )

    def __init__(self, *args, kind: TicketType, statuses: list[TicketStatus], **kwargs):
        first = {"is_open_to_contacts": kind.is_open_to_contacts, "reopen_days": kind.reopen_days}
        super().__init__(*args, initial=first, **kwargs)
        self.statuses = statuses
        for status in statuses:
            field = forms.CharField(label=str(status), max_length=60, initial=status.said_to_client)
            self.fields[f"word_{status.code}"] = field

    @property
    def words_of_client(self):
        """The fields of the states, in their order."""
        return [self[f"word_{status.code}"] for status in self.statuses]

    @property
    def words(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        words = {status.code: data[f"word_{status.code}"] for status in self.statuses}
        rules = {name: data[name] for name in ("is_open_to_contacts", "reopen_days")}
        return {**rules, "words": words}
