"""What people may type about teams."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Member
from tickets.models import Team


class TeamForm(forms.Form):
    """Its name, and who belongs to it."""

    name = forms.CharField(label=_("Name"), max_length=60)
    people = forms.MultipleChoiceField(
        label=_("Who belongs to it?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, people: list[Member], team: Team | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.team, self.members = team, {str(member.pk): member for member in people}
        cast(forms.MultipleChoiceField, self.fields["people"]).choices = [
            (pk, str(one)) for pk, one in self.members.items()
        ]

    def clean_name(self):
        name = self.cleaned_data["name"]
        others = Team.objects.exclude(pk=self.team.pk if self.team else None)
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("There is a team of this name."), code="taken")
        return name

    @property
    def chosen(self) -> list[Member]:
        return [self.members[pk] for pk in self.cleaned_data["people"]]
