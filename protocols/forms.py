"""What people may type about protocols."""

from collections.abc import Iterable
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.files.forms import MultipleFileField
from portal.people.forms.fields import WordsField
from portal.tenancy.models import Project
from portal.tenancy.models.access import projects_open_to
from protocols.actions import MOST_ITEMS, Contents, Point
from protocols.fields import DurationField, KindField, PeopleField, is_possible
from protocols.models import Comment, InternalNote, Kind, Protocol, ProtocolQuerySet
from protocols.understanding import people_at

MAX_TEXT = 100_000
MAX_COMMENT = 20_000


class PointForm(forms.Form):
    """One agenda item; without a title it counts as nothing, unless there are notes."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Agenda item"), max_length=200, required=False)
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean(self):
        data = self.cleaned_data
        if data.get("notes") and not data.get("title") and not self.errors:
            data["title"] = data["notes"].strip().splitlines()[0].lstrip("!?@-*# ")[:80] or gettext("Notes")
        return data


class BasePointFormSet(forms.BaseFormSet):
    """The agenda. Empty rows are left out; the order is that of the page."""

    def points(self) -> list[Point]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("title")]
        return [Point(row["title"], row.get("notes", ""), row.get("pk")) for row in rows]


PointFormSet = forms.formset_factory(
    PointForm, formset=BasePointFormSet, extra=1, max_num=MOST_ITEMS, validate_max=True
)


class ProtocolForm(forms.ModelForm):
    """A protocol, new or to be changed; `version` says which state was on the screen."""

    uploads = MultipleFileField(label=_("Documents"), help_text=_("Slides, sheets, pictures. Up to 50 MB each."))
    version = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    duration_minutes = DurationField(label=_("How long"), required=False, help_text=_("For example 25 min or 1:10"))
    present = PeopleField(label=_("Who was there?"), required=False)
    absent = PeopleField(label=_("Invited, but not there"), required=False)
    uninvited = PeopleField(label=_("Came without an invitation"), required=False)
    others = forms.CharField(
        label=_("Other people"),
        required=False,
        max_length=500,
        help_text=_("Names of guests, with commas between them."),
    )
    internal_note = forms.CharField(
        label=_("Notes for the agency only"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    class Meta:
        model = Protocol
        fields = ("kind", "title", "held_at", "duration_minutes", "place", "project", "key_points")
        widgets = {
            "kind": forms.RadioSelect,
            "held_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "key_points": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *args, client, member, meeting=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.meeting = meeting or self.instance.meeting
        self._choose_people(client, member)
        if not member.is_specialist:
            del self.fields["internal_note"]
        elif self.instance.pk:
            note = InternalNote.objects.filter(agency_id=client.agency_id, protocol=self.instance)
            self.initial["internal_note"] = note.values_list("text", flat=True).first() or ""
        all_projects = Project.objects.visible_to(member).filter(client=client)
        projects = (all_projects.active() | all_projects.filter(pk=self.instance.project_id)).order_by("name")
        goes_by_projects = member.goes_by_projects(client.pk)
        if goes_by_projects:
            projects = projects.filter(pk__in=projects_open_to(member, client))
        choice = cast(forms.ModelChoiceField, self.fields["project"])
        choice.queryset, choice.required, choice.empty_label = projects, goes_by_projects, _("No project")
        self.initial.setdefault("held_at", timezone.now().replace(second=0, microsecond=0))
        self.initial["version"] = self.instance.edited_at.isoformat() if self.instance.pk else ""

    def _choose_people(self, client, member) -> None:
        """Whoever is noted can be chosen too, even if he has left or lost the area since; else the next save would drop him."""
        rows = list(self.instance.participations.all()) if self.instance.pk else []
        members = [row for row in rows if row.member_id]
        present = [row.member_id for row in members if row.was_present] if self.instance.pk else [member.pk]
        absent = [row.member_id for row in members if not row.was_present]
        if self.meeting and not self.instance.pk:
            guests = [guest for guest in self.meeting.guests.all() if guest.member_id != member.pk]
            present += [guest.member_id for guest in guests if guest.is_expected]
            absent = [guest.member_id for guest in guests if not guest.is_expected]
        author = self.instance.author_id if self.instance.pk else member.pk
        noted = {author, *present, *absent} - {None}
        people = people_at(client, noted)
        for name in ("present", "absent", "uninvited"):
            cast(PeopleField, self.fields[name]).offer(people, client)
        by_name = [row.name for row in rows if row.member_id is None and row.was_present]
        first = {
            "present": present,
            "absent": absent,
            "uninvited": [row.member_id for row in members if not row.was_invited],
            "others": ", ".join(by_name),
        }
        self.initial = {**first, **self.initial}

    def clean_held_at(self):
        moment = self.cleaned_data["held_at"]
        if not is_possible(moment):
            raise forms.ValidationError(_("Give a day between the year 2000 and a year from now."), code="far")
        return moment

    def clean_key_points(self):
        return _short_enough(self.cleaned_data["key_points"], MAX_TEXT)

    def show_version(self, current: Protocol) -> None:
        """Keep what was typed, but let the next save count from this state."""
        typed = cast(QueryDict, self.data).copy()  # with all boxes that were ticked, which a dict would not hold
        typed[self.add_prefix("version")] = current.edited_at.isoformat()
        self.data = typed

    @property
    def words(self) -> dict:
        """What goes into the protocol's own columns."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def contents(self, points: BasePointFormSet) -> Contents:
        """Agenda, people and the internal note."""
        data = self.cleaned_data
        return Contents(
            points=points.points(),
            present=data["present"],
            absent=data["absent"],
            uninvited=data["uninvited"],
            others=[name.strip() for name in data["others"].split(",") if name.strip()],
            internal_note=data.get("internal_note"),
        )


