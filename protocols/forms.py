"""What people may type about protocols."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.files.checking import FileRefused
from portal.files.forms import MultipleFileField
from portal.files.storage import StorageTrouble
from portal.tenancy.models import Project
from protocols.models import Kind, Protocol, ProtocolQuerySet, projects_open_to

OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
MAX_TEXT = 100_000
MAX_COMMENT = 20_000


class ProtocolForm(forms.ModelForm):
    """A protocol, new or to be changed; `version` says which state was on the screen."""

    uploads = MultipleFileField(label=_("Documents"), help_text=_("Slides, sheets, pictures. Up to 50 MB each."))
    version = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Protocol
        fields = ("kind", "title", "held_at", "duration_minutes", "place", "project", "key_points")
        widgets = {
            "kind": forms.RadioSelect,
            "held_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "duration_minutes": forms.NumberInput(attrs={"min": 1, "max": 1440, "inputmode": "numeric"}),
            "key_points": forms.Textarea(attrs={"rows": 14}),
        }
        help_texts = {
            "key_points": _("One heading per topic (## Topic), lists with -, **bold** for what was decided."),
        }

    def __init__(self, *args, client, member, **kwargs):
        super().__init__(*args, **kwargs)
        projects = Project.objects.visible_to(member).filter(client=client).active().order_by("name")
        if member.is_vendor:
            projects = projects.filter(pk__in=projects_open_to(member, client))
        choice = cast(forms.ModelChoiceField, self.fields["project"])
        choice.queryset, choice.required, choice.empty_label = projects, member.is_vendor, _("No project")
        self.initial.setdefault("held_at", timezone.now().replace(second=0, microsecond=0))
        self.initial["version"] = self.instance.edited_at.isoformat() if self.instance.pk else ""

    def clean_held_at(self):
        moment = self.cleaned_data["held_at"]
        if not OLDEST <= moment <= timezone.now() + timedelta(days=366):
            raise forms.ValidationError(_("Give a day between the year 2000 and a year from now."), code="far")
        return moment

    def clean_key_points(self):
        return _short_enough(self.cleaned_data["key_points"], MAX_TEXT)

    def show_version(self, current: Protocol) -> None:
        """Keep what was typed, but let the next save count from this state."""
        # items(), because ** would copy the lists that a QueryDict keeps inside.
        self.data = dict(self.data.items()) | {self.add_prefix("version"): current.edited_at.isoformat()}

    @property
    def words(self) -> dict:
        """What goes into the protocol's own columns."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class WordsField(forms.CharField):
    """May be empty when the form has something else instead, which the form checks; so it is not called optional."""

    is_unmarked = True


class CommentForm(forms.Form):
    """Words, files, or both."""

    text = WordsField(label=_("Your comment"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    uploads = MultipleFileField(label=_("Files"), help_text=_("Up to 50 MB each."))

    def clean_text(self):
        return _short_enough(self.cleaned_data["text"], MAX_COMMENT)

    def clean(self):
        if not self.errors and not self.cleaned_data.get("text") and not self.cleaned_data.get("uploads"):
            self.add_error("text", _("Write something, or attach a file."))
        return self.cleaned_data


class DocumentsForm(forms.Form):
    """Further documents for a protocol."""

    uploads = MultipleFileField(label=_("Further documents"), help_text=_("Up to 50 MB each."), required=True)


class FilterForm(forms.Form):
    """What the list shows. Whatever makes no sense is left out rather than complained about."""

    q = forms.CharField(required=False, max_length=200)
    kind = forms.ChoiceField(required=False, choices=[("", _("All kinds")), *Kind.choices])
    year = forms.IntegerField(required=False, min_value=2000, max_value=2100)

    def narrow(self, rows: ProtocolQuerySet) -> ProtocolQuerySet:
        """The rows that match."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("q"):
            rows = rows.matching(wanted["q"].split())
        if wanted.get("kind"):
            rows = rows.filter(kind=wanted["kind"])
        if wanted.get("year"):
            rows = rows.held_in(wanted["year"])
        return rows

    @property
    def is_narrowing(self) -> bool:
        return any(self.cleaned_data.values())


@contextmanager
def taking_files(form: forms.BaseForm):
    """What the storage or the virus scanner refuses becomes a message at the field; the action has undone itself."""
    try:
        yield
    except (FileRefused, StorageTrouble) as error:
        form.add_error("uploads", error)


def _short_enough(text: str, limit: int) -> str:
    if len(text) > limit:
        words = {"limit": limit, "length": len(text)}
        raise forms.ValidationError(_("At most %(limit)d characters; this has %(length)d."), code="long", params=words)
    return text
