"""A ticket's facts to be changed, by several people at once: only what somebody changes is written, and nothing over others unseen."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.core.differences import difference
from portal.tenancy.models import Member
from tickets import reading
from tickets.actions.editing import OURS
from tickets.fields import EstimateField
from tickets.forms import TicketForm
from tickets.models import Priority, Ticket, TicketType

FACTS = ("title", "description", "type", "project", "due_at", "priority", "estimate_minutes", "percent", "watch_out")
MINUTE = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that somebody else has changed too; what stands there now, and how mine differs from it."""

    label: str
    html: SafeString


class FactsForm(forms.Form):
    """What can be changed of a ticket besides its state and who works on it. drawn: marks of what the form was made with."""

    title = TicketForm.base_fields["title"]
    description = TicketForm.base_fields["description"]
    type = forms.ChoiceField(label=_("Kind"))
    project = forms.ChoiceField(label=_("Project"), required=False)
    due_at = TicketForm.base_fields["due_at"]
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority.choices, coerce=int)
    estimate_minutes = EstimateField(label=_("Estimate"), required=False, help_text=_("For example 90 min or 1:30"))
    percent = forms.IntegerField(label=_("Percent complete"), min_value=0, max_value=100)
    watch_out = forms.CharField(
        label=_("Watch out for"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_sure = forms.BooleanField(required=False)
    drawn = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)

    def __init__(self, *args, ticket: Ticket, member: Member, types: list[TicketType], **kwargs):
        self.now = _first_words_of(ticket)
        self.marks = {name: _mark_of(value) for name, value in self.now.items()}
        super().__init__(*args, initial={**self.now, "drawn": json.dumps(self.marks)}, **kwargs)
        self.clashes, self.changed, self.is_asking = list[Clash](), list[str](), False
        self.types = {str(kind.pk): kind for kind in types}
        cast(forms.ChoiceField, self.fields["type"]).choices = [(pk, str(kind)) for pk, kind in self.types.items()]
        self._offer_projects(ticket, member)
        if not member.is_specialist:
            for name in (*OURS, "watch_out"):
                del self.fields[name]

    def _offer_projects(self, ticket: Ticket, member: Member) -> None:
        """Those that go on, and its own, also when that is archived."""
        self.projects = {str(row.pk): row for row in reading.PROJECTS.ask(member, ticket.client)}
        if ticket.project:
            self.projects.setdefault(str(ticket.project_id), ticket.project)
        named = [(pk, row.name) for pk, row in self.projects.items()]
        cast(forms.ChoiceField, self.fields["project"]).choices = [("", _("No project")), *named]

    def clean(self):
        data = super().clean() or {}
        drawn = self.marks | _read(data.get("drawn", ""))
        names = [name for name in FACTS if name in self.fields and name in data]
        same = {name for name in names if _mark_of(data[name]) in (drawn[name], self.marks[name])}
        self.changed = [name for name in names if name not in same]
        theirs = [name for name in names if self.marks[name] != drawn[name]]
        self.clashes = [self._clash(name, data[name]) for name in theirs if name in self.changed]
        if self.clashes:
            self._draw_anew([name for name in theirs if name in same])
            text = _("Somebody else has changed this meanwhile. Look at the differences, then save again.")
            raise ValidationError(text, code="clash")
        return data

    def _clash(self, name: str, mine: Any) -> Clash:
        bound = self[name]
        return Clash(str(bound.label), difference(self._shown(name, self.now[name]), self._shown(name, mine)))

    def _shown(self, name: str, value: Any) -> str:
        choices = {str(key): str(word) for key, word in getattr(self.fields[name], "choices", ())}
        return choices.get(str(value), _typed(self.fields[name], value))

    def _draw_anew(self, untouched: list[str]) -> None:
        """The form as if it had been opened now: the others' words where nothing was typed, and mine where something was."""
        words = {name: _typed(self.fields[name], self.now[name]) for name in untouched}
        data = self.data.copy()  # type: ignore[attr-defined]
        for name, value in {**words, "drawn": json.dumps(self.marks)}.items():
            data[name] = value
        self.data = data

    def ask(self, people: list[Member]) -> None:
        """Whether these may read it; the answer comes with the next sending."""
        self.is_asking, number = True, len(people)
        names = ", ".join(f"{one} ({one.vendor.name})" if one.is_vendor else str(one) for one in people)
        words = ngettext(
            "This person will then read it: %(names)s", "These %(number)d people will then read it: %(names)s", number
        )
        self["is_sure"].label = words % {"number": number, "names": names}
        text = _("More people would read it there: everything said so far, and private notes if they have that right.")
        self.add_error("is_sure", text)

    @property
    def words(self) -> dict[str, Any]:
        """What the action takes: what was changed, and nothing else."""
        data = self.cleaned_data
        found = {name: data[name] for name in self.changed if name != "watch_out"}
        if "type" in found:
            found["type"] = self.types[found["type"]]
        if "project" in found:
            found["project"] = self.projects.get(found["project"])
        return found | {"is_sure": data["is_sure"]}


def _first_words_of(ticket: Ticket) -> dict[str, Any]:
    """The form as the ticket stands."""
    names = ("title", "due_at", "priority", "estimate_minutes", "percent")
    return {
        **{name: getattr(ticket, name) for name in names},
        "description": ticket.shown_description,
        "type": str(ticket.type_id),
        "project": str(ticket.project_id or ""),
        "watch_out": getattr(ticket, "watch_out", "") or "",
    }


def _mark_of(value: Any) -> str:
    """The same for the same words, however a browser ends its lines; moments count to the minute."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).strftime(MINUTE)
    text = "" if value is None else str(value).replace("\r\n", "\n").strip()
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _read(drawn: str) -> dict[str, str]:
    """Marks that the form carried; none when somebody has made them up."""
    try:
        found = json.loads(drawn or "{}")
    except ValueError:
        return {}
    return {name: mark for name, mark in found.items() if name in FACTS} if isinstance(found, dict) else {}


def _typed(field: forms.Field, value: Any) -> str:
    """A value as somebody would type it into the field."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime(MINUTE)
    return "" if value is None else str(field.prepare_value(value))
