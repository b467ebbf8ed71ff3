"""What can be brought along: columns, rules of a row, how a row is found again, and the action that adds it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _

from portal.people import rules
from portal.people.actions import clients, invitations
from portal.people.forms.fields import NameField
from portal.people.models import Invitation
from portal.tenancy.models import Client, Member, Project, Role
from portal.tenancy.models.role import Area
from portal.tenancy.presets import NEW_CONTACT_AREAS


class Known:
    """What the agency has already, read once for a whole file."""

    def __init__(self, by: Member) -> None:
        self.by, self.agency = by, by.agency
        self.clients = list(Client.objects.visible_to(by))
        self.projects = list(Project.objects.visible_to(by))
        self.managers = {row.user.email: row for row in rules.who_can_take_over(by.agency_id)}
        self.members = {row.user.email: row for row in Member.objects.visible_to(by).active().select_related("user")}
        waiting = Invitation.objects.visible_to(by).waiting().values_list("email", "client_id")
        accesses = Member.objects.visible_to(by).active().filter(kind="contact")
        seen = accesses.values_list("user__email", "client_accesses__client_id")
        self.contacts = {*waiting, *seen}

    def client(self, words: str) -> Client:
        """By external id, else by name. Raises ValidationError."""
        by_id = [row for row in self.clients if row.external_id == words]
        found = by_id or [row for row in self.clients if row.name.casefold() == words.casefold()]
        if not found:
            raise ValidationError(_("No client is called %(name)s. Import the clients first.") % {"name": words})
        if len(found) > 1:
            raise ValidationError(_("Several clients are called %(name)s. Use the external id.") % {"name": words})
        if found[0].is_read_only:
            raise ValidationError(_("%(name)s is closed.") % {"name": words})
        return found[0]


class RowForm(forms.Form):
    """The rules of one row; `known` answers what the agency has."""

    def __init__(self, cells: dict[str, str], known: Known) -> None:
        super().__init__(cells)
        self.known = known

    def clean_client(self):
        return self.known.client(self.cleaned_data["client"])


class ClientRow(RowForm):
    name = NameField(max_length=120)
    external_id = NameField(max_length=120, required=False)
    manager = forms.EmailField(required=False)

    def clean_manager(self):
        email = self.cleaned_data["manager"].lower()
        if email and email not in self.known.managers:
            raise ValidationError(_("%(email)s is nobody who works here and may write.") % {"email": email})
        return self.known.managers.get(email)


class ProjectRow(RowForm):
    client = NameField(max_length=120)
    name = NameField(max_length=120)
    external_id = NameField(max_length=120, required=False)


class ContactRow(RowForm):
    client = NameField(max_length=120)
    email = forms.EmailField()
    name = NameField(max_length=120)
    areas = forms.CharField(required=False)
    language = forms.CharField(required=False)

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        member = self.known.members.get(email)
        if member and not member.is_contact:
            raise ValidationError(_("%(name)s already has a place here, and not as a contact.") % {"name": member})
        return email

    def clean_areas(self):
        words = self.cleaned_data["areas"].replace(";", ",").split(",")
        given = [word.strip().casefold() for word in words if word.strip()]
        names = {str(label).casefold(): value for value, label in Area.choices} | {
            value: value for value in Area.values
        }
        if unknown := [word for word in given if word not in names]:
            raise ValidationError(_("There is no area called %(name)s.") % {"name": unknown[0]})
        return sorted({names[word] for word in given} or NEW_CONTACT_AREAS)

    def clean_language(self):
        code = self.cleaned_data["language"].casefold()
        try:
            return get_supported_language_variant(code) if code else ""
        except (LookupError, ValueError) as error:
            known = ", ".join(code for code, _name in settings.LANGUAGES)
            raise ValidationError(_("Write the language as a code, one of: %(codes)s.") % {"codes": known}) from error


@dataclass(frozen=True)
class Sort:
    """One sort of rows.

    looks: the marks by which a row is found among what is here; marks: what it leaves for the rows after it; known: the
    marks of what is here already.
    """

    form: type[RowForm]
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    looks: Callable[[dict[str, Any]], set]
    marks: Callable[[dict[str, Any]], set]
    known: Callable[[Known], set]
    add: Callable[..., Any]


def _looks(name: tuple, external_id: str) -> set:
    """A row with an id is the thing with this id, or the one of its name that has no id yet; else it goes by its name."""
    return {("id", external_id), ("without id", name)} if external_id else {("name", name)}


def _marks(name: tuple, external_id: str) -> set:
    return {("name", name), ("id", external_id) if external_id else ("without id", name)}


def _client(row: dict[str, Any]) -> tuple:
    return (row["name"].casefold(),), row["external_id"]


def _project(row: dict[str, Any]) -> tuple:
    return (row["client"].pk, row["name"].casefold()), row["external_id"]


def _known_clients(known: Known) -> set:
    return set().union(*(_marks((row.name.casefold(),), row.external_id) for row in known.clients))


def _known_projects(known: Known) -> set:
    names = ((row.client_id, row.name.casefold()) for row in known.projects)
    return set().union(*(_marks(name, row.external_id) for name, row in zip(names, known.projects, strict=True)))


def _contact(row: dict[str, Any]) -> set:
    return {(row["email"], row["client"].pk)}


def _add_client(row: dict[str, Any], *, by: Member, send: bool) -> None:
    clients.create_client(by.agency, by=by, **row)


def _add_project(row: dict[str, Any], *, by: Member, send: bool) -> None:
    clients.create_project(row["client"], by=by, name=row["name"], external_id=row["external_id"])


def _add_contact(row: dict[str, Any], *, by: Member, send: bool) -> None:
    role = Role.objects.get(agency_id=by.agency_id, kind="contact", code="contact")
    invitations.invite(by.agency, by=by, kind="contact", role=role, with_letter=send, **row)


SORTS = {
    "clients": Sort(
        form=ClientRow,
        columns=("name", "external_id", "manager"),
        needed=("name",),
        looks=lambda row: _looks(*_client(row)),
        marks=lambda row: _marks(*_client(row)),
        known=_known_clients,
        add=_add_client,
    ),
    "projects": Sort(
        form=ProjectRow,
        columns=("client", "name", "external_id"),
        needed=("client", "name"),
        looks=lambda row: _looks(*_project(row)),
        marks=lambda row: _marks(*_project(row)),
        known=_known_projects,
        add=_add_project,
    ),
    "contacts": Sort(
        form=ContactRow,
        columns=("client", "email", "name", "areas", "language"),
        needed=("client", "email", "name"),
        looks=_contact,
        marks=_contact,
        known=lambda known: set(known.contacts),
        add=_add_contact,
    ),
}
