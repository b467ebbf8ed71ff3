"""What people may type for their time."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.people.forms.fields import NameField, choices_of
from portal.tenancy.models import Member
from worklog.actions.kinds import kind_names
from worklog.choosing import Place, places_of
from worklog.days import Stretch, stretches
from worklog.durations import Typed, read, split_words

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
OLDEST = date(2000, 1, 1)
AHEAD = timedelta(days=366)


class PlaceField(forms.ChoiceField):
    """A client or a project, among those where the member may log time."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.places: dict[str, Place] = {}

    def __deepcopy__(self, memo):
        copied = super().__deepcopy__(memo)
        copied.places = {}
        return copied

    def offer(self, places: list[Place]) -> None:
        self.places = {place.key: place for place in places}
        self.choices = [(key, str(place)) for key, place in self.places.items()]

    def clean(self, value):
        return self.places.get(super().clean(value))


class TimeField(forms.CharField):
    """A duration or a span, see worklog.durations. Cleans to what was meant, None when left empty."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        typed = read(text)
        if typed is None:
            raise ValidationError(_("Give a time such as 1:30, 90m or 9-10:30."), code="time")
        return typed


class QuickForm(forms.Form):
    """One line: what, for whom, which kind, how long. Without a time of its own the line may hold it: "Call 1:30"."""

    text = NameField(label=_("What did you do?"), max_length=500)
    place = PlaceField(label=_("Client"))
    kind = forms.ChoiceField(label=_("Kind of work"))
    time = TimeField(label=_("Time"), max_length=20, required=False)
    day = forms.DateField(label=_("Day"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args, member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        places = places_of(member)
        choices_of(self, "place").offer(places)
        choices_of(self, "kind").choices = [(name, name) for name in kind_names(member.agency)]
        self.has_places = bool(places)

    def clean_day(self):
        day = self.cleaned_data["day"] or timezone.localdate()
        if not OLDEST <= day <= timezone.localdate() + AHEAD:
            raise ValidationError(_("Choose a day between 2000 and a year from now."))
        return day

    def clean(self):
        data = super().clean() or {}
        if not self.errors and data["time"] is None:
            data["text"], data["time"] = split_words(data["text"])
        if not self.errors and data["time"] is None:
            self.add_error("time", _("How long did it take? For example 1:30, 90m or 9-10:30."))
        if not self.errors and not self.work():
            self.add_error("time", _("This time is none on that day: the clocks change."))
        return data

    def work(self) -> list[Stretch]:
        """What was typed, on its days, by the reader's own clock."""
        typed: Typed = self.cleaned_data["time"]
        return stretches(self.cleaned_data["day"], typed, timezone.get_current_timezone())  # type: ignore[arg-type]

    def words(self) -> dict:
        """What the action takes besides client and work."""
        data = self.cleaned_data
        return {"kind": data["kind"], "text": data["text"], "project": data["place"].project}
