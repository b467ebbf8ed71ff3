"""Quantities as people type them: "26:10" or "26.5" hours, which are kept as minutes, else a number."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from invoices.models import Unit
from portal.core.formats import format_minutes

CLOCK = re.compile(r"^(-?)(\d{1,6}):([0-5]\d)$")
NUMBER = re.compile(r"^-?\d+([.,]\d{1,2})?$", re.ASCII)
"""With three decimals nobody knows: 1,000 is one or a thousand."""
MOST = Decimal("9999999")


class HoursOrNumber(forms.CharField):
    """Cleans to minutes (int) for a clock, to a Decimal for a number, to None when empty."""

    def __init__(self, **kwargs):
        super().__init__(max_length=12, **kwargs)

    def clean(self, value):
        text = super().clean(value).removesuffix("h").replace("−", "-").strip()
        if not text:
            return None
        if found := CLOCK.match(text):
            minutes = int(found[2]) * 60 + int(found[3])
            return -minutes if found[1] else minutes
        if not NUMBER.match(text) or abs(number := Decimal(text.replace(",", "."))) > MOST:
            words = _(
                "Give a number with at most two decimals and nothing between the thousands, or hours such as 1:30."
            )
            raise ValidationError(words, code="quantity")
        return number

    @staticmethod
    def count(value: int | Decimal | None, unit: str, empty: Decimal = Decimal(1)) -> Decimal:
        """What was typed, in the unit: minutes where the unit is minutes; a clock counts as hours elsewhere."""
        if value is None:
            return empty
        if unit == Unit.MINUTE:
            return Decimal(value) if isinstance(value, int) else (value * 60).quantize(Decimal(1))
        return (Decimal(value) / 60).quantize(Decimal("0.01")) if isinstance(value, int) else value

    @staticmethod
    def said(quantity: Decimal, unit: str) -> str:
        """As it is typed."""
        if unit == Unit.MINUTE:
            return format_minutes(int(quantity)).replace("−", "-")
        return f"{quantity.normalize():f}"
