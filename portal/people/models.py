"""An invitation: a place that waits for its person. And what people keep for themselves: pinned clients, choices of the start page."""

import hashlib
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.tenancy.models import Client, Member, Project, Role, TenantModel, TenantQuerySet, Vendor
from portal.tenancy.models.member import Area, Kind, Level
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
                | Q(kind="contact", client__isnull=False, vendor=None, project=None)
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
        if not rules.can_grant(self.role, member):
            return False
        if rules.manages_people(member):
            return True
        return (
            self.kind == Kind.CONTACT
            and rules.looks_after_people_of(self.client, member)
            and set(self.areas) <= rules.own_areas(self.client, member)
        )


class OwnQuerySet(TenantQuerySet):
    """Everybody's own."""

    def visible_to(self, member):
        return super().visible_to(member).filter(member=member.pk)


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
