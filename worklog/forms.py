"""What people may type for their time."""

import re
from datetime import UTC, date, datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.people.forms.fields import DayField, MomentField, NameField, choices_of
from portal.tenancy.models import Client, Member
from worklog.actions.kinds import kind_names
from worklog.choosing import Place, places_of
from worklog.days import LAST_YEAR, MINUTE, Stretch, stretches
from worklog.durations import Typed, split_words
from worklog.fields import PlaceField, TimeField
from worklog.models import LONGEST_MINUTES
from worklog.sheet import key_of
from worklog.subjects import named

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
OLDEST = date(2000, 1, 1)
AHEAD = timedelta(days=366)
KEY = re.compile(r"[^\W\d_]\w{0,15}-\d{1,9}")
"""What may be the key of a ticket: HM-214."""
LAST_SECOND = int(datetime(LAST_YEAR, 1, 1, tzinfo=UTC).timestamp())


class QuickForm(forms.Form):
    """One line: what, for whom, which kind, how long. Without a time of its own the line may hold it: "Call 1:30"."""

    text = NameField(label=_("What did you do?"), max_length=500)
    place = PlaceField(label=_("Client"), widget=forms.Select(attrs={"class": "input"}))
    kind = forms.ChoiceField(label=_("Kind of work"), widget=forms.Select(attrs={"class": "input"}))
    time = TimeField(label=_("Time"), max_length=20, required=False)
    day = DayField(label=_("Day"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args, member: Member, day: date, **kwargs):
        super().__init__(*args, initial={"day": day}, **kwargs)
        self.shown_day, places = day, places_of(member)
        self.member = member
        self.subject: tuple[str, int] | None = None
        choices_of(self, "place").offer(places)
        choices_of(self, "kind").choices = [(name, name) for name in kind_names(member.agency)]
        self.has_places = bool(places)

    def suggest(self, last: tuple[str, str] | None, place: str = "") -> None:
        """Where and what was worked on last stands there already. place: where the reader comes from, if from a client's page."""
        if last:
            self.initial.update(place=last[0], kind=last[1])
        if place:
            self.initial["place"] = place

    @property
    def shown(self) -> list:
        """What a page shows of it besides the choices, for `keep`."""
        return [self.errors.as_json(), *(bound.value() for bound in self)]

    def clean_day(self):
        self.shown_day = day = self.cleaned_data["day"] or timezone.localdate()
        if not OLDEST <= day <= timezone.localdate() + AHEAD:
            raise ValidationError(_("Choose a day between 2000 and a year from now."))
        return day

    def clean(self):
        data = super().clean() or {}
        if not self.errors and data["time"] is None:
            data["text"], data["time"] = split_words(data["text"])
        if not self.errors and data["time"] is None:
            self.add_error("time", _("How long did it take? For example 1:30, 90m or 9-10:30."))
        if not self.errors:
            data["text"] = self._without_key(data["text"], data["place"].client)
        if not self.errors and not self.work():
            self.add_error("time", _("This time is none on that day: the clocks change."))
        return data

    def _without_key(self, text: str, client: Client) -> str:
        """The words of a line that begins with a ticket's key: "HM-214 Call". The key alone says what the ticket is called."""
        key, _space, rest = text.partition(" ")
        found = named(self.member, client, key) if KEY.fullmatch(key) else None
        if found is None:
            return text
        self.subject = found[:2]
        return rest.strip() or found[2][:500]

    def work(self) -> list[Stretch]:
        """What was typed, on its days, by the reader's own clock."""
        typed: Typed = self.cleaned_data["time"]
        return stretches(self.cleaned_data["day"], typed, timezone.get_current_timezone())  # type: ignore[arg-type]

    def words(self) -> dict:
        """What the action takes besides client and work."""
        data = self.cleaned_data
        place = data["place"]
        return {"kind": data["kind"], "text": data["text"], "project": place.project, "subject": self.subject}


class UndoForm(forms.Form):
    """entries: ids with commas between them; was: the minutes before, nothing when the entries are to go.

    start, end: from and to before, in seconds since 1970, when they were known.
    """

    entries = forms.RegexField(r"^\d{1,18}(,\d{1,18}){0,20}$")
    was = forms.IntegerField(min_value=1, max_value=LONGEST_MINUTES, required=False)
    start = forms.IntegerField(min_value=0, max_value=LAST_SECOND, required=False)
    end = forms.IntegerField(min_value=0, max_value=LAST_SECOND, required=False)

    def clean_entries(self):
        return [int(pk) for pk in self.cleaned_data["entries"].split(",")]

    @property
    def before(self) -> dict | None:
        """The words of the time before; None when there was none."""
        data = self.cleaned_data
        if not data["was"]:
            return None
        start, end = (data[name] and datetime.fromtimestamp(data[name], UTC) for name in ("start", "end"))
        is_span = start and end and data["was"] * MINUTE <= end - start <= LONGEST_MINUTES * MINUTE
        return {"minutes": data["was"], "started_at": start if is_span else None, "ended_at": end if is_span else None}


class TimerForm(forms.Form):
    """For whom and what the timer runs. Everything may be left open until the end."""

    text = NameField(label=_("What are you doing?"), max_length=500, required=False)
    place = PlaceField(label=_("Client"), required=False)
    kind = forms.ChoiceField(label=_("Kind of work"), required=False)

    def __init__(self, *args, member: Member, is_complete: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        choices_of(self, "place").offer(places_of(member))
        choices_of(self, "kind").choices = [("", "—"), *((name, name) for name in kind_names(member.agency))]
        for field in self.fields.values():
            field.required = is_complete

    def words(self) -> dict:
        """What the action takes."""
        data = self.cleaned_data
        place = data["place"]
        where = {"client": place.client, "project": place.project} if place else {"client": None, "project": None}
        return {**where, "kind": data["kind"], "text": data["text"]}


class StopForm(TimerForm):
    """The same at the end, and when it was."""

    at = MomentField(
        label=_("Stopped at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Left empty, now."),
    )

    def __init__(self, *args, since, **kwargs):
        super().__init__(*args, is_complete=True, **kwargs)
        self.fields["at"].required, self.since = False, since

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at and not self.since <= at <= timezone.now():
            raise ValidationError(_("Give a moment between the start and now."))
        return at


class RowForm(forms.Form):
    """One more row of the week's sheet."""

    place = PlaceField(label=_("Client"))
    kind = forms.ChoiceField(label=_("Kind of work"))

    def __init__(self, *args, member: Member, places: list[Place] | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        choices_of(self, "place").offer(places_of(member) if places is None else places)
        choices_of(self, "kind").choices = [(name, name) for name in kind_names(member.agency)]

    @property
    def key(self) -> str:
        return key_of(self.cleaned_data["place"].key, self.cleaned_data["kind"])
