"""What the nightly examination of the money found."""

from django.db import models
from django.utils import timezone

from portal.tenancy.models import TenantModel

from .sides import OfMoneyQuerySet


class MoneyCheck(TenantModel):
    """The last examination of an agency's money (manage.py check_money). problems: in English, for whoever looks after it."""

    checked_at = models.DateTimeField(default=timezone.now)
    invoices = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)

    objects = OfMoneyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency"], name="money_check_once")]

    def __str__(self):
        return f"{self.checked_at:%Y-%m-%d %H:%M}"
