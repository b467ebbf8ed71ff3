"""The monthly statement: what the client's people were sent, once for each month."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.files.models import File
from portal.tenancy.models import Client, TenantModel
from portal.tenancy.walls import TenantForeignKey

from .rules import OfClientQuerySet


class WorkStatement(TenantModel):
    """The work log of a month (its first day) as it was sent. file: the PDF; None when nothing was logged, so nothing was sent."""

    client = TenantForeignKey(Client, on_delete=models.CASCADE, editable=False, related_name="+")
    month = models.DateField()
    file = TenantForeignKey(File, on_delete=models.PROTECT, null=True, related_name="+")
    minutes = models.PositiveIntegerField(default=0)
    stated_at = models.DateTimeField(default=timezone.now)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "client", "month"], name="work_statement_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="work_statement_is_of_a_month"),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m}"
