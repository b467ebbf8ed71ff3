"""What every table with a tenant shares: an agency, and querysets that show only what a member may see."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q

from portal.tenancy.walls import TenantForeignKey

MOST_WORDS = 8
"""So many words are looked for; each costs a condition."""


class TenantQuerySet(models.QuerySet):
    """Rows of one agency."""

    def visible_to(self, member):
        """The first wall: rows of the member's agency."""
        return self.filter(agency_id=member.agency_id)


class OwnQuerySet(TenantQuerySet):
    """Rows of one member alone: marks, drafts, choices."""

    def visible_to(self, member):
        return super().visible_to(member).filter(member=member.pk)


class TenantModel(models.Model):
    """A row of one agency. Its table is walled in by SecureTable in the migration that makes it."""

    agency = models.ForeignKey("tenancy.Agency", on_delete=models.CASCADE, editable=False, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True


class ClientOwnedQuerySet(TenantQuerySet):
    """Rows of one client. area: which part of a contact's access opens them; searched: the columns with their words."""

    area = "work"
    searched: tuple[str, ...] = ()

    def visible_to(self, member):
        """Staff: clients their role or sharing opens. Outsiders: the area of whole clients, and of projects shared for it."""
        rows = super().visible_to(member)
        if member.is_specialist:
            if member.sees_all_clients:
                return rows
            return rows.filter(Q(client_id__in=member.client_ids) | Q(project_id__in=member.project_ids))
        shared = Q(project_id__in=member.projects_of(self.area))
        return rows.filter(shared | Q(client_id__in=member.clients_of(self.area)))

    def of(self, client):
        """Rows of this client."""
        return self.filter(client=client)

    def matching(self, words: list[str]):
        """Every word in one of the columns that are `searched`."""
        rows = self
        for word in words[:MOST_WORDS]:
            anywhere = [Q(**{f"{column}__icontains": word}) for column in self.searched]
            rows = rows.filter(reduce(or_, anywhere))
        return rows


class ClientOwned(TenantModel):
    """A row that belongs to a client, and perhaps to one of its projects."""

    client = TenantForeignKey("tenancy.Client", on_delete=models.CASCADE, editable=False, related_name="+")
    project = TenantForeignKey("tenancy.Project", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ClientOwnedQuerySet.as_manager()

    class Meta:
        abstract = True
