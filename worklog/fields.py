"""Fields for time, and for where it is logged."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.core.formats import format_minutes
from worklog.choosing import Place
from worklog.durations import read


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
        empty = [] if self.required else [("", "—")]
        self.choices = [*empty, *((key, str(place)) for key, place in self.places.items())]

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


class HoursField(TimeField):
    """A duration in minutes."""

    def prepare_value(self, value):
        return format_minutes(value) if isinstance(value, int) else value

    def clean(self, value):
        return super().clean(value).minutes
