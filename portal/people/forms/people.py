"""Inviting and changing people."""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.core.context import SHARED_AREAS
from portal.people import rules
from portal.people.forms import choices
from portal.people.forms.fields import DayField, NameField, RowField, choices_of
from portal.people.models import Invitation
from portal.tenancy.models import Client, ClientAccess, Member, Project, Role, Vendor
from portal.tenancy.models.access import Level
from portal.tenancy.models.member import Area, Kind
from portal.tenancy.presets import FIRST_CONTACT_AREAS, NEW_CONTACT_AREAS

SHOWN_FOR = timedelta(days=365)
"""How long an absence stands with the member: sick days are entered afterwards, and what stands there can be taken back."""


def _name_of_role(role: Role) -> str:
    """Presets are stored in English; names that the agency gave stay as they are."""
    return gettext(role.name)


class InviteForm(forms.Form):
    """What every invitation needs; `by` is who invites."""

    kind = Kind.SPECIALIST
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = NameField(label=_("Name"), max_length=120)
    role = RowField(label=_("Role"))
    language = forms.ChoiceField(label=_("Language of the mail"), required=False)

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        choices_of(self, "language").choices = choices.languages(empty=True)
        roles = Role.objects.visible_to(by).filter(kind=self.kind).order_by("pk")
        offered = [role for role in roles if rules.can_grant(role, by)]
        choices_of(self, "role").offer(offered, _name_of_role)
        self.initial["role"] = next((role.pk for role in offered if role.code == self.kind), None)

    def clean(self):
        return {**(super().clean() or {}), "kind": self.kind}


class InviteSpecialistForm(InviteForm):
    """Somebody of the agency, perhaps at once with a project."""

    project = RowField(label=_("Share a project"), required=False)
    level = forms.ChoiceField(label=_("May"), choices=Level, initial=Level.CONTRIBUTE, required=False)

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, by=by, **kwargs)
        projects = Project.objects.visible_to(by).active().select_related("client").order_by("client__name", "name")
        choices_of(self, "project").offer(list(projects[:500]), lambda project: f"{project.client}: {project}")

    def clean(self):
        cleaned = super().clean() or {}
        cleaned["level"] = cleaned.get("level") if cleaned.get("project") else ""
        return cleaned


class InviteVendorForm(InviteSpecialistForm):
    """Somebody of an outside organisation."""

    kind = Kind.VENDOR
    vendor = RowField(label=_("Organisation"))
    field_order = ("email", "name", "vendor", "role", "project", "level", "language")

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, by=by, **kwargs)
        choices_of(self, "vendor").offer(list(Vendor.objects.visible_to(by).order_by("name")[:500]))

    def clean(self):
        cleaned = super().clean() or {}
        vendor, project = cleaned.get("vendor"), cleaned.get("project")
        if vendor and project and vendor.client_id and vendor.client_id != project.client_id:
            self.add_error("project", _("This provider was engaged by another client."))
        return cleaned


class AreasField(forms.MultipleChoiceField):
    """Areas of a client, as boxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(label=_("Areas"), choices=Area, initial=NEW_CONTACT_AREAS, **kwargs)


class InviteToClientForm(InviteForm):
    """Somebody of a client company: with the whole client, or one project of it."""

    kind = Kind.CONTACT
    areas = AreasField()
    project = RowField(
        label=_("Only this project"), required=False, help_text=_("Left empty, all of them. You can open more later.")
    )
    level = forms.ChoiceField(label=_("May"), initial=Level.CONTRIBUTE, required=False)

    def offer(self, projects: Iterable[Project], name: Callable[[Project], str] = str) -> None:
        """These projects."""
        choices_of(self, "project").offer(projects, name)
        choices_of(self, "level").choices = [one for one in Level.choices if rules.may_grant(one[0], self.by)]

    def clean(self):
        cleaned = super().clean() or {}
        project, client = cleaned.get("project"), cleaned.get("client")
        cleaned["level"] = (cleaned.get("level") or Level.CONTRIBUTE) if project else ""
        if project and client and project.client_id != client.pk:
            self.add_error("project", _("This project is another client's."))
        if project and set(cleaned.get("areas", ())) - set(SHARED_AREAS):
            self.add_error("areas", _("Money and Security are of the whole company. Leave them out for one project."))
        return cleaned


class InviteContactForm(InviteToClientForm):
    """Somebody of a client company, invited by staff."""

    client = RowField(label=_("Client"))
    field_order = ("email", "name", "client", "role", "project", "level", "areas", "language")

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, by=by, **kwargs)
        projects = Project.objects.visible_to(by).active().select_related("client").order_by("client__name", "name")
        self.offer(list(projects[:500]), lambda project: f"{project.client}: {project}")
        clients = Client.objects.visible_to(by).active().filter(read_only_at=None).order_by("name")
        choices_of(self, "client").offer(list(clients[:1000]))
        offered = choices_of(self, "client").rows
        chosen = next(iter(offered.values())) if len(offered) == 1 else offered.get(str(self.initial.get("client", "")))
        if chosen and _has_nobody(chosen):
            self.initial["areas"] = FIRST_CONTACT_AREAS
        choices_of(self, "areas").help_text = _("The first contact of a client usually gets all of them.")


def _has_nobody(client: Client) -> bool:
    """Whether none of the client's people has come or been invited yet."""
    invited = Invitation.objects.waiting().filter(agency_id=client.agency_id, client=client)
    return not (ClientAccess.objects.filter(agency_id=client.agency_id, client=client).exists() or invited.exists())


