"""What is typed in about bank files."""

import re
from collections.abc import Iterable
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.banking.lines import MOST_BYTES
from portal.core.http import number_in


class BankFileForm(forms.Form):
    """content: of the file, after validation."""

    file = forms.FileField(
        label=gettext_lazy("Bank file"),
        help_text=gettext_lazy("CAMT.053 (XML) or MT940, as your bank offers it. At most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".xml,.sta,.mt940,.940,.txt"}),
    )
    content = b""

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("At most 5 MB. Ask the bank for a shorter period."))
        self.content = file.read()
        return file


def numbers_in(text: str) -> list[str]:
    """Numbers of invoices, as somebody types several of them."""
    return [word for word in re.split(r"[\s,;\0]+", text) if word][:20]


def ids_in(texts: Iterable[str]) -> list[int]:
    return [pk for text in texts if (pk := number_in(text))]


def amount_in(text: str) -> Decimal:
    """As the page gave it; zero for anything else."""
    return Decimal(text) if re.fullmatch(r"[0-9]{1,12}\.[0-9]{2}", text) else Decimal(0)
