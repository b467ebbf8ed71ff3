"""What people may type about tickets."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.files.forms import MultipleFileField
from portal.people.forms.fields import MomentField, NameField
from portal.tenancy.models import Client, Member
from tickets import reading
from tickets.audience import people_at
from tickets.fields import PersonField
from tickets.models import Priority, TicketStatus, TicketType, can_be_opened_by

LONGEST = 20_000


class TicketForm(forms.Form):
    """A new ticket. Contacts choose the kind and for whom it is; the agency's people also who works on it and until when."""

    type = forms.ChoiceField(label=_("What is it about?"), widget=forms.RadioSelect)
    title = NameField(label=_("In one sentence"), max_length=200)
    description = forms.CharField(
        label=_("What should happen?"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )
    uploads = MultipleFileField(
        label=_("Pictures and files"), help_text=_("A screenshot often says it fastest. Up to 50 MB each.")
    )
    project = forms.ChoiceField(label=_("Project"), required=False)
    logger = PersonField(label=_("For whom?"), required=False, empty_label=_("For me"))
    followers = forms.MultipleChoiceField(
        label=_("Who should follow it?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    assignee = PersonField(label=_("Works on it"), required=False, empty_label=_("Nobody yet"))
    due_at = MomentField(
        label=_("Deadline"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        coerce=int,
        initial=Priority.NORMAL,
        required=False,
    )

    def __init__(self, *args, client: Client, member: Member, types: list[TicketType], **kwargs):
        super().__init__(*args, **kwargs)
        self.types = {str(kind.pk): kind for kind in types if not member.is_contact or kind.is_open_to_contacts}
        cast(forms.ChoiceField, self.fields["type"]).choices = [(pk, str(kind)) for pk, kind in self.types.items()]
        self._offer_projects(client, member)
        people = people_at(client)
        self.people = {str(one.pk): one for one in people if one.pk != member.pk}
        if member.is_specialist:
            cast(PersonField, self.fields["assignee"]).offer([one for one in people if not one.is_contact])
        else:
            for name in ("assignee", "due_at", "priority"):
                del self.fields[name]
        theirs = [one for one in people if one.is_contact and one.pk != member.pk]
        self._offer_people(member, theirs)

    def _offer_projects(self, client: Client, member: Member) -> None:
        projects = {str(row.pk): row for row in reading.PROJECTS.ask(member, client)}
        self.projects = projects = {pk: row for pk, row in projects.items() if can_be_opened_by(member, client, row.pk)}
        field = cast(forms.ChoiceField, self.fields["project"])
        field.required = member.goes_by_projects(client.pk)
        none = [] if field.required else [("", _("No project"))]
        field.choices = [*none, *((pk, row.name) for pk, row in projects.items())]

    def _offer_people(self, member: Member, theirs: list[Member]) -> None:
        if member.is_vendor:
            del self.fields["logger"], self.fields["followers"]
            return
        cast(PersonField, self.fields["logger"]).offer(theirs)
        field = cast(forms.MultipleChoiceField, self.fields["followers"])
        field.choices = [(str(one.pk), str(one)) for one in theirs]
        if not theirs:
            del self.fields["logger"], self.fields["followers"]

    @property
    def words(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        names = ("title", "description", "uploads", "logger", "assignee", "due_at", "priority")
        return {
            **{name: data[name] for name in names if data.get(name)},
            "type": self.types[data["type"]],
            "project": self.projects.get(data["project"]),
            "followers": [self.people[pk] for pk in data.get("followers", ())],
        }


class StateForm(forms.Form):
    """Another status of the ticket's type, in the words of the reader."""

    status = forms.ChoiceField(label=_("State"))

    def __init__(self, *args, statuses: list[TicketStatus], member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.statuses = {status.code: status for status in statuses}
        cast(forms.ChoiceField, self.fields["status"]).choices = [
            (code, row.word_for(member)) for code, row in self.statuses.items()
        ]

    @property
    def chosen(self) -> TicketStatus:
        return self.statuses[self.cleaned_data["status"]]


class DeskForm(forms.Form):
    """Who works on it: a person, a team's queue, or both; and why it is handed over."""

    assignee = PersonField(label=_("Works on it"), required=False, empty_label=_("Nobody"))
    team = forms.ChoiceField(label=_("Team"), required=False)
    reason = forms.CharField(label=_("Reason of the hand-over"), max_length=300, required=False)

    def __init__(self, *args, people: list[Member], teams: list[dict[str, Any]], **kwargs):
        super().__init__(*args, **kwargs)
        self.teams = {str(team["pk"]): team["name"] for team in teams}
        cast(PersonField, self.fields["assignee"]).offer([one for one in people if not one.is_contact])
        cast(forms.ChoiceField, self.fields["team"]).choices = [
            ("", _("No team")),
            *self.teams.items(),
        ]
        if not teams:
            del self.fields["team"]

    @property
    def words(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        return {"to": data["assignee"], "team_id": int(data.get("team") or 0) or None, "reason": data["reason"]}


class FollowerForm(forms.Form):
    """Somebody else who is to follow."""

    follower = PersonField(label=_("Who should follow it?"), empty_label=_("Choose a person"))

    def __init__(self, *args, people: list[Member], **kwargs):
        super().__init__(*args, **kwargs)
        cast(PersonField, self.fields["follower"]).offer(people)
