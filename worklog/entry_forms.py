"""What people may type about one entry: other words, and results."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.formats import format_minutes
from portal.events.models import Event
from portal.files.forms import MultipleFileField
from portal.people.forms.fields import DayField, NameField, RowField, choices_of
from portal.tenancy.models import Client, Member
from timeline.events import POSTED
from worklog.actions.kinds import kind_names
from worklog.choosing import places_of
from worklog.days import MINUTE, stretches, zone_of
from worklog.durations import DAY as DAY_MINUTES
from worklog.durations import Typed
from worklog.fields import TimeField
from worklog.forms import AHEAD, DAY, OLDEST
from worklog.models import Charge, WorkEntry
from worklog.subjects import key_of, named


class EntryForm(forms.Form):
    """An entry to be changed."""

    text = NameField(label=_("What was done"), max_length=500)
    place = forms.ChoiceField(label=_("Project"), required=False)
    kind = forms.ChoiceField(label=_("Kind of work"))
    spent_on = DayField(label=_("Day"), widget=DAY)
    time = TimeField(label=_("Time"), max_length=20, help_text=_("1:30, 90m or 9-10:30"))
    key = NameField(
        label=_("Belongs to"), max_length=40, required=False, help_text=_("The key of a ticket, such as HM-214.")
    )
    charge = forms.ChoiceField(label=_("Counts as"), choices=Charge.choices, widget=forms.RadioSelect)
    reason = NameField(
        label=_("Why it changes"),
        max_length=300,
        required=False,
        help_text=_("The client reads it, if it saw the entry."),
    )
    note = forms.CharField(
        label=_("Internal note"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only the agency reads it."),
    )

    def __init__(self, *args, member: Member, entry: WorkEntry, note: str = "", **kwargs):
        super().__init__(*args, initial=_initial(entry) | {"note": note, "key": key_of(entry, member)}, **kwargs)
        self.entry, self.member = entry, member
        self.projects = {
            str(place.project.pk): place.project
            for place in places_of(member)
            if place.project and place.client.pk == entry.client_id
        }
        if entry.project:
            self.projects.setdefault(str(entry.project_id), entry.project)
        empty = [] if member.is_vendor else [("", _("No project"))]
        choices_of(self, "place").choices = empty + [(pk, row.name) for pk, row in self.projects.items()]
        names = kind_names(entry.client.agency)
        choices_of(self, "kind").choices = [(name, name) for name in dict.fromkeys([*names, entry.kind.name])]
        if member.is_vendor:
            del self.fields["note"], self.fields["charge"]

    def clean_spent_on(self):
        day = self.cleaned_data["spent_on"]
        if not OLDEST <= day <= timezone.localdate() + AHEAD:
            raise ValidationError(_("Choose a day between 2000 and a year from now."))
        return day

    def clean_key(self):
        """The ticket is looked for at the entry's own client only."""
        key = self.cleaned_data["key"]
        self.subject = named(self.member, self.entry.client, key) if key else None
        if key and self.subject is None:
            raise ValidationError(_("No ticket of this client has this key."))
        return key

    def clean(self):
        data = super().clean() or {}
        data.setdefault("note", "")
        if self.errors:
            return data
        typed = data["time"] if "time" in self.changed_data else _typed(self.entry)
        work = stretches(data["spent_on"], typed, zone_of(self.entry.member))
        if len(work) != 1:
            self.add_error("time", _("One entry lies on one day. Log the rest as another."))
        else:
            self.stretch = work[0]
        return data

    def words(self) -> dict:
        """What the action takes. Day and time only when one of them is another: then times go along to another day, and another
        duration alone leaves them.
        """
        data = self.cleaned_data
        words = {"text": data["text"], "kind": data["kind"], "project": self.projects.get(data["place"])}
        words |= {"charge": data["charge"]} if "charge" in data else {}
        words |= {"subject": self.subject and self.subject[:2]} if "key" in self.changed_data else {}
        if not {"time", "spent_on"} & set(self.changed_data):
            return words
        minutes = self.stretch.minutes
        if "time" not in self.changed_data:
            minutes = min(minutes, self.entry.minutes)
        words |= {"spent_on": data["spent_on"], "minutes": minutes}
        if self.stretch.started_at or "spent_on" in self.changed_data:
            words |= {"started_at": self.stretch.started_at, "ended_at": self.stretch.ended_at}
        return words


class ResultForm(forms.Form):
    """What came of the work: any of these, or several."""

    title = NameField(label=_("Title"), max_length=200, required=False)
    link = forms.URLField(
        label=_("Link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(["http", "https"])],
    )
    text = forms.CharField(label=_("Text"), required=False, max_length=50_000, widget=forms.Textarea(attrs={"rows": 3}))
    uploads = MultipleFileField(
        label=_("Files and screenshots"), help_text=_("Or paste a screenshot here. Up to 50 MB each.")
    )
    event = RowField(label=_("Shown with"), required=False, help_text=_("It waits with this entry of the timeline."))

    def __init__(self, *args, member: Member, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Event.objects.visible_to(member).of(client).filter(kind=POSTED, visible_from__gt=timezone.now())
        posted = list(rows.order_by("-happened_at")[:20]) if member.is_specialist else []
        if posted:
            choices_of(self, "event").offer(posted, lambda row: row.title)
        else:
            del self.fields["event"]

    def clean(self):
        data = super().clean() or {}
        if not self.errors and not (data["link"] or data["text"] or data["uploads"]):
            self.add_error("link", _("Give a link, a text or a file."))
        return data

    def words(self) -> dict:
        """What the action takes."""
        return {"event": None, **self.cleaned_data}


def _initial(entry: WorkEntry) -> dict:
    return {
        "text": entry.text,
        "place": str(entry.project_id or ""),
        "kind": entry.kind.name,
        "spent_on": entry.spent_on,
        "time": _time(entry),
        "charge": entry.charge,
    }


def _time(entry: WorkEntry) -> str:
    """From and to by its author's clock, as it is typed; the duration where that is all there is, or there was a break."""
    typed = _typed(entry)
    if typed.start is None or typed.end is None or typed.minutes != entry.minutes:
        return format_minutes(entry.minutes)
    return "-".join(
        f"{moment // 60:02}:{moment % 60:02}" for moment in (typed.start, typed.end % DAY_MINUTES or DAY_MINUTES)
    )


def _typed(entry: WorkEntry) -> Typed:
    """What would have to be typed for the times of the entry; its duration where the clocks changed between them."""
    if entry.started_at is None or entry.ended_at is None:
        return Typed(entry.minutes)
    clock = zone_of(entry.member)
    start, end = (moment.astimezone(clock) for moment in (entry.started_at, entry.ended_at))
    first, last = (moment.hour * 60 + moment.minute for moment in (start, end))
    last += DAY_MINUTES if last <= first else 0
    if (last - first) * MINUTE != entry.ended_at - entry.started_at:
        return Typed(entry.minutes)
    return Typed(last - first, first, last)
