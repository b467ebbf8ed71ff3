"""Fields that several forms share."""

from collections.abc import Callable, Iterable
from typing import Any
from unicodedata import category

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class NameField(forms.CharField):
    """One line of text: line breaks and other invisible characters are refused (they end up in mail headers)."""

    def clean(self, value):
        value = super().clean(value)
        if value and not value.isprintable():
            raise ValidationError(_("Please use one line without invisible characters."))
        return value


class ProseField(forms.CharField):
    """Lines of text: invisible characters, which come along when text is pasted and which no XML takes, are dropped."""

    def to_python(self, value):
        return "".join(one for one in super().to_python(value) or "" if one in "\r\n\t" or category(one) != "Cc")


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
