"""A person's place in one agency, and what it opens."""

from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.context import current, tenant
from portal.core.prepared import Prepared, Slot
from portal.tenancy import veiling
from portal.tenancy.walls import TenantForeignKey

from .base import TenantModel, TenantQuerySet
from .client import Client, Project, still_open
from .role import VENDOR_AREAS, Area, Kind, Role
from .vendor import Engagement, Vendor

NEWS_FOR = timedelta(days=90)
"""What nobody opened in this time stops asking for attention."""


class MemberQuerySet(TenantQuerySet):
    """Members; outsiders see the agency's people and those who share a client with them."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.is_specialist:
            return rows
        shared = models.Q(shared_client_ids__overlap=member.client_array)
        return rows.filter(models.Q(kind=Kind.SPECIALIST) | shared | models.Q(pk=member.pk))

    def active(self):
        return self.filter(ended_at=None)

    def with_names(self):
        return self.select_related("user")


class Member(TenantModel):
    """A person's place in one agency.

    client_ids: the clients that this member shares, kept by the actions that change access; the wall reads it so that
    contacts of one client never learn who works at another. For staff who see every client it stays empty.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    kind = models.CharField(max_length=12, choices=Kind)
    role = TenantForeignKey(Role, on_delete=models.PROTECT, related_name="members")
    vendor = TenantForeignKey(Vendor, on_delete=models.CASCADE, null=True, blank=True, related_name="members")
    position = models.CharField(_("Position"), max_length=120, blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    shared_client_ids = ArrayField(models.BigIntegerField(), default=list, editable=False, db_column="client_ids")
    joined_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "user"], name="member_once_per_agency"),
            models.CheckConstraint(
                condition=models.Q(kind="vendor", vendor__isnull=False)
                | (~models.Q(kind="vendor") & models.Q(vendor=None)),
                name="member_vendor_has_organisation",
            ),
        ]
        indexes = [models.Index(fields=["user"], name="member_by_user")]

    def __str__(self):
        name = str(self.user)
        # Lists read names alone; the kind is asked for only when it matters.
        return veiling.shown_person(name, self.kind) if current().veiled else name

    @property
    def is_specialist(self) -> bool:
        return self.kind == Kind.SPECIALIST

    @property
    def is_contact(self) -> bool:
        return self.kind == Kind.CONTACT

    @property
    def is_vendor(self) -> bool:
        return self.kind == Kind.VENDOR

    @property
    def reads_private(self) -> bool:
        """Whether private words are open to this person: to the agency's people, and to vendors with the right."""
        return self.is_specialist or (self.is_vendor and self.vendor.reads_private)

    @property
    def knows_clients(self) -> bool:
        """Whether this person may learn what clients are called."""
        return not self.is_vendor or self.vendor.knows_client

    @property
    def vendor_areas(self) -> tuple[str, ...]:
        """What a shared project opens to a vendor: protocols and mails would tell the client's name."""
        return VENDOR_AREAS if self.knows_clients else (Area.TICKETS,)

    @property
    def side(self) -> str:
        """Which side of the timeline this person's acts stand on."""
        provider = self.is_vendor and self.vendor.engagement == Engagement.PROVIDER
        return "client" if self.is_contact or provider else "agency"

    def can(self, permission: str) -> bool:
        """Whether the role allows it."""
        return permission in self.role.permissions

    @cached_property
    def accesses(self) -> list["ClientAccess"]:
        """Which clients this contact sees, until the last day of each; one query."""
        if not self.is_contact:
            return []
        with tenant(self.agency_id):  # who is at the door does not see the client's row yet
            return _accesses.all(agency=self.agency_id, member=self.pk, today=timezone.localdate())

    @cached_property
    def project_accesses(self) -> dict[int, "ProjectAccess"]:
        """Projects shared with this member, or with its vendor, by id; of outsiders until the client's last day.

        What is shared with a vendor's person counts before what is shared with everybody there.
        """
        if self.is_contact or self.sees_all_clients:
            return {}
        rows = ProjectAccess.objects.filter(agency_id=self.agency_id)
        if not self.is_vendor:
            return {row.project_id: row for row in rows.filter(member_id=self.pk)}
        mine = models.Q(member_id=self.pk) | models.Q(vendor_id=self.vendor_id)
        open_ones = rows.filter(mine, still_open("client", timezone.localdate())).select_related("project")
        with tenant(self.agency_id):
            return {row.project_id: row for row in open_ones.order_by(models.F("member").asc(nulls_first=True))}

    @cached_property
    def engaged_by_id(self) -> int | None:
        """The client that engaged this provider, until its last day."""
        if not self.is_vendor or self.vendor.client_id is None:
            return None
        with tenant(self.agency_id):
            rows = Vendor.objects.filter(still_open("client", timezone.localdate()), pk=self.vendor_id)
            return rows.values_list("client_id", flat=True).first()

    @property
    def sees_all_clients(self) -> bool:
        """Whether no sharing is needed: staff whose role says so."""
        return self.is_specialist and self.can("all_clients")

    def sees_client(self, client: Client) -> bool:
        """What ClientQuerySet.visible_to asks, of one client."""
        return self.sees_all_clients or client.pk in self.client_ids

    @property
    def now(self) -> datetime:
        """The moment of asking; in prepared queries (portal.tenancy.reader) it is filled in at each call."""
        return timezone.now()

    @property
    def news_since(self) -> datetime:
        """What is older is no news to this member: what came before him, and what nobody opened for long."""
        return max(self.joined_at, timezone.now() - NEWS_FOR)

    @property
    def project_ids(self) -> tuple[int, ...]:
        return tuple(self.project_accesses)

    @cached_property
    def client_ids(self) -> tuple[int, ...]:
        """Clients of which this member sees anything at all."""
        if self.is_contact:
            return tuple(access.client_id for access in self.accesses)
        shared = {row.client_id for row in self.project_accesses.values()}
        if self.engaged_by_id:
            shared.add(self.engaged_by_id)
        return tuple(sorted(shared))

    @property
    def client_array(self) -> list[int]:
        """The same clients, for columns that are arrays."""
        return list(self.client_ids)

    def clients_of(self, area: str) -> tuple[int, ...]:
        """Clients of which this member sees this area. A provider sees the mails of the client that engaged it."""
        if self.is_contact:
            return tuple(access.client_id for access in self.accesses if area in access.areas)
        if area == Area.MAILS and self.engaged_by_id:
            return (self.engaged_by_id,)
        return ()

    def sees_area(self, client, area: str) -> bool:
        """Whether a tab of this area is open to the member at this client; staff see all, but sums by their role; vendors by
        their projects."""
        if self.is_specialist:
            return area != Area.MONEY or self.can("money")
        if self.is_vendor:
            return area in self.vendor_areas
        return client.pk in self.clients_of(area)

    def can_write_for(self, client) -> bool:
        """Whether the member may add anything to this client: the role writes, and the client is not closed."""
        return self.can("write") and not client.is_read_only


