"""Files of mails, and what is being written."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import ClientOwned
from portal.tenancy.models.base import OwnQuerySet, TenantModel
from portal.tenancy.walls import TenantForeignKey

from .mail import Mail
from .threads import MailsQuerySet


class AttachmentQuerySet(MailsQuerySet):
    """Files of mails, newest first by (received_at, id)."""

    def relevant(self):
        """Without files of what was set aside as not relevant."""
        return self.filter(mail__thread__hidden_at=None)


class MailAttachment(ClientOwned):
    """A file of a mail. content_id: how its HTML text refers to it. Client, project and moment are those of the mail."""

    mail = TenantForeignKey(Mail, on_delete=models.CASCADE, related_name="attachments")
    file = TenantForeignKey("files.File", on_delete=models.PROTECT, related_name="+")
    content_id = models.CharField(max_length=250, blank=True)
    received_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "client", "-received_at", "-id"], name="attachment_newest_first")]

    def __str__(self):
        return str(self.file)


class Draft(TenantModel):
    """What somebody is writing: one new mail for each client, and one answer to each mail. Nobody else sees it."""

    client = TenantForeignKey("tenancy.Client", on_delete=models.CASCADE, editable=False, related_name="+")
    member = TenantForeignKey("tenancy.Member", on_delete=models.CASCADE, editable=False, related_name="+")
    answers = TenantForeignKey(Mail, on_delete=models.CASCADE, null=True, editable=False, related_name="+")
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
