"""Kinds of input that the forms of tickets need."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Member

LONGEST = 1000 * 60
EFFORT = re.compile(r"(\d{1,4}):(\d{2})\s*h?|(\d{1,5})(?:[.,](\d{1,2}))?\s*(m|min|minutes|h|hours?|std|t)?\.?")


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


class WordsField(forms.CharField):
    """May be empty when the form has something else instead, which the form checks; so it is not called optional."""

    is_unmarked = True


class EstimateField(forms.CharField):
    """Minutes, as people write them: "90 min", "1:30", "1.5 h", "2h". Gives an int or None."""

    def to_python(self, value):
        text = (super().to_python(value) or "").casefold().strip()
        if not text:
            return None
        found = EFFORT.fullmatch(text)
        if not found:
            raise forms.ValidationError(_("Write it like 90 min or 1:30."), code="invalid")
        hours, past, number, fraction, unit = found.groups()
        minutes = int(hours) * 60 + int(past) if hours else _minutes(number, fraction, unit)
        if not 1 <= minutes <= LONGEST:
            raise forms.ValidationError(_("Between 1 minute and 1000 hours."), code="range")
        return minutes

    def prepare_value(self, value):
        return f"{value // 60}:{value % 60:02}" if isinstance(value, int) else value


def _minutes(number: str, fraction: str | None, unit: str | None) -> int:
    """Hours when it says so or has a fraction, else minutes."""
    amount = float(f"{number}.{fraction or 0}")
    return round(amount * 60) if fraction or (unit and unit[0] in "hst") else int(number)
