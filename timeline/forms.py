"""What people may type on the timeline."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.formats import weekday_names
from portal.files.forms import MultipleFileField
from portal.people.forms.fields import DayField, MomentField, NameField, RowField, choices_of
from portal.tenancy.models import Client, Member, Project
from portal.tenancy.models.access import projects_open_to
from timeline.actions.posting import kind_names
from timeline.models import Activity

OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
MINUTE = "%Y-%m-%dT%H:%M"
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LONGEST = timedelta(days=366)


class ActivityForm(forms.Form):
    """Work to be put on the timeline; `activity` is the one that is edited. version says which state was on the screen."""

    kind = forms.ChoiceField(label=_("Kind"))
    title = NameField(label=_("Title"), max_length=200)
    text = forms.CharField(
        label=_("What was done"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Lists with -, **bold** and links work."),
    )
    link = forms.URLField(
        label=_("Link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(["http", "https"])],
    )
    happened_at = MomentField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE)
    )
    project = RowField(label=_("Project"), required=False)
    dropped = forms.MultipleChoiceField(label=_("Remove files"), required=False, widget=forms.CheckboxSelectMultiple)
    uploads = MultipleFileField(label=_("Files and pictures"), help_text=_("Up to 50 MB each."))
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, member: Member, client: Client, activity: Activity | None = None, files=(), **kwargs):
        super().__init__(*args, initial=_initial(activity), **kwargs)
        self.activity, self.links = activity, {str(link.pk): link for link in files}
        names = kind_names(client.agency)
        if activity and activity.kind.name not in names:
            names.append(activity.kind.name)
        choices_of(self, "kind").choices = [(name, name) for name in names]
        choices_of(self, "dropped").choices = [(pk, link.file.name) for pk, link in self.links.items()]
        if not self.links:
            del self.fields["dropped"]
        if activity:
            del self.fields["project"]
            return
        projects = Project.objects.visible_to(member).filter(client=client).active().order_by("name")
        if member.is_vendor:
            projects = projects.filter(pk__in=projects_open_to(member, client))
        field = choices_of(self, "project")
        field.required = member.is_vendor
        field.offer(list(projects))

    def clean_happened_at(self):
        moment = self.cleaned_data["happened_at"]
        if not OLDEST <= moment <= timezone.now() + timedelta(minutes=5):
            raise ValidationError(_("Give a moment that has passed, after the year 2000."), code="far")
        return moment

    def clean_dropped(self):
        return [self.links[pk] for pk in self.cleaned_data["dropped"]]

    def clean_version(self):
        if self.activity and self.cleaned_data["version"] != _version(self.activity):
            raise ValidationError(
                _("Somebody changed this entry while you were writing. Open it again in another tab and compare."),
                code="outdated",
            )
        return ""

    def words(self) -> dict:
        """What the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class DayForm(forms.Form):
    """From when outsiders see one entry."""

    do = forms.ChoiceField(
        label=_("What shall happen?"),
        widget=forms.RadioSelect,
        choices=[
            ("hold", _("Hold back")),
            ("release", _("Show now")),
            ("let_go", _("Follow the delay")),
        ],
    )
    until = DayField(
        label=_("Hold back until"), required=False, widget=DAY, help_text=_("Left empty, until somebody shows it.")
    )
    reason = NameField(label=_("Reason"), max_length=300, help_text=_("Only the agency reads it."))

    def clean_until(self):
        day = self.cleaned_data["until"]
        if day and day <= timezone.localdate():
            raise ValidationError(_("Choose a day that is still to come."))
        return datetime.combine(day, time(), timezone.get_current_timezone()) if day else None


class PeriodForm(forms.Form):
    """The days to print, both included. When none are asked for: the last thirty."""

    first = DayField(label=_("From"), widget=DAY)
    last = DayField(label=_("Until"), widget=DAY)

    def __init__(self, asked: Mapping[str, str]):
        today = timezone.localdate()
        days = {"first": (today - timedelta(days=29)).isoformat(), "last": today.isoformat()}
        super().__init__({name: asked.get(name) or day for name, day in days.items()})

    def clean(self):
        data = super().clean() or {}
        if not self.errors and data["first"] > data["last"]:
            self.add_error("last", _("The last day lies before the first."))
        elif not self.errors and data["last"] - data["first"] > LONGEST:
            self.add_error("first", _("At most a year at once."))
        return data


class WeeklyForm(forms.Form):
    """On which day the weekly mail comes."""

    weekday = forms.TypedChoiceField(label=_("Day of the mail"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices_of(self, "weekday").choices = [*_weekdays(), ("", _("No such mail"))]
        choices_of(self, "weekday").is_unmarked = True


def _weekdays() -> list[tuple[str, str]]:
    return [(str(number), name) for number, (_short, name) in enumerate(weekday_names())]


def _initial(activity: Activity | None) -> dict:
    if activity is None:
        return {"happened_at": timezone.localtime().replace(second=0, microsecond=0)}
    words = {name: getattr(activity, name) for name in ("title", "text", "link")}
    return {
        **words,
        "kind": activity.kind.name,
        "happened_at": timezone.localtime(activity.event.happened_at),
        "version": _version(activity),
    }


def _version(activity: Activity) -> str:
    return activity.event.changed_at.isoformat() if activity.event.changed_at else ""