class CommentForm(forms.Form):
    """Words, files, or both; a correction needs words."""

    is_correction = KindField(
        label=_("Kind of comment"),
        choices=[("", _("Comment")), ("1", _("Correction"))],
        coerce=bool,
        required=False,
        widget=forms.RadioSelect,
    )
    about = forms.ChoiceField(label=_("About"), required=False)
    text = WordsField(label=_("Your comment"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    uploads = MultipleFileField(label=_("Files"), help_text=_("Up to 50 MB each."))

    def __init__(self, *args, places: Iterable[str] = (), may_correct: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        whole = [("", _("The whole protocol"))]
        cast(forms.ChoiceField, self.fields["about"]).choices = whole + [(title, title) for title in places]
        if not may_correct:
            del self.fields["is_correction"], self.fields["about"]

    @property
    def words(self) -> dict:
        """What the action takes."""
        data = self.cleaned_data
        what = {"text": data["text"], "uploads": data["uploads"]}
        return {**what, "is_correction": bool(data.get("is_correction")), "about": data.get("about", "")}

    def clean_text(self):
        return _short_enough(self.cleaned_data["text"], MAX_COMMENT)

    def clean(self):
        if not self.errors and not self.cleaned_data.get("text") and not self.cleaned_data.get("uploads"):
            self.add_error("text", _("Write something, or attach a file."))
        elif self.cleaned_data.get("is_correction") and not self.cleaned_data.get("text"):
            self.add_error("text", _("Say what it should be instead."))
        return self.cleaned_data


class DocumentsForm(forms.Form):
    """Further documents for a protocol."""

    uploads = MultipleFileField(label=_("Further documents"), help_text=_("Up to 50 MB each."), required=True)


class AnswerForm(forms.Form):
    """How a correction is settled."""

    how = forms.ChoiceField(
        label=_("How"), choices=[("taken", _("It stands in the protocol now")), ("answered", _("It stays as it is"))]
    )
    answer = forms.CharField(
        label=_("Answer"), required=False, max_length=MAX_COMMENT, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, said: Comment, **kwargs):
        super().__init__(*args, **kwargs)
        self.said = said

    def clean_how(self):
        how = self.cleaned_data["how"]
        if how == "taken" and not self.said.may_be_taken_in():
            raise forms.ValidationError(
                _(
                    "The text has not changed since this correction came. Change the protocol first, or say why it stays as it is."
                ),
                code="unchanged",
            )
        return how

    def clean(self):
        if self.cleaned_data.get("how") == "answered" and not self.cleaned_data.get("answer") and not self.errors:
            self.add_error("answer", _("Say why it stays as it is."))
        return self.cleaned_data


class FilterForm(forms.Form):
    """What the list shows. Whatever makes no sense is left out rather than complained about."""

    q = forms.CharField(required=False, max_length=200)
    kind = forms.ChoiceField(required=False, choices=[("", _("All kinds")), *Kind.choices])
    year = forms.IntegerField(required=False, min_value=2000, max_value=2100)
    project = forms.IntegerField(required=False, min_value=1)
    author = forms.IntegerField(required=False, min_value=1)
    new = forms.BooleanField(required=False)

    def narrow(self, rows: ProtocolQuerySet) -> ProtocolQuerySet:
        """The rows that match."""
        wanted = self.cleaned_data
        if wanted.get("q"):
            rows = rows.matching(wanted["q"].split())
        if wanted.get("kind"):
            rows = rows.filter(kind=wanted["kind"])
        if wanted.get("year"):
            rows = rows.held_in(wanted["year"])
        if wanted.get("new"):
            rows = rows.filter(is_unread=True)
        ids = {name: wanted[name] for name in ("project", "author") if wanted.get(name)}
        return rows.filter(**{f"{name}_id": pk for name, pk in ids.items()})

    @property
    def is_narrowing(self) -> bool:
        """Whether anything is asked for at all."""
        self.is_valid()
        return any(self.cleaned_data.values())

    @property
    def words(self) -> str:
        """What a printed list was narrowed to, as far as its rows do not say it themselves."""
        wanted = self.cleaned_data
        kind = str(Kind(wanted["kind"]).label) if wanted.get("kind") else ""
        return ", ".join(filter(None, [wanted.get("q"), kind, str(wanted.get("year") or "")]))


def _short_enough(text: str, limit: int) -> str:
    if len(text) > limit:
        words = {"limit": limit, "length": len(text)}
        raise forms.ValidationError(_("At most %(limit)d characters; this has %(length)d."), code="long", params=words)
    return text
