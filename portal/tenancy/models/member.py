"""A person's place in one agency, and what it opens."""

from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.context import current, tenant
from portal.tenancy import veiling
from portal.tenancy.walls import TenantForeignKey

from .access import COMMENTING, ClientAccess, ProjectAccess, accesses
from .base import TenantModel, TenantQuerySet
from .client import Client, still_open
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

    def admitted(self):
        """Those who can come in: neither their place nor their account has ended."""
        return self.active().filter(user__is_active=True)

    def complete(self):
        """With all that is needed to judge what is open to them, and to write to them."""
        return self.select_related("user", "role", "vendor", "agency")

    def at_address(self, address: str):
        """Whose own e-mail address this is, in whatever case."""
        return self.filter(user__email__iexact=address)

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
    def accesses(self) -> list[ClientAccess]:
        """Which clients this contact sees, until the last day of each; one query."""
        if not self.is_contact:
            return []
        with tenant(self.agency_id):  # who is at the door does not see the client's row yet
            return accesses.all(agency=self.agency_id, member=self.pk, today=timezone.localdate())

    @cached_property
    def project_accesses(self) -> dict[int, ProjectAccess]:
        """Projects shared with this member, or with its vendor, by id; of outsiders until the client's last day.

        What is shared with a vendor's person counts before what is shared with everybody there. With contacts projects are
        shared where their access is limited to some.
        """
        if self.sees_all_clients or (self.is_contact and not self.limited_client_ids):
            return {}
        rows = ProjectAccess.objects.filter(agency_id=self.agency_id)
        if self.is_specialist:
            return {row.project_id: row for row in rows.filter(member_id=self.pk)}
        if self.is_contact:
            rows = rows.filter(member_id=self.pk, client_id__in=self.limited_client_ids).select_related("project")
            with tenant(self.agency_id):
                return {row.project_id: row for row in rows}
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
        return self.agency_id == client.agency_id and (self.sees_all_clients or client.pk in self.client_ids)

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

    @property
    def speaking_project_ids(self) -> tuple[int, ...]:
        """Shared projects in which this member may say something."""
        return tuple(pk for pk, row in self.project_accesses.items() if row.level in COMMENTING)

    def projects_of(self, area: str) -> tuple[int, ...]:
        """Shared projects of which this outsider sees this area."""
        if self.is_vendor:
            return self.project_ids if area in self.vendor_areas else ()
        open_at = {access.client_id for access in self.accesses if access.is_limited and area in access.areas}
        return tuple(pk for pk, row in self.project_accesses.items() if row.client_id in open_at)

    @property
    def limited_client_ids(self) -> tuple[int, ...]:
        """Clients of which only the shared projects are open to this contact."""
        return tuple(access.client_id for access in self.accesses if access.is_limited)

    @property
    def whole_client_ids(self) -> tuple[int, ...]:
        """Clients of which every project is open to this contact."""
        return tuple(access.client_id for access in self.accesses if not access.is_limited)

    def goes_by_projects(self, client_id: int) -> bool:
        """Whether of this client a project must be shared, and its level counts: with vendors, and with limited contacts."""
        return self.is_vendor or client_id in self.limited_client_ids

    def level_allows(self, row, levels: tuple[str, ...]) -> bool:
        """Whether the sharing of the row's project names one of these levels; who does not go by projects goes by the role."""
        if not self.goes_by_projects(row.client_id):
            return True
        access = self.project_accesses.get(row.project_id or 0)
        return access is not None and access.level in levels

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
        """Clients of which this member sees all of this area. A provider sees the mails of the client that engaged it."""
        if self.is_contact:
            return tuple(row.client_id for row in self.accesses if area in row.areas and not row.is_limited)
        if area == Area.MAILS and self.engaged_by_id:
            return (self.engaged_by_id,)
        return ()

    def sees_area(self, client, area: str) -> bool:
        """Whether a tab of this area is open to the member at this client; staff see all, but sums by their role; whom projects
        are shared with finds those of the projects there."""
        if self.is_specialist:
            return area != Area.MONEY or self.can("money")
        if self.is_vendor:
            return area in self.vendor_areas
        return any(access.client_id == client.pk and area in access.areas for access in self.accesses)

    def can_write_for(self, client) -> bool:
        """Whether the member may add anything to this client: the role writes, and the client is not closed."""
        return self.can("write") and not client.is_read_only
