"""Clients, projects, vendors."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.context import tenant
from portal.people import rules
from portal.people.forms.fields import DayField, NameField, RowField, choices_of
from portal.people.models import VendorCard
from portal.tenancy.models import Client, ClientAccess, Member, Project, Vendor
from portal.tenancy.models.access import Level
from portal.tenancy.models.member import Engagement, Kind
from portal.tenancy.reserved import CLIENT_WORDS
from portal.tenancy.slugs import SLUG

DATE = forms.DateInput(attrs={"type": "date"})


class ClientForm(forms.Form):
    """A company; `client` is the one that is changed, None for a new one."""

    name = NameField(label=_("Name"), max_length=120)
    slug = forms.CharField(
        label=_("Address"),
        max_length=40,
        required=False,
        help_text=_(
            "Small letters, digits and hyphens. Left empty, it is made from the name. A change breaks old links."
        ),
    )
    manager = RowField(label=_("Account manager"), required=False)
    external_id = NameField(label=_("External id"), max_length=120, required=False)
    embargo_days = forms.IntegerField(
        label=_("Timeline delay in days"),
        min_value=0,
        max_value=365,
        required=False,
        help_text=_("Left empty, the agency's own number counts."),
    )

    def __init__(self, *args, by: Member, client: Client | None = None, **kwargs):
        names = ("name", "slug", "external_id", "embargo_days")
        initial = {name: getattr(client, name) for name in names} | {"manager": client.manager_id} if client else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.client, self.others = client, Client.objects.filter(agency_id=by.agency_id)
        if client:
            self.others = self.others.exclude(pk=client.pk)
        managers = list(rules.who_can_take_over(by.agency_id))
        if client and client.manager and client.manager not in managers:
            managers.append(client.manager)  # saving something else does not take the client away
        choices_of(self, "manager").offer(managers)

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if not slug:
            return self.client.slug if self.client else ""
        if not SLUG.match(slug):
            raise ValidationError(_("Use small letters, digits and single hyphens."))
        if slug in CLIENT_WORDS:
            raise ValidationError(_("This word is taken by a page of the center."))
        if self.others.filter(slug=slug).exists():
            raise ValidationError(_("Another client has this address."))
        return slug

    def clean_external_id(self):
        value = self.cleaned_data["external_id"]
        if value and self.others.filter(external_id=value).exists():
            raise ValidationError(_("Another client has this external id."))
        return value


class EndingForm(forms.Form):
    """Until when the contacts of a client that ends may look."""

    access_until = DayField(label=_("Contacts may look until"), widget=DATE)

    def clean_access_until(self):
        day = self.cleaned_data["access_until"]
        if day < timezone.localdate():
            raise ValidationError(_("Choose today or a later day."))
        return day


class ProjectForm(forms.Form):
    """An engagement of a client."""

    name = NameField(label=_("Name"), max_length=120)
    external_id = NameField(label=_("External id"), max_length=120, required=False)

    def __init__(self, *args, by: Member, project: Project | None = None, **kwargs):
        initial = {"name": project.name, "external_id": project.external_id} if project else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.others = Project.objects.filter(agency_id=by.agency_id).exclude(pk=project.pk if project else None)

    def clean_external_id(self):
        value = self.cleaned_data["external_id"]
        if value and self.others.filter(external_id=value).exists():
            raise ValidationError(_("Another project has this external id."))
        return value


class ShareForm(forms.Form):
    """With whom a project is shared: a member who does not see it anyway, or a whole organisation. Of the client's people those
    to whom only single projects are open."""

    whom = forms.ChoiceField(label=_("Share with"))
    level = forms.ChoiceField(label=_("May"), choices=Level, initial=Level.CONTRIBUTE)
    by_mail = forms.BooleanField(label=_("Tell them by mail"), required=False, initial=True)

    def __init__(self, *args, project: Project, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        with tenant(project.agency_id):  # a vendor's manager does not see yet with whom he may share
            self.rows = self._rows(project, by)
        names = {"vendor": _("Organisations"), "member": _("People")}
        groups = [
            (title, [(key, str(row)) for key, row in self.rows.items() if key.startswith(prefix)])
            for prefix, title in names.items()
        ]
        choices_of(self, "whom").choices = [("", "—"), *(group for group in groups if group[1])]
        choices_of(self, "level").choices = [one for one in Level.choices if rules.may_grant(one[0], by)]

    @staticmethod
    def _rows(project: Project, by: Member) -> dict[str, Member | Vendor]:
        limited = ClientAccess.objects.filter(client=project.client_id, limited_at__isnull=False).values("member_id")
        people = Member.objects.active().select_related("user", "role", "vendor").order_by("user__name")
        people = people.filter(~Q(kind=Kind.CONTACT) | Q(pk__in=limited), agency_id=project.agency_id)
        vendors = Vendor.objects.filter(agency_id=project.agency_id).order_by("name")
        members = [m for m in people if m.is_contact or (not m.can("all_clients") and rules.may_have(m, project))]
        rows: dict[str, Member | Vendor] = {f"vendor-{v.pk}": v for v in vendors if rules.may_have(v, project)}
        rows |= {f"member-{m.pk}": m for m in members}
        return {key: row for key, row in rows.items() if rules.can_share_with(row, by)}

    def clean(self):
        cleaned = super().clean() or {}
        row = self.rows.get(cleaned.get("whom", ""))
        whom = {"vendor" if isinstance(row, Vendor) else "member": row}
        return {"level": cleaned.get("level"), "by_mail": cleaned.get("by_mail", False), **whom}


class VendorForm(forms.Form):
    """An outside organisation."""

    name = NameField(label=_("Name"), max_length=120)
    engagement = forms.ChoiceField(label=_("Engaged by"), choices=Engagement)
    client = RowField(label=_("Client that engaged it"), required=False, help_text=_("Only for a provider."))
    answers_client = forms.BooleanField(
        label=_("Its words on tickets go to the client"),
        required=False,
        initial=True,
        help_text=_("Otherwise only the agency reads what its people write."),
    )
    reads_private = forms.BooleanField(label=_("It reads private comments on tickets"), required=False)
    knows_client = forms.BooleanField(
        label=_("It learns the client's name"),
        required=False,
        initial=True,
        help_text=_(
            "Otherwise its people have the tickets of shared projects alone, with a made-up name. A provider always learns it."
        ),
    )
    services = forms.CharField(
        label=_("Services"), required=False, max_length=300, help_text=_("For example design, print")
    )
    languages = forms.CharField(label=_("Languages"), required=False, max_length=100)
    rating = forms.TypedChoiceField(
        label=_("Your rating"),
        required=False,
        choices=[("", _("None yet")), *((number, number) for number in range(1, 6))],
        coerce=int,
        empty_value=None,
        help_text=_("Only the agency sees it."),
    )

    def __init__(self, *args, by: Member, vendor: Vendor | None = None, **kwargs):
        names = ("name", "engagement", "answers_client", "reads_private", "knows_client")
        initial = {name: getattr(vendor, name) for name in names} | {"client": vendor.client_id} if vendor else {}
        card = VendorCard.objects.visible_to(by).filter(vendor=vendor).first() if vendor else None
        initial |= {name: getattr(card, name) for name in ("services", "languages", "rating")} if card else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.others = Vendor.objects.filter(agency_id=by.agency_id).exclude(pk=vendor.pk if vendor else None)
        choices_of(self, "client").offer(list(Client.objects.visible_to(by).order_by("name")[:1000]))

    def clean_name(self):
        name = self.cleaned_data["name"]
        if self.others.filter(name=name).exists():
            raise ValidationError(_("There is a vendor of this name."))
        return name

    def clean(self):
        cleaned = super().clean() or {}
        provider = cleaned.get("engagement") == Engagement.PROVIDER
        if provider and not cleaned.get("client") and "client" not in self.errors:
            self.add_error("client", _("Choose the client that engaged this provider."))
        if provider:
            cleaned["knows_client"] = True
        if not provider:
            cleaned["client"] = None
        return cleaned
