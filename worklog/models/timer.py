"""The timer that runs: one row per person, so there is never a second one."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Client, Member, OwnQuerySet, Project, TenantModel
from portal.tenancy.walls import TenantForeignKey

from .kinds import WorkKind


class Timer(TenantModel):
    """Since when somebody works on something. Client and kind may be told at the end.

    confirmed_at: when the person last said that it still runs; asked_at: when it was last asked.
    """

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    client = TenantForeignKey(Client, on_delete=models.CASCADE, null=True, related_name="+")
    project = TenantForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+")
    kind = TenantForeignKey(WorkKind, on_delete=models.CASCADE, null=True, related_name="+")
    text = models.CharField(_("What are you doing?"), max_length=500, blank=True)
    subject_type = models.CharField(max_length=60, blank=True, editable=False)
    subject_id = models.BigIntegerField(null=True, editable=False)
    started_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "member"], name="one_timer_per_person")]
        indexes = [models.Index(fields=["started_at"], name="timer_by_start")]

    def __str__(self):
        return self.text
