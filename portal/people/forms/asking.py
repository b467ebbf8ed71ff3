"""How a request for access is answered."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.people.forms.people import AreasField
from portal.people.models import AccessRequest
from portal.tenancy.models import Project
from portal.tenancy.models.access import Level


class AnswerForm(forms.Form):
    """Contacts get areas, whoever goes by projects one of them at a level."""

    areas = AreasField()
    project = forms.ChoiceField(label=_("Project"))
    level = forms.ChoiceField(label=_("May"), choices=Level.choices, initial=Level.COMMENT)

    def __init__(self, *args, asked: AccessRequest, **kwargs):
        super().__init__(*args, **kwargs)
        if asked.gets_areas:
            del self.fields["project"], self.fields["level"]
            return
        del self.fields["areas"]
        rows = Project.objects.filter(agency_id=asked.agency_id, client=asked.client).active().order_by("name")
        self.projects = {str(row.pk): row for row in rows}
        choice = cast(forms.ChoiceField, self.fields["project"])
        choice.choices = [(pk, row.name) for pk, row in self.projects.items()]
        choice.initial = str(asked.project_id or "")

    @property
    def words(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        project = self.projects[data["project"]] if "project" in data else None
        return {"areas": data.get("areas", []), "level": data.get("level", ""), "project": project}
