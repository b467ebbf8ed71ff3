"""The companies that an agency works for, and what it does for them."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy import veiling
from portal.tenancy.reserved import CLIENT_WORDS
from portal.tenancy.slugs import SLUG
from portal.tenancy.walls import TenantForeignKey

from .base import ClientOwnedQuerySet, TenantModel, TenantQuerySet


def still_open(path: str, today) -> models.Q:
    """Rows whose client, behind this path ("" for clients themselves), outsiders may see on that day: its last one is still to
    come, or none is set. Of one client `is_over` says the opposite.
    """
    column = f"{path}__access_until" if path else "access_until"
    return models.Q(**{column: None}) | models.Q(**{f"{column}__gte": today})


OPEN_CLIENT = {"client__archived_at": None, "client__read_only_at": None}
"""Conditions on rows of clients for whom the work goes on."""


class ClientQuerySet(TenantQuerySet):
    """Companies."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        return rows if member.sees_all_clients else rows.filter(pk__in=member.client_ids)

    def active(self):
        return self.filter(archived_at=None)

    def over(self):
        """Those whose last day has passed."""
        return self.exclude(still_open("", timezone.localdate()))


class Client(TenantModel):
    """A company. After `read_only_at` nothing can be written; after `access_until` its contacts cannot come in."""

    name = models.CharField(_("Name"), max_length=120)
    slug = models.SlugField(_("Address"), max_length=40, validators=[RegexValidator(SLUG)])
    external_id = models.CharField(_("External id"), max_length=120, blank=True)
    manager = TenantForeignKey(
        "tenancy.Member",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="managed_clients",
        verbose_name=_("Account manager"),
    )
    embargo_days = models.PositiveSmallIntegerField(_("Timeline delay in days"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    read_only_at = models.DateTimeField(null=True, blank=True, editable=False)
    access_until = models.DateField(_("Access until"), null=True, blank=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "slug"], name="client_slug_unique"),
            models.UniqueConstraint(
                fields=["agency", "external_id"], name="client_external_id_unique", condition=~models.Q(external_id="")
            ),
            models.CheckConstraint(condition=~models.Q(slug__in=CLIENT_WORDS), name="client_slug_not_reserved"),
        ]
        indexes = [models.Index(fields=["agency", "name"], name="client_by_name")]

    @classmethod
    def from_db(cls, db, field_names, values):
        """Readers who must not learn the name get another one, wherever the row is read for them."""
        client = super().from_db(db, field_names, values)
        if veiling.is_on() and "name" in client.__dict__:
            client.name = veiling.name_for(client.__dict__.get("slug", ""))
        return client

    def __str__(self):
        return self.name

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return self.access_until is not None and self.access_until < timezone.localdate()

    @property
    def is_read_only(self) -> bool:
        return self.read_only_at is not None or self.archived_at is not None

    @property
    def delay_days(self) -> int:
        """So many days after the work its people see an entry of the timeline: the client's own number, else the agency's."""
        return self.agency.embargo_days if self.embargo_days is None else self.embargo_days


class ProjectQuerySet(ClientOwnedQuerySet):
    """Engagements."""

    def visible_to(self, member):
        rows = self.filter(agency_id=member.agency_id)
        if member.is_specialist:
            if member.can("all_clients"):
                return rows
            return rows.filter(models.Q(client_id__in=member.client_ids) | models.Q(pk__in=member.project_ids))
        return rows.filter(models.Q(client_id__in=member.whole_client_ids) | models.Q(pk__in=member.project_ids))

    def active(self):
        return self.filter(archived_at=None)


class Project(TenantModel):
    """One campaign or engagement of a client."""

    client = TenantForeignKey(Client, on_delete=models.CASCADE, editable=False, related_name="projects")
    name = models.CharField(_("Name"), max_length=120)
    slug = models.SlugField(_("Short name"), max_length=40, validators=[RegexValidator(SLUG)])
    external_id = models.CharField(_("External id"), max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "client", "slug"], name="project_slug_unique"),
            models.UniqueConstraint(
                fields=["agency", "external_id"], name="project_external_id_unique", condition=~models.Q(external_id="")
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def project_id(self) -> int:
        """What happens to a project is an event of this project."""
        return self.pk
