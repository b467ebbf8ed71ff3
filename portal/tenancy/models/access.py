"""What is open to a member: to contacts areas of clients, and to whom projects are shared with those alone."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.core.prepared import Prepared, Slot
from portal.tenancy.walls import TenantForeignKey

from .base import TenantModel, TenantQuerySet
from .client import Client, Project, still_open
from .role import Area

if TYPE_CHECKING:
    from .member import Member


class AccessQuerySet(TenantQuerySet):
    """Access rows: staff see all, others those of the clients they share."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        return rows if member.is_specialist else rows.filter(client_id__in=member.clients_of(Area.SECURITY))

    def whole(self):
        """Those that open every project of the client."""
        return self.filter(limited_at=None)

    def opening(self, area: str, project_id: int | Slot | None):
        """Those that open this area for things of this project; things of no project are open with the whole client alone."""
        shared = ProjectAccess.objects.filter(
            agency_id=OuterRef("agency_id"), member_id=OuterRef("member_id"), project_id=project_id
        )
        reach = Q(limited_at=None) | Exists(shared) if project_id else Q(limited_at=None)
        return self.filter(reach, areas__contains=[area])


class ClientAccess(TenantModel):
    """Which client a contact sees, and which areas of it.

    limited_at: since when only of the projects that are shared with the contact (ProjectAccess); what belongs to no project is
    closed then, and so are the areas of the whole company.
    """

    member = TenantForeignKey("tenancy.Member", on_delete=models.CASCADE, related_name="client_accesses")
    client = TenantForeignKey(Client, on_delete=models.CASCADE, related_name="accesses")
    areas = ArrayField(models.CharField(max_length=10, choices=Area), default=list)
    limited_at = models.DateTimeField(null=True, blank=True)
    limited_by = TenantForeignKey(
        "tenancy.Member", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "member", "client"], name="client_access_once"),
            models.CheckConstraint(
                condition=Q(limited_at=None) | ~Q(areas__overlap=[Area.MONEY, Area.SECURITY]),
                name="client_access_limited_areas",
            ),
        ]

    @property
    def is_limited(self) -> bool:
        return self.limited_at is not None


accesses = Prepared(
    lambda: ClientAccess.objects.filter(
        still_open("client", Slot("today", models.DateField())),
        agency_id=Slot("agency", models.BigIntegerField()),
        member_id=Slot("member", models.BigIntegerField()),
    )
)
"""Those of one member that count today."""


class Level(models.TextChoices):
    """What somebody may do in a shared project."""

    VIEW = "view", _("View")
    COMMENT = "comment", _("Comment")
    CONTRIBUTE = "contribute", _("Contribute")
    MANAGE = "manage", _("Manage")


COMMENTING = (Level.COMMENT, Level.CONTRIBUTE, Level.MANAGE)
CONTRIBUTING = (Level.CONTRIBUTE, Level.MANAGE)


class ShareQuerySet(TenantQuerySet):
    """With whom projects are shared: staff see all, vendors what concerns their own house, contacts what concerns the people of
    the client in the projects that they have."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.is_specialist:
            return rows
        if member.is_contact:
            return rows.filter(member__kind="contact", project_id__in=member.project_ids)
        return rows.filter(Q(vendor=member.vendor_id) | Q(member__vendor=member.vendor_id))


class ProjectAccess(TenantModel):
    """Who a project is shared with, and how: one member, or everybody of a vendor."""

    project = TenantForeignKey(Project, on_delete=models.CASCADE, related_name="accesses")
    client = TenantForeignKey(Client, on_delete=models.CASCADE, editable=False, related_name="+")
    member = TenantForeignKey("tenancy.Member", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    vendor = TenantForeignKey(
        "tenancy.Vendor", on_delete=models.CASCADE, null=True, blank=True, related_name="project_accesses"
    )
    level = models.CharField(_("May"), max_length=12, choices=Level, default=Level.VIEW)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(member=None, vendor__isnull=False) | Q(member__isnull=False, vendor=None),
                name="project_access_for_one",
            ),
            models.UniqueConstraint(
                fields=["agency", "project", "member", "vendor"], name="project_access_once", nulls_distinct=False
            ),
        ]


def projects_open_to(member: "Member", client: Client) -> list[int]:
    """Ids of shared projects of this client to which the member may add something."""
    shared = member.project_accesses.values()
    return [row.project_id for row in shared if row.client_id == client.pk and row.level in CONTRIBUTING]
