"""Forms that were sent and did something, so that a second sending of the same one does nothing."""

from django.db import models

from portal.tenancy.models.base import OwnQuerySet, TenantModel
from portal.tenancy.walls import TenantForeignKey


class Submission(TenantModel):
    """One sending of a form by one person. key: SHA-256 of the page's random key and of what was sent; location: where it led."""

    member = TenantForeignKey("tenancy.Member", on_delete=models.CASCADE, editable=False, related_name="+")
    key = models.CharField(max_length=64, editable=False)
    location = models.CharField(max_length=2000, blank=True, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "member", "key"], name="submission_once")]

    def __str__(self):
        return self.location
