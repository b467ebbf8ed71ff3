"""The agency's own words for kinds of work."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import TenantModel, TenantQuerySet


class WorkKindQuerySet(TenantQuerySet):
    """Kinds of work, in the agency's order."""

    def offered(self):
        return self.filter(retired_at=None).order_by("position", "pk")


class WorkKind(TenantModel):
    """What was done: "Content creation". Retired kinds stay at what was logged, and are offered no more.

    needs_protocol: calls and meetings; who logs one is reminded of its minutes.
    """

    name = models.CharField(_("Name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("Position"), default=0)
    needs_protocol = models.BooleanField(_("Needs a protocol"), default=False)
    retired_at = models.DateTimeField(_("Offered until"), null=True, blank=True)

    objects = WorkKindQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="work_kind_once")]

    def __str__(self):
        return self.name
