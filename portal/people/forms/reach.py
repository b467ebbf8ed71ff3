"""Which projects of a client are open to one of its people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.tenancy.models import Member, Project
from portal.tenancy.models.access import Level

ALL, SOME = "all", "some"


class LevelField(forms.ChoiceField):
    """One of its choices stands for nothing, so it is not called optional."""

    is_unmarked = True


class ReachForm(forms.Form):
    """All projects of the client, or only these, each at a level. levels: those that are open now, None for all.

    What the agency gave to be managed, only the agency takes away.
    """

    reach = forms.ChoiceField(
        label=_("Open to this person"),
        choices=[(ALL, _("All projects of the client")), (SOME, _("Only these projects"))],
        widget=forms.RadioSelect,
        help_text=_(
            "With single projects, everything that belongs to none of them is closed, and so are Money and Security, which are of "
            "the whole company. The names of colleagues can still be seen."
        ),
    )

    def __init__(self, *args, by: Member, projects: Iterable[Project], levels: dict[int, str] | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.projects = {f"project-{project.pk}": project for project in projects}
        self.initial["reach"] = ALL if levels is None else SOME
        for name, project in self.projects.items():
            level = (levels or {}).get(project.pk, "")
            grants = [one for one in Level.choices if one[0] == level or rules.may_grant(one[0], by)]
            choices = [("", _("Closed")), *grants] if rules.may_grant(level, by) else grants
            self.fields[name] = LevelField(label=project.name, choices=choices, initial=level, required=False)

    def clean(self):
        cleaned = super().clean() or {}
        if cleaned.get("reach") == SOME and not any(cleaned.get(name) for name in self.projects):
            raise ValidationError(_("Open at least one project, or take the areas away."))
        return cleaned

    @property
    def levels(self) -> list[forms.BoundField]:
        """The fields of the projects."""
        return [self[name] for name in self.projects]

    @property
    def words(self) -> dict[str, Any]:
        """What the action takes."""
        chosen = {
            project: self.cleaned_data[name] for name, project in self.projects.items() if self.cleaned_data[name]
        }
        return {"levels": None if self.cleaned_data["reach"] == ALL else chosen}
