"""What people may type about profiles."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.core.differences import difference
from portal.profile.actions.sections import Conflict, Wish
from portal.profile.models import Field, Proposal, Section
from portal.profile.presets import ACCESS
from portal.profile.secrets import refuse_secrets

MAX_TEXT = 10_000
NEW = "new"
PER_FIELD = ("label", "text", "is_shared", "version", "is_gone")
NO_PASSWORDS = _("Never a password: say where it is kept and who gives it out.")


class TextField(forms.CharField):
    """Words as they are compared: one sort of line break, nothing around them."""

    def __init__(self, **kwargs):
        kwargs = {"max_length": MAX_TEXT, "required": False, "widget": forms.Textarea(attrs={"rows": 3}), **kwargs}
        super().__init__(**kwargs)

    def to_python(self, value):
        return super().to_python(str(value or "").replace("\r\n", "\n").replace("\r", "\n"))


class WordsField(TextField):
    """May be empty, which needs no mention."""

    is_unmarked = True


@dataclass(frozen=True)
class FormRow:
    """The inputs of one field; clash: the difference to what was saved meanwhile, with the words for it."""

    key: str
    label: forms.BoundField
    text: forms.BoundField
    is_shared: forms.BoundField
    version: forms.BoundField
    is_gone: forms.BoundField | None
    clash: str
    clash_words: str


class SectionForm(forms.Form):
    """A section with all its fields, and room for a new one. Of what was sent, only the fields that were on the screen count."""

    title = forms.CharField(label=_("Title"), max_length=120)
    title_was = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def __init__(self, data=None, *, section: Section, fields: Iterable[Field]):
        super().__init__(data, initial={"title": section.title, "title_was": section.title})
        self.section, self.clashes = section, Conflict({}, "")
        known = {str(field.pk): field for field in fields}
        self.keys = [*(known if data is None else _sent_keys(data)), NEW]
        for key in self.keys:
            self._add(key, known.get(key))

    def _add(self, key: str, field: Field | None) -> None:
        help_text = NO_PASSWORDS if self.section.code == ACCESS else ""
        is_new = key == NEW
        self.fields[f"label_{key}"] = forms.CharField(label=_("Label"), max_length=120, required=not is_new)
        self.fields[f"text_{key}"] = WordsField(label=_("Text"), help_text=help_text)
        self.fields[f"is_shared_{key}"] = forms.BooleanField(label=_("Shared with the client"), required=False)
        self.fields[f"version_{key}"] = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
        if not is_new:
            self.fields[f"is_gone_{key}"] = forms.BooleanField(label=_("Remove this field"), required=False)
        if field:
            now = {"label": field.label, "text": field.text, "is_shared": not field.is_internal}
            self.initial.update({f"{name}_{key}": value for name, value in {**now, "version": field.version}.items()})

    def clean(self):
        for key in self.keys:
            self._clean_row(key)
        try:
            refuse_secrets("", self.cleaned_data.get("title", ""))
        except ValidationError as error:
            self.add_error("title", error)
        return self.cleaned_data

    def _clean_row(self, key: str) -> None:
        label, text = (self.cleaned_data.get(f"{name}_{key}") or "" for name in ("label", "text"))
        if key == NEW and text and not label:
            self.add_error(f"label_{key}", _("Say what this is about."))
        if self.cleaned_data.get(f"is_gone_{key}"):
            return
        try:
            refuse_secrets(label, text)
        except ValidationError as error:
            self.add_error(f"text_{key}", error)

    @property
    def wishes(self) -> list[Wish]:
        """What the fields shall be; a new one only when it has a label."""
        wishes = [self._wish(key) for key in self.keys]
        return [wish for wish in wishes if wish.pk or wish.label]

    def _wish(self, key: str) -> Wish:
        label, text, is_shared, version, is_gone = (self.cleaned_data.get(f"{name}_{key}") for name in PER_FIELD)
        # A field that was removed meanwhile comes back as a new one, once its writer has seen that.
        pk = int(key) if key != NEW and version else None
        return Wish(pk, label or "", text or "", not is_shared, version or "", bool(is_gone and pk))

    def show(self, conflict: Conflict) -> None:
        """Keep what was typed, but let the next save count from what stands now."""
        self.clashes = conflict
        # items(), because ** would copy the lists that a QueryDict keeps inside.
        data = dict(self.data.items())
        for pk, now in conflict.fields.items():
            data[f"version_{pk}"] = now.version if now else ""
        if conflict.title:
            data["title_was"] = conflict.title
        self.data = data

    def rows(self) -> Iterator[FormRow]:
        """For the template, the new one last."""
        for key in self.keys:
            bound = {name: self[f"{name}_{key}"] for name in PER_FIELD if f"{name}_{key}" in self.fields}
            clash, words = self._clash(key)
            yield FormRow(key=key, clash=clash, clash_words=words, is_gone=bound.pop("is_gone", None), **bound)

    def _clash(self, key: str) -> tuple[str, str]:
        if not key.isdigit() or int(key) not in self.clashes.fields:
            return "", ""
        now = self.clashes.fields[int(key)]
        if now is None:
            return "", gettext(
                "Somebody removed this field meanwhile. If you save again, it comes back with your text."
            )
        words = gettext("Somebody changed this field meanwhile. Crossed out is theirs, underlined is yours.")
        mine = f"{self[f'label_{key}'].value()}\n{self.cleaned_data.get(f'text_{key}', '')}"
        return difference(f"{now.label}\n{now.text}", mine), words


class TitleForm(forms.Form):
    """A free section begins with its title."""

    title = forms.CharField(label=_("Title"), max_length=120, help_text=_("For instance: Budgets, Legal, Newsletter."))

    def clean_title(self):
        refuse_secrets("", self.cleaned_data["title"])
        return self.cleaned_data["title"]


class WithNote(forms.Form):
    """A wish with the reason for it."""

    note = TextField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_note(self):
        refuse_secrets("", self.cleaned_data["note"])
        return self.cleaned_data["note"]


class ProposalForm(WithNote):
    """How a shared field should read."""

    field_order = ("text", "note")
    text = WordsField(label=_("How it should read"), widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, data=None, *, field: Field):
        super().__init__(data, initial={"text": field.text})
        self.field = field

    def clean_text(self):
        text = self.cleaned_data["text"]
        refuse_secrets(self.field.label, text)
        if text == self.field.text:
            raise ValidationError(_("This is what it says already."), code="same")
        return text


class NewFieldForm(WithNote):
    """Something that the profile does not say yet."""

    field_order = ("label", "text", "note")
    label = forms.CharField(
        label=_("What it is about"), max_length=120, help_text=_("For instance: Opening hours, Fairs, Delivery.")
    )
    text = TextField(label=_("What it should say"), required=True, widget=forms.Textarea(attrs={"rows": 5}))

    def clean_text(self):
        refuse_secrets(self.cleaned_data.get("label", ""), self.cleaned_data["text"])
        return self.cleaned_data["text"]


class DecisionForm(forms.Form):
    """The words as they are taken in, and a word to whoever proposed them."""

    text = WordsField(label=_("Taken in like this"), widget=forms.Textarea(attrs={"rows": 5}))
    answer = TextField(label=_("A word to the proposer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, data=None, *, proposal: Proposal):
        now = proposal.field.version if proposal.field else ""
        super().__init__(data, initial={"text": proposal.text, "label": proposal.label, "version": now})
        self.proposal = proposal

    @property
    def is_declining(self) -> bool:
        return "decline" in self.data

    def clean(self):
        words = self.cleaned_data
        if self.is_declining and not words.get("answer") and "answer" not in self.errors:
            self.add_error("answer", _("Say in a word why not."))
        for name, label in (("text", words.get("label") or self.proposal.title), ("answer", "")):
            try:
                refuse_secrets(label, "" if name == "text" and self.is_declining else words.get(name) or "")
            except ValidationError as error:
                self.add_error(name, error)
        return words

    def show_version(self, field: Field) -> None:
        """Let the next save count from this state."""
        self.data = dict(self.data.items()) | {"version": field.version}


class NewFieldDecisionForm(DecisionForm):
    """Where the new field shall stand, and under which name."""

    field_order = ("section", "label", "text", "answer")
    label = forms.CharField(label=_("Label"), max_length=120)

    def __init__(self, data=None, *, proposal: Proposal, sections):
        super().__init__(data, proposal=proposal)
        del self.fields["version"]
        self.fields["section"] = forms.ModelChoiceField(sections, label=_("Into the section"))
        self.lacks_section = not sections.exists()
        self.order_fields(self.field_order)
        for name in ("section", "label"):
            self.fields[name].required = not (data and self.is_declining)


def _sent_keys(data) -> list[str]:
    """Keys of the fields that were on the screen, in the order in which they stood there."""
    keys = [name.removeprefix("version_") for name in data if name.startswith("version_")]
    return [key for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
