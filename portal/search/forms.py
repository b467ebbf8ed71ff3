"""What is asked: the line of words, and the same filters as fields for whoever does not type them."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from portal.search.asking import Asked, understood

POSSIBLE = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class QuestionForm(forms.Form):
    """Whatever makes no sense is left out rather than complained about. A field says it more clearly than the line does."""

    q = forms.CharField(required=False)
    who = forms.CharField(required=False, max_length=100)
    since = forms.DateField(required=False, validators=POSSIBLE)
    until = forms.DateField(required=False, validators=POSSIBLE)

    def clean_q(self):
        return self.cleaned_data["q"][:200]

    @property
    def asked(self) -> Asked:
        """The question; both days belong to it."""
        wanted = self._wanted
        asked = understood(wanted.get("q", ""))
        if who := wanted.get("who"):
            asked.sender = who
        if first := wanted.get("since"):
            asked.since = _midnight(first)
        if last := wanted.get("until"):
            asked.before = _midnight(last + timedelta(days=1))
        return asked

    @property
    def has_more(self) -> bool:
        """Whether one of the fields below the line is filled in."""
        return any(name != "q" for name in self._wanted)

    @property
    def line(self) -> str:
        """The question as part of an address."""
        return urlencode(self._wanted)

    @property
    def _wanted(self) -> dict:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())
