"""Kinds of input that the forms of protocols need."""

import re
from datetime import UTC, datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Client, Member
from portal.tenancy.naming import house_of
from protocols.models.protocol import LONGEST

DURATION = re.compile(r"(?:(\d{1,2}):(\d{2})|(\d{1,4})\s*(m|min|minuten|minutes|h|std|t|hours?)?\.?)(?:\s*h)?")


OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
FURTHEST = timedelta(days=366)


def is_possible(moment: datetime) -> bool:
    """Whether a meeting can have been then, or be soon."""
    return OLDEST <= moment <= timezone.now() + FURTHEST


class DurationField(forms.CharField):
    """Minutes, as people write them: "25", "25 min", "1:10", "1 h". Gives an int or None."""

    def to_python(self, value):
        text = (super().to_python(value) or "").casefold().strip()
        found = DURATION.fullmatch(text)
        if not text:
            return None
        if not found:
            raise forms.ValidationError(_("Write it like 25 min or 1:10."), code="invalid")
        hours, past, alone, unit = found.groups()
        minutes = int(hours) * 60 + int(past) if hours else int(alone) * (60 if unit and unit[0] in "hst" else 1)
        if not 1 <= minutes <= LONGEST:
            raise forms.ValidationError(_("Between 1 minute and 24 hours."), code="range")
        return minutes

    def prepare_value(self, value):
        return f"{value // 60}:{value % 60:02}" if isinstance(value, int) and value >= 60 else value


class PeopleField(forms.MultipleChoiceField):
    """People of both houses; gives members."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, people: list[Member], client: Client) -> None:
        """Whom one can choose."""
        self._people = {str(member.pk): member for member in people}
        self.choices = [(pk, f"{member}, {house_of(member, client)}") for pk, member in self._people.items()]

    def clean(self, value):
        return [self._people[pk] for pk in super().clean(value)]


class KindField(forms.TypedChoiceField):
    """One of its choices stands for nothing special, so it is not called optional."""

    is_unmarked = True
