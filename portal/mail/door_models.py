"""What the doors keep besides the mail itself: mailboxes that are asked for new mail, and what a provider posted."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.mail import sealing
from portal.tenancy.models.base import TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

RELAX_AFTER = timedelta(minutes=10)
"""A mailbox that has failed for so long is tried only so often: many servers lock an account that is tried each minute."""
ALARM_AFTER = timedelta(hours=1)


class MailboxQuerySet(TenantQuerySet):
    """Mailboxes of an agency."""

    def visible_to(self, member):
        """Whoever keeps the agency's settings."""
        rows = super().visible_to(member)
        return rows if member.is_specialist and member.can("manage_agency") else rows.none()

    def due(self, *, at: datetime):
        """Wanted, nobody is at work on it, and it is no hopeless case that was tried a moment ago."""
        free = self.filter(paused_at=None).filter(Q(lease_until=None) | Q(lease_until__lt=at))
        hopeless = Q(failed_at__lt=at - RELAX_AFTER, checked_at__gt=at - RELAX_AFTER)
        return free.exclude(hopeless).order_by(F("checked_at").asc(nulls_first=True), "pk")


class Security(models.TextChoices):
    """How the connection to the server is protected."""

    TLS = "tls", _("TLS (usually port 993)")
    STARTTLS = "starttls", _("STARTTLS (usually port 143)")


class Trouble(models.TextChoices):
    """Why a mailbox cannot be read, in words for whoever keeps it."""

    HOST = "host", _("This server lies in a private network, which we do not enter.")
    UNREACHABLE = "unreachable", _("The server cannot be reached.")
    CERTIFICATE = "certificate", _("The server's certificate cannot be trusted.")
    LOGIN = "login", _("The server does not accept this user and password.")
    FOLDER = "folder", _("The server has no such folder.")
    MOVE = "move", _("Mails are stored, but could not be moved or marked as read.")
    PASSWORD = "password", _("The password cannot be read any more. Type it once more.")
    OTHER = "other", _("The server's answers cannot be understood.")


class ImapMailbox(TenantModel):
    """A mailbox at some provider that we ask for new mail.

    password: sealed, see portal.mail.sealing. folder: where new mail lies; done_folder: where it is moved once it is stored, ""
    = it stays and is marked as read. uidvalidity, last_uid: up to where it has been read. troubles: uid -> failed tries.
    failed_at: since when it cannot be read; left_behind: mails that stay there because they are too large or cannot be fetched.
    """

    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    user = models.CharField(max_length=320)
    password = models.TextField(editable=False)
    folder = models.CharField(max_length=200, default="INBOX")
    done_folder = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    paused_at = models.DateTimeField(null=True, editable=False)
    uidvalidity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    troubles = models.JSONField(default=dict, editable=False)
    left_behind = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    failed_at = models.DateTimeField(null=True, editable=False)
    error = models.CharField(max_length=12, choices=Trouble, blank=True, editable=False)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "host", "port", "user", "folder"], name="imap_mailbox_once"),
            models.CheckConstraint(condition=Q(port__gte=1, port__lte=65535), name="imap_mailbox_port"),
        ]

    def __str__(self):
        return f"{self.user} · {self.host}"

    def set_password(self, password: str) -> None:
        """Seal it; nobody can read it from the table."""
        self.password = sealing.seal(password)

    def has_failed_for(self, time: timedelta, *, at: datetime) -> bool:
        """Whether it could not be read for so long."""
        return self.failed_at is not None and self.failed_at <= at - time

    @property
    def opened_password(self) -> str:
        """The password itself, for the server alone. Raises sealing.Unreadable after a change of all keys."""
        return sealing.unseal(self.password)


class ProviderRequest(TenantModel):
    """What a provider of mail posted when it did not send the mail as it was: the mail is put together from this."""

    inbound = TenantForeignKey("mail.InboundMail", on_delete=models.CASCADE, editable=False, related_name="+")
    body = models.BinaryField(editable=False)
    content_type = models.CharField(max_length=255, blank=True, editable=False)

    def __str__(self):
        return f"{self.content_type} {self.inbound_id}"
