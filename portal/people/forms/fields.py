"""Fields that several forms share."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any
from unicodedata import category

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

JOINERS = re.compile("(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])")
"""Between letters of Persian or Hindi and parts of an emoji they are spelling; inside a Latin word they only hide."""


class NameField(forms.CharField):
    """One line of text: line breaks and other invisible characters are refused (they end up in mail headers).

    Spaces that do not break, or are wider, come along when a name is pasted; here they are spaces.
    """

    def to_python(self, value):
        return "".join(" " if category(one) == "Zs" else one for one in super().to_python(value) or "")

    def clean(self, value):
        value = super().clean(value)
        if value and not JOINERS.sub("", value).isprintable():
            raise ValidationError(_("Please use one line without invisible characters."))
        return value


class ProseField(forms.CharField):
    """Lines of text: invisible characters, which come along when text is pasted and which no XML takes, are dropped."""

    def to_python(self, value):
        return "".join(one for one in super().to_python(value) or "" if one in "\r\n\t" or category(one) != "Cc")


class WordsField(forms.CharField):
    """May be empty when the form has something else instead, which the form checks; so it is not called optional."""

    is_unmarked = True


class DayField(forms.DateField):
    """A day of our time: there is no day after the last one of the calendar, so nobody could reckon with that."""

    default_validators = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2200, 12, 31))]


class MomentField(forms.DateTimeField):
    """A moment of our time; midnight at the end of the calendar lies past it in the next zone."""

    default_validators = [
        MinValueValidator(datetime(1900, 1, 1, tzinfo=UTC)),
        MaxValueValidator(datetime(2201, 1, 1, tzinfo=UTC)),
    ]


def choices_of(form: forms.Form, name: str) -> Any:
    """A field of the form whose choices are set for the reader."""
    return form.fields[name]


class RowField(forms.ChoiceField):
    """A choice among rows that were read for the reader; what is not offered cannot be chosen."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.rows: dict[str, object] = {}

    def __deepcopy__(self, memo):
        copied = super().__deepcopy__(memo)
        copied.rows = {}
        return copied

    def offer(self, rows: Iterable, label: Callable = str) -> None:
        """Offer these rows, in this order."""
        self.rows = {str(row.pk): row for row in rows}
        empty = [("", "—")] if not self.required or len(self.rows) != 1 else []
        self.choices = [*empty, *((pk, label(row)) for pk, row in self.rows.items())]

    def clean(self, value):
        return self.rows.get(super().clean(value))
