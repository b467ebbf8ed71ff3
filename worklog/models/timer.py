"""The timer that runs: one row per person, so there is never a second one."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Client, Member, OwnQuerySet, Project, TenantModel
from portal.tenancy.walls import TenantForeignKey

from .kinds import WorkKind

ASKS_AFTER = timedelta(hours=10)
"""So long a timer runs before its person is asked whether it still does."""


class Timer(TenantModel):
    """Since when somebody works on something. Client and kind may be told at the end.

    started_at: of what was not logged yet. confirmed_at: when the person last said that it runs, at the start too once midnight
    has cut something off; asked_at: when it was last asked.
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

    @property
    def is_complete(self) -> bool:
        """It says for whom and what it runs."""
        return bool(self.client_id and self.kind_id and self.text)

    @property
    def vouched_at(self) -> datetime:
        """When its person last knew of it: at the start, or when it was confirmed. Midnight does not change that."""
        return self.confirmed_at or self.started_at

    @property
    def is_doubtful(self) -> bool:
        """It has run for so long that its person is asked, and has not answered."""
        return timezone.now() - self.vouched_at >= ASKS_AFTER

    @property
    def is_to_ask(self) -> bool:
        """Once for each answer."""
        return self.is_doubtful and (self.asked_at is None or self.asked_at < self.vouched_at)