class InviteColleagueForm(InviteToClientForm):
    """Somebody of the own company, invited by a contact: at most the own areas.

    In the language in which the contact reads the portal: colleagues share theirs, and the agency's may be another.
    """

    field_order = ("email", "name", "role", "language", "project", "level", "areas")

    def __init__(self, *args, by: Member, client: Client, **kwargs):
        super().__init__(*args, by=by, **kwargs)
        self.initial["language"] = by.user.language
        own = rules.own_areas(client, by)
        choices_of(self, "areas").choices = [choice for choice in Area.choices if choice[0] in own]
        self.client = client
        self.offer(Project.objects.visible_to(by).active().filter(client=client).order_by("name")[:500])

    def clean(self):
        return {**(super().clean() or {}), "client": self.client}


class MemberForm(forms.Form):
    """Role and reach of a member. chosen: what stood in the form before the password was asked for."""

    role = RowField(label=_("Role"))
    position = NameField(label=_("Position"), max_length=120, required=False)
    phone = NameField(label=_("Phone"), max_length=40, required=False)

    def __init__(self, *args, member: Member, by: Member, chosen: dict[str, list[str]], **kwargs):
        initial = {"role": member.role_id, "position": member.position, "phone": member.phone}
        before = {name: values[0] for name, values in chosen.items() if name in initial}
        super().__init__(*args, initial={**initial, **before}, **kwargs)
        self.member = member
        roles = Role.objects.visible_to(by).filter(kind=member.kind).order_by("pk")
        choices_of(self, "role").offer([role for role in roles if rules.can_grant(role, by)], _name_of_role)

    @property
    def changes_role(self) -> bool:
        return self.cleaned_data["role"] != self.member.role


class EndForm(forms.Form):
    """Who takes over. is_open: there is something."""

    to = RowField(
        label=_("Hands over to"),
        required=False,
        error_messages={"required": _("Something is still open. Choose who takes it over.")},
    )

    def __init__(self, *args, member: Member, is_open: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        field = choices_of(self, "to")
        field.offer(rules.who_can_take_over(member.agency_id).exclude(pk=member.pk))
        field.required = is_open and bool(field.rows)  # with nobody to choose the action says what to do


class AbsenceForm(forms.Form):
    """From one day to another, in the agency's time zone."""

    starts_on = DayField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = DayField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    stand_in = RowField(label=_("Stand-in"), required=False)
    reason = NameField(label=_("Reason"), max_length=120, required=False)

    def __init__(self, *args, member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        choices_of(self, "stand_in").offer(rules.who_can_take_over(member.agency_id).exclude(pk=member.pk))

    def clean(self):
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            raise ValidationError({"ends_on": _("The last day comes before the first.")})
        if last and last < timezone.localdate() - SHOWN_FOR:
            raise ValidationError({"ends_on": _("This is more than a year ago. Look at the year once more.")})
        return cleaned

    def absence(self, zone: tzinfo) -> dict[str, Any]:
        """What is saved: from the first midnight to that after the last day."""
        data = self.cleaned_data
        after = data["ends_on"] + timedelta(days=1)
        return {
            "starts_at": datetime.combine(data["starts_on"], time(), zone),
            "ends_at": datetime.combine(after, time(), zone),
            "stand_in": data["stand_in"],
            "reason": data["reason"],
        }