class AccessQuerySet(TenantQuerySet):
    """Access rows: staff see all, others those of the clients they share."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        return rows if member.is_specialist else rows.filter(client_id__in=member.clients_of(Area.SECURITY))


class ClientAccess(TenantModel):
    """Which client a contact sees, and which areas of it."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="client_accesses")
    client = TenantForeignKey(Client, on_delete=models.CASCADE, related_name="accesses")
    areas = ArrayField(models.CharField(max_length=10, choices=Area), default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "member", "client"], name="client_access_once")]


_accesses = Prepared(
    lambda: ClientAccess.objects.filter(
        still_open("client", Slot("today", models.DateField())),
        agency_id=Slot("agency", models.BigIntegerField()),
        member_id=Slot("member", models.BigIntegerField()),
    )
)


class Level(models.TextChoices):
    """What somebody may do in a shared project."""

    VIEW = "view", _("View")
    COMMENT = "comment", _("Comment")
    CONTRIBUTE = "contribute", _("Contribute")
    MANAGE = "manage", _("Manage")


class ShareQuerySet(TenantQuerySet):
    """With whom projects are shared: staff see all, contacts none, vendors what concerns their own house."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.is_specialist:
            return rows
        if not member.is_vendor:
            return rows.none()
        return rows.filter(models.Q(vendor=member.vendor_id) | models.Q(member__vendor=member.vendor_id))


class ProjectAccess(TenantModel):
    """Who a project is shared with, and how: one member, or everybody of a vendor."""

    project = TenantForeignKey(Project, on_delete=models.CASCADE, related_name="accesses")
    client = TenantForeignKey(Client, on_delete=models.CASCADE, editable=False, related_name="+")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    vendor = TenantForeignKey(Vendor, on_delete=models.CASCADE, null=True, blank=True, related_name="project_accesses")
    level = models.CharField(_("May"), max_length=12, choices=Level, default=Level.VIEW)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(member=None, vendor__isnull=False) | models.Q(member__isnull=False, vendor=None),
                name="project_access_for_one",
            ),
            models.UniqueConstraint(
                fields=["agency", "project", "member", "vendor"], name="project_access_once", nulls_distinct=False
            ),
        ]
