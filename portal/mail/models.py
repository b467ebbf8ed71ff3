"""Addresses, and the two queues of record: raw mail that came in, mail that is to go out."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models.base import TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey


class MailRoute(models.Model):
    """Global index from the SHA-256 of a mail address to its agency, for the door, which knows no agency yet.

    It holds no address and no client, so it needs no wall. Rows stay when an address is retired.
    """

    digest = models.CharField(max_length=64, unique=True)
    agency_id = models.BigIntegerField()

    def __str__(self):
        return self.digest


class ClientAddressQuerySet(TenantQuerySet):
    """Portal addresses."""

    def visible_to(self, member):
        """Staff: of their clients. Contacts and providers: of clients whose mails they see. Suppliers: none."""
        rows = super().visible_to(member)
        if member.is_specialist:
            return rows if member.can("all_clients") else rows.filter(client_id__in=member.client_ids)
        return rows.filter(client_id__in=member.clients_of("mails"))

    def current(self):
        return self.filter(retired_at=None)


class ClientAddress(TenantModel):
    """A client's own mail address. A retired one is still taken until `valid_until`."""

    client = TenantForeignKey("tenancy.Client", on_delete=models.CASCADE, editable=False, related_name="+")
    local_part = models.CharField(max_length=64)
    domain = models.CharField(max_length=253)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, editable=False)
    valid_until = models.DateTimeField(null=True, editable=False)

    objects = ClientAddressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "local_part", "domain"], name="client_address_unique"),
            models.UniqueConstraint(
                fields=["agency", "client"], name="client_address_one_current", condition=Q(retired_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.local_part}@{self.domain}"

    def takes_mail(self, at: datetime) -> bool:
        """Whether mail to it still belongs to the client."""
        return self.retired_at is None or (self.valid_until is not None and at < self.valid_until)


class StaffOnlyQuerySet(TenantQuerySet):
    """Rows that only the agency's own people may see."""

    def visible_to(self, member):
        return super().visible_to(member) if member.is_specialist else self.none()


class InboundQuerySet(StaffOnlyQuerySet):
    """Raw mails: waiting, done or in quarantine."""

    def undone(self):
        return self.filter(processed_at=None, quarantined_at=None)

    def waiting(self, *, at: datetime):
        """Undone, and nobody is at work on it."""
        return self.undone().filter(Q(lease_until=None) | Q(lease_until__lt=at))


class Reason(models.TextChoices):
    """Why a mail stands in quarantine."""

    NO_CLIENT = "no_client", _("No client has this address any more.")
    FAILED = "failed", _("It could not be filed.")
    CRASHED = "crashed", _("It was tried three times, and the process ended each time.")


class InboundMail(TenantModel):
    """A mail as it arrived, byte for byte, with its envelope. What was accepted never changes, only its state does.

    recipients: envelope addresses of this agency; source: the door it came through; lease_until: somebody is at work on it;
    error: what went wrong, for the log and for operators.
    """

    raw = models.BinaryField(editable=False)
    envelope_from = models.CharField(max_length=320, blank=True)
    recipients = ArrayField(models.CharField(max_length=320))
    peer = models.GenericIPAddressField(null=True)
    helo = models.CharField(max_length=255, blank=True)
    source = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    received_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    processed_at = models.DateTimeField(null=True)
    quarantined_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects = InboundQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"], name="inbound_undone", condition=Q(processed_at=None, quarantined_at=None)
            ),
            models.Index(fields=["agency", "-received_at"], name="inbound_by_agency"),
        ]

    def __str__(self):
        return gettext("Incoming mail %(number)s") % {"number": self.pk}


class OutgoingQuerySet(StaffOnlyQuerySet):
    """Mails to send: waiting, sent or given up."""

    def waiting(self):
        return self.filter(sent_at=None, failed_at=None)

    def due(self, *, at: datetime):
        return self.waiting().filter(next_try_at__lte=at)


class OutgoingMail(TenantModel):
    """A mail that goes out. Its Message-ID is fixed before the first try, so that a second delivery can be told."""

    message_id = models.CharField(max_length=320, unique=True)
    sender = models.CharField(_("From"), max_length=400)
    to = ArrayField(models.EmailField(), verbose_name=_("To"))
    reply_to = models.CharField(max_length=320, blank=True)
    subject = models.CharField(_("Subject"), max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], name="outgoing_waiting", condition=Q(sent_at=None, failed_at=None)),
            models.Index(fields=["agency", "-created_at"], name="outgoing_by_agency"),
        ]

    def __str__(self):
        return self.message_id
