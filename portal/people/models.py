"""An invitation: a place that waits for its person. And what people keep for themselves: pinned clients, choices of the start page."""

import hashlib
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.tenancy.models import Client, Member, OwnQuerySet, Project, Role, TenantModel, TenantQuerySet, Vendor
from portal.tenancy.models.access import Level
from portal.tenancy.models.member import Area, Kind
from portal.tenancy.walls import TenantForeignKey

LASTS = timedelta(days=14)


def digest_of(token: str) -> str:
    """What is stored of a token; whoever reads the table cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def in_two_weeks():
    """When an invitation of now runs out."""
    return timezone.now() + LASTS


class InvitationQuerySet(TenantQuerySet):
    """Invitations: staff see all, contacts those for the clients whose people they look after."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.is_specialist:
            return rows
        return rows.filter(kind=Kind.CONTACT, client_id__in=member.clients_of(Area.SECURITY))

    def waiting(self):
        """Neither accepted nor withdrawn; perhaps run out."""
        return self.filter(accepted_at=None, revoked_at=None)

    def open(self):
        """Those whose link still works."""
        return self.waiting().filter(expires_at__gt=timezone.now())


class Invitation(TenantModel):
    """Who is asked to come, and what will be open to him. The link carries a token of which only the digest is kept."""

    email = models.EmailField(_("E-mail address"))
    name = models.CharField(_("Name"), max_length=120)
    language = models.CharField(_("Language"), max_length=8, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    role = TenantForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    vendor = TenantForeignKey(Vendor, on_delete=models.CASCADE, null=True, related_name="+")
    client = TenantForeignKey(Client, on_delete=models.CASCADE, null=True, related_name="+")
    areas = ArrayField(models.CharField(max_length=10, choices=Area), default=list)
    project = TenantForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+")
    level = models.CharField(max_length=12, choices=Level, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=in_two_weeks)
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="specialist", client=None, vendor=None)
                | Q(kind="contact", client__isnull=False, vendor=None)
                | Q(kind="vendor", client=None, vendor__isnull=False),
                name="invitation_fits_its_kind",
            ),
            models.CheckConstraint(condition=Q(project=None) | ~Q(level=""), name="invitation_project_has_level"),
            models.UniqueConstraint(
                fields=["agency", "email", "client"],
                name="invitation_once",
                condition=Q(accepted_at=None, revoked_at=None),
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["agency", "-created_at"], name="invitation_by_agency")]

    def __str__(self):
        return self.name or self.email

    @property
    def has_run_out(self) -> bool:
        return self.expires_at <= timezone.now()

    def can_be_sent_by(self, member: Member) -> bool:
        """Nobody gives what he does not have himself: roles, and for contacts areas of the own client only."""
        is_elsewhere = self.client and self.project and self.project.client_id != self.client_id
        if is_elsewhere or not rules.can_grant(self.role, member):
            return False
        if rules.manages_people(member):
            return True
        return (
            self.kind == Kind.CONTACT
            and rules.looks_after_people_of(self.client, member)
            and set(self.areas) <= rules.own_areas(self.client, member)
        )


class PinnedClient(TenantModel):
    """A client that a specialist wants at hand on "My day"."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, editable=False, related_name="+")
    client = TenantForeignKey(Client, on_delete=models.CASCADE, editable=False, related_name="+")
    pinned_at = models.DateTimeField(auto_now_add=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "member", "client"], name="client_pinned_once")]


class StartChoice(TenantModel):
    """What a person chose on the start page. days: how far its timeline looks back."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, editable=False, related_name="+")
    days = models.PositiveSmallIntegerField(default=30)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "member"], name="start_choice_once")]


class AccessRequestQuerySet(TenantQuerySet):
    """Who asked for what; those see it who may answer."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if not member.is_specialist:
            return self.none()
        return rows if rules.manages_people(member) else rows.filter(client__manager=member.pk)

    def open(self):
        return self.filter(answered_at=None)


class AccessRequest(TenantModel):
    """Somebody came to an address that is not open to him, and asked. project: the one of the thing there, if it has one."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    client = TenantForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    project = TenantForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+")
    path = models.CharField(max_length=500)
    why = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answered_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    is_granted = models.BooleanField(default=False)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "member", "client", "project"],
                condition=Q(answered_at=None),
                nulls_distinct=False,
                name="access_request_once",
            )
        ]

    def __str__(self):
        return f"{self.member}, {self.client}"

    @property
    def gets_areas(self) -> bool:
        """Contacts get areas, unless they have single projects there; they, and everybody else, get a project."""
        return self.member.is_contact and not self.member.goes_by_projects(self.client_id)

    def can_be_answered_by(self, member: Member) -> bool:
        """Whoever keeps the agency's people, and the client's account manager, unless he only reads by now."""
        looks_after = self.client.manager_id == member.pk and member.can("write")
        keeps = member.is_specialist and (rules.manages_people(member) or looks_after)
        return keeps and self.answered_at is None


class VendorCardQuerySet(TenantQuerySet):
    """What the agency knows of vendors; nobody else."""

    def visible_to(self, member):
        return super().visible_to(member) if member.is_specialist else self.none()


class VendorCard(TenantModel):
    """What helps to find the right vendor: the agency's own words and its own judgement. rating: 1 to 5."""

    vendor = TenantForeignKey(Vendor, on_delete=models.CASCADE, related_name="+")
    services = models.CharField(_("Services"), max_length=300, blank=True)
    languages = models.CharField(_("Languages"), max_length=100, blank=True)
    rating = models.PositiveSmallIntegerField(_("Rating"), null=True, blank=True)

    objects = VendorCardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "vendor"], name="vendor_card_once"),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="vendor_rating_to_five"),
        ]

    def __str__(self):
        return str(self.vendor)
