"""Business hours: windows per weekday as people write them, public holidays, single days."""

import re
from itertools import pairwise

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from portal.core.business_time import window
from portal.core.public_holidays import CalendarError, public_holidays
from portal.people.forms import choices
from portal.people.forms.fields import DayField, NameField, choices_of
from portal.tenancy.models import Calendar

CLOCK = r"(\d{1,2})[:.](\d{2})"
SPAN = re.compile(rf"^\s*{CLOCK}\s*[-–—]\s*{CLOCK}\s*\Z")
"""As people write it: 09:00-18:00, 9.00 – 18.00."""


class WindowsField(forms.CharField):
    """Hours of a day: "09:00-12:30, 13:30-18:00"; gaps are breaks, empty is closed."""

    def __init__(self, **kwargs):
        super().__init__(required=False, max_length=200, **kwargs)
        self.is_unmarked = True  # an empty day is an answer too
        self.widget.attrs["placeholder"] = "09:00-12:30, 13:30-18:00"

    def prepare_value(self, value):
        return value if isinstance(value, str) else ", ".join(f"{start}-{end}" for start, end in value or [])

    def clean(self, value):
        pairs = [self._pair(part) for part in re.split("[,;]", super().clean(value)) if part.strip()]
        pairs.sort()
        if any(before[1] > after[0] for before, after in pairwise(pairs)):
            raise ValidationError(_("These hours overlap."))
        return pairs

    @staticmethod
    def _pair(text: str) -> list[str]:
        try:
            found = SPAN.match(text)
            parts = found.groups() if found else ("", "", "", "")
            start, end = (":".join(clock).zfill(5) for clock in (parts[:2], parts[2:]))
            end = "24:00" if end == "00:00" else end  # the end of this day, not its beginning
            return [clock for clock in (start, end) if window(start, end)]
        except CalendarError as error:
            raise ValidationError(_("Write hours as 09:00-12:30, several with a comma between them.")) from error


class CalendarForm(forms.Form):
    """The agency's calendar."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=choices.zones)
    country = forms.ChoiceField(label=_("Public holidays of"), required=False)
    region = forms.CharField(
        label=_("Region"),
        max_length=10,
        required=False,
        help_text=_("Code of the region, where holidays differ: BY for Bavaria."),
    )

    def __init__(self, *args, calendar: Calendar, **kwargs):
        initial = {name: getattr(calendar, name) for name in ("time_zone", "country", "region")}
        initial |= {f"day_{day}": calendar.windows.get(str(day), []) for day in range(7)}
        super().__init__(*args, initial=initial, **kwargs)
        choices_of(self, "country").choices = choices.countries()
        for day in range(7):
            self.fields[f"day_{day}"] = WindowsField(label=WEEKDAYS[day])

    def clean(self):
        cleaned = super().clean() or {}
        cleaned["region"] = cleaned.get("region", "").strip().upper()
        try:
            public_holidays(cleaned.get("country", ""), cleaned["region"], "", 2026)
        except CalendarError:
            known = ", ".join(choices.regions_of(cleaned["country"])) or "—"
            self.add_error("region", _("Unknown there. Known regions: %(known)s") % {"known": known})
        if not any(cleaned.get(f"day_{day}") for day in range(7)) and not self.errors:
            self.add_error("day_0", _("At least one day must have hours."))
        return cleaned

    def fields_of_calendar(self) -> dict:
        """What is saved: windows of the open weekdays, and the rest."""
        cleaned = self.cleaned_data
        windows = {str(day): cleaned[f"day_{day}"] for day in range(7) if cleaned[f"day_{day}"]}
        return {"windows": windows, **{name: cleaned[name] for name in ("time_zone", "country", "region")}}


class DayForm(forms.Form):
    """One day that differs."""

    day = DayField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    name = NameField(label=_("Reason"), max_length=120, required=False)
    windows = WindowsField(label=_("Hours"), help_text=_("Left empty, the day is off."))
