"""What an hour costs: for the agency as a whole, or closer by client, project, role and kind of work; from a day on."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Client, Member, Project, Role, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

from .kinds import WorkKind


class WorkRateQuerySet(TenantQuerySet):
    """Rates, for staff who see sums."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if not (member.is_specialist and member.can("money")):
            return rows.none()
        seen = Q(client=None) | Q(client_id__in=member.client_ids)
        return rows if member.sees_all_clients else rows.filter(seen)

    def with_names(self):
        return self.select_related("client", "project", "role", "kind")


class WorkRate(TenantModel):
    """The price of an hour from `valid_from` on, until a later row for the same says otherwise. Empty means: for all."""

    client = TenantForeignKey(Client, on_delete=models.CASCADE, null=True, related_name="+")
    project = TenantForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+")
    role = TenantForeignKey(Role, on_delete=models.PROTECT, null=True, related_name="+")
    kind = TenantForeignKey(WorkKind, on_delete=models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField(_("From"))
    amount = models.DecimalField(
        _("Price of an hour"), max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    currency = models.CharField(_("Currency"), max_length=3)
    set_at = models.DateTimeField(default=timezone.now)
    set_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = WorkRateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "client", "project", "role", "kind", "currency", "valid_from"],
                name="work_rate_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="work_rate_is_positive"),
            models.CheckConstraint(condition=Q(project=None) | Q(client__isnull=False), name="work_rate_of_client"),
        ]

    def __str__(self):
        return f"{self.amount} {self.currency}"
