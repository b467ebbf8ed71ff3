"""What people may type about meetings."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.formats import format_date
from portal.core.zones import zone
from portal.people.forms.fields import DayField
from portal.tenancy.models import Client, Member, Project
from portal.tenancy.naming import house_of
from protocols.meetings.guests import allowed, people_for
from protocols.meetings.planning import AHEAD
from protocols.models import Meeting, MeetingSeries, MeetingTopic
from protocols.models.meetings import Answer, Rhythm
from protocols.models.protocol import LONGEST

FURTHEST = timedelta(days=2 * 366)
LONGEST_SERIES = timedelta(days=10 * 366)
LONGEST_AGO = timedelta(days=366)
USUAL_MINUTES = 45
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class _PeopleForm(forms.ModelForm):
    """Project, leader and guests, which depend on the client. seen: which state of a planned one was on the screen."""

    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    duration_minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=5,
        max_value=LONGEST,
        initial=USUAL_MINUTES,
        widget=forms.NumberInput(attrs={"step": 5}),
    )
    ours = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=forms.CheckboxSelectMultiple)
    theirs = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, client: Client, member: Member, guests: Iterable[int] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.member = client, member
        self.people = {person.pk: person for person in people_for(client)}
        chosen = [pk for pk in guests if pk in self.people]
        self._offer("ours", client.agency.name, [p for p in self.people.values() if p.side == "agency"], chosen)
        self._offer("theirs", client.name, [p for p in self.people.values() if p.side != "agency"], chosen)
        self._offer_projects()
        self._offer_leaders()
        if self.instance.pk:
            self.initial["seen"] = self.instance.edited_at.isoformat()
        else:
            del self.fields["seen"]

    def _offer(self, name: str, house: str, people: list[Member], chosen: list[int]) -> None:
        field = cast(forms.TypedMultipleChoiceField, self.fields[name])
        field.choices = [(person.pk, self._named(person)) for person in people]
        field.label = _("From %(house)s") % {"house": house}
        field.is_unmarked = True  # type: ignore[attr-defined]  # nobody of one house is an answer too
        self.initial[name] = [pk for pk in chosen if self.people[pk] in people]

    def _named(self, person: Member) -> str:
        if person.is_vendor:
            return f"{person}, {house_of(person, self.client)}"
        return f"{person}, {person.position}" if person.position else str(person)

    def _offer_projects(self) -> None:
        """What goes on, and where it lies already: else the next save would take it out, and show it to more people."""
        field = cast(forms.ModelChoiceField, self.fields["project"])
        projects = Project.objects.visible_to(self.member).filter(client=self.client)
        field.queryset = (projects.active() | projects.filter(pk=self.instance.project_id)).order_by("name")
        field.empty_label = _("No project")

    def _offer_leaders(self) -> None:
        """One of the agency's people leads; whoever proposes a meeting leaves that to the agency.

        In the place of a leader who has left nobody stands by chance: whoever changes it, or the account manager.
        """
        if not self.member.is_specialist:
            del self.fields["leader"]
            return
        field = cast(forms.ModelChoiceField, self.fields["leader"])
        staff = [pk for pk, person in self.people.items() if person.is_specialist]
        field.queryset = (
            Member.objects.visible_to(self.member).filter(pk__in=staff).select_related("user").order_by("user__name")
        )
        field.required, field.empty_label = True, None
        field.choices = [
            (pk, str(self.people[pk])) for pk in sorted(staff, key=lambda pk: str(self.people[pk]).casefold())
        ]
        usual = self.member.pk if self.member.pk in staff else self.client.manager_id
        leader = self.initial.get("leader")
        self.initial["leader"] = leader if leader in staff else usual

    def clean_last_on(self):
        day = self.cleaned_data["last_on"]
        if day and day > timezone.localdate() + LONGEST_SERIES:
            raise forms.ValidationError(_("Choose a day within ten years, or leave it empty."), code="far")
        return day

    def clean(self):
        cleaned = super().clean() or {}
        chosen = [*cleaned.get("ours", []), *cleaned.get("theirs", [])]
        if "project" in cleaned:
            strange = set(chosen) - set(allowed(self.client, cleaned["project"], chosen))
            names = ", ".join(str(self.people[pk]) for pk in sorted(strange))
            if strange:
                self.add_error("theirs", _("%(names)s: choose a project that is shared with them.") % {"names": names})
        return cleaned

    @property
    def guests(self) -> list[int]:
        return [*self.cleaned_data["ours"], *self.cleaned_data["theirs"]]

    def words(self, *left_out: str) -> dict[str, Any]:
        """What goes into the columns."""
        skipped = {"ours", "theirs", *left_out}
        return {name: value for name, value in self.cleaned_data.items() if name not in skipped}

    def show(self, current: Meeting | MeetingSeries, said: str) -> None:
        """Keep what was typed; what stands now is said, and the next save counts from there."""
        words = _("Somebody else has changed this meanwhile. Now it is: %(now)s. Save again if yours is to count.")
        self.add_error(None, words % {"now": said})
        typed = cast(QueryDict, self.data).copy()
        typed["seen"] = current.edited_at.isoformat()
        self.data = typed


class MeetingForm(_PeopleForm):
    """One meeting, to be planned, proposed or changed; the agency's people may make a series of a new one."""

    rhythm = forms.ChoiceField(
        label=_("Repeats"),
        required=False,
        choices=[("", _("once")), *Rhythm.choices],
        help_text=_("The hour stays when the clocks change."),
    )
    last_on = DayField(
        label=_("Last on"), required=False, widget=DAY, help_text=_("Only of a series. Empty: until you end it.")
    )

    class Meta:
        model = Meeting
        fields = ("title", "kind", "starts_at", "place", "project", "leader")
        widgets = {
            "kind": forms.RadioSelect,
            "starts_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_new = self.instance.pk is None
        if not (self.is_new and self.member.is_specialist):
            del self.fields["rhythm"], self.fields["last_on"]
        if not self.is_new:
            self.initial["duration_minutes"] = self.instance.duration_minutes
        if self.instance.series_id:
            # The project decides who sees it; it is that of the series.
            del self.fields["project"], self.fields["ours"], self.fields["theirs"]

    def clean_starts_at(self):
        moment, now = self.cleaned_data["starts_at"], timezone.now()
        earliest = now - LONGEST_AGO if self.member.is_specialist else now
        if not earliest <= moment <= now + FURTHEST:
            text = (
                _("Choose a time between a year ago and two years ahead.")
                if self.member.is_specialist
                else _("Choose a time that is still to come.")
            )
            raise forms.ValidationError(text, code="far")
        return moment

    def clean(self):
        cleaned = super().clean()
        last, start = cleaned.get("last_on"), cleaned.get("starts_at")
        if cleaned.get("rhythm") and last and start and last < timezone.localdate(start):
            self.add_error("last_on", _("This lies before the first meeting."))
        return cleaned

    @property
    def is_series(self) -> bool:
        return bool(self.cleaned_data.get("rhythm"))

    def words_of_series(self) -> dict[str, Any]:
        """Day and hour as the agency's clock shows them."""
        clock = self.client.agency.time_zone
        local = self.cleaned_data["starts_at"].astimezone(zone(clock))
        words = self.words("starts_at")
        return {**words, "first_on": local.date(), "starts_at_time": local.time(), "time_zone": clock}


class SeriesForm(_PeopleForm):
    """Another plan for a series. since: the day of the old plan from which on it counts."""

    since = forms.TypedChoiceField(label=_("From which meeting on"), coerce=date.fromisoformat)

    class Meta:
        model = MeetingSeries
        fields = ("title", "kind", "first_on", "starts_at_time", "rhythm", "last_on", "place", "project", "leader")
        labels = {"first_on": _("Its new day"), "starts_at_time": _("At")}
        widgets = {
            "kind": forms.RadioSelect,
            "first_on": DAY,
            "last_on": DAY,
            "starts_at_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args, coming: list[Meeting], since: date | None, **kwargs):
        super().__init__(*args, guests=kwargs["instance"].guest_ids, **kwargs)
        self.days = [meeting.original_on for meeting in coming if meeting.original_on]
        field = cast(forms.TypedChoiceField, self.fields["since"])
        field.choices = [(day.isoformat(), format_date(day)) for day in self.days]
        chosen = since if since in self.days else self.days[0]
        minutes = self.instance.duration_minutes
        self.initial.update({"since": chosen.isoformat(), "first_on": chosen, "duration_minutes": minutes})

    def clean(self):
        cleaned = super().clean()
        first, since, last = (cleaned.get(name) for name in ("first_on", "since", "last_on"))
        if first and since and not self._earliest(since) <= first <= since + FURTHEST:
            day = format_date(self._earliest(since))
            self.add_error("first_on", _("Choose %(day)s or a later day.") % {"day": day})
        if first and last and last < first:
            self.add_error("last_on", _("This lies before the first meeting."))
        return cleaned

    def _earliest(self, since: date) -> date:
        """After the last meeting that stays, and not in the past."""
        kept = [day for day in self.days if day < since]
        return max([timezone.localdate(), *(day + timedelta(days=1) for day in kept[-1:])])


class EndForm(forms.Form):
    """The last day of a series."""

    last_on = DayField(
        label=_("Last day"),
        widget=DAY,
        help_text=_("No meeting after this day takes place. Those with an agenda stay to be read."),
    )

    def clean_last_on(self):
        day = self.cleaned_data["last_on"]
        if not timezone.localdate() - timedelta(days=1) <= day <= timezone.localdate() + AHEAD * 8:
            raise forms.ValidationError(_("Choose today or a later day."), code="past")
        return day


class TopicForm(forms.ModelForm):
    """A point of the agenda."""

    class Meta:
        model = MeetingTopic
        fields = ("text", "minutes")
        widgets = {"minutes": forms.NumberInput(attrs={"min": 5, "max": LONGEST, "step": 5, "inputmode": "numeric"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:  # below the agenda, without visible labels
            self.fields["text"].widget.attrs |= {
                "class": "input agenda-add",
                "placeholder": _("Add your item to the agenda"),
            }
            self.fields["minutes"].widget.attrs |= {"class": "input num agenda-minutes", "placeholder": _("Min.")}

    @property
    def words(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class AnswerForm(forms.Form):
    """Yes, no or maybe; `series`: to all that come."""

    answer = forms.ChoiceField(label=_("Do you come?"), choices=Answer.choices, widget=forms.RadioSelect)
    series = forms.BooleanField(label=_("Also to all following meetings of the series"), required=False)


class WaiverForm(forms.Form):
    """Why no protocol is written."""

    reason = forms.CharField(
        label=_("Why is no protocol needed?"),
        max_length=200,
        help_text=_("Everybody who sees the meeting can read it."),
    )
