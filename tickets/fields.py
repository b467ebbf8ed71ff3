"""Kinds of input that the forms of tickets need."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Member
from worklog import durations

LONGEST = 1000 * 60
"""Minutes that a ticket may be estimated at."""


class PersonField(forms.ChoiceField):
    """Somebody who is on offer, or nobody; gives a member or None."""

    def __init__(self, *args, empty_label, **kwargs):
        super().__init__(*args, **kwargs)
        self.empty_label, self._people = empty_label, dict[str, Member]()

    def offer(self, people: list[Member]) -> None:
        """Whom one can choose."""
        self._people = {str(member.pk): member for member in people}
        self.choices = [("", self.empty_label), *((pk, str(member)) for pk, member in self._people.items())]

    def clean(self, value):
        return self._people.get(super().clean(value))


class EstimateField(forms.CharField):
    """Minutes, as people write them in the work log too: "90 min", "1:30", "1.5 h", "2h". Gives an int or None."""

    def to_python(self, value):
        text = super().to_python(value) or ""
        if not text:
            return None
        typed = durations.read(text, most=LONGEST)
        if typed is None or typed.start is not None:
            raise forms.ValidationError(_("Write it like 90 min or 1:30, up to 1000 hours."), code="invalid")
        return typed.minutes

    def prepare_value(self, value):
        return f"{value // 60}:{value % 60:02}" if isinstance(value, int) else value
