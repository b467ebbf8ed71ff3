"""What is being written."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models.base import TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey


class OwnQuerySet(TenantQuerySet):
    """Marks and drafts: everybody's own."""

    def visible_to(self, member):
        return super().visible_to(member).filter(member=member)


class Draft(TenantModel):
    """What somebody is writing: one new mail for each client, and one answer to each mail. Nobody else sees it."""

    client = TenantForeignKey("tenancy.Client", on_delete=models.CASCADE, editable=False, related_name="+")
    member = TenantForeignKey("tenancy.Member", on_delete=models.CASCADE, editable=False, related_name="+")
    answers = TenantForeignKey("mailbox.Mail", on_delete=models.CASCADE, null=True, editable=False, related_name="+")
    to = models.TextField(blank=True)
    cc = models.TextField(blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "client", "member", "answers"], name="mail_draft_once", nulls_distinct=False
            )
        ]

    def __str__(self):
        return self.subject or str(_("(no subject)"))
