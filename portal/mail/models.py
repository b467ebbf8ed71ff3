"""Addresses, and the two queues of record: raw mail that came in, mail that is to go out."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.mail import parsed
from portal.mail.door_models import ImapMailbox as ImapMailbox
from portal.mail.door_models import ProviderRequest as ProviderRequest
from portal.mail.door_models import Security as Security
from portal.mail.route_models import MailRoute as MailRoute
from portal.mail.stray_models import Stray as Stray
from portal.tenancy.models.base import TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey


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

    def in_quarantine(self):
        """Not filed, and for a person to decide."""
        return self.filter(quarantined_at__isnull=False, discarded_at=None)

    def discarded(self):
        """Not wanted; the bytes are still there."""
        return self.filter(discarded_at__isnull=False, emptied_at=None)

    def unreadable(self):
        """In quarantine, because it could not be read or filed."""
        return self.in_quarantine().exclude(reason=Reason.NO_CLIENT)

    def unplaced(self):
        """In quarantine, because no client has the address."""
        return self.in_quarantine().filter(reason=Reason.NO_CLIENT)

    def waiting(self, *, at: datetime):
        """Undone, and nobody is at work on it."""
        return self.undone().filter(Q(lease_until=None) | Q(lease_until__lt=at))


class Reason(models.TextChoices):
    """Why a mail stands in quarantine."""

    NO_CLIENT = "no_client", _("No client has this address any more.")
    FAILED = "failed", _("It could not be filed.")
    CRASHED = "crashed", _("It was tried three times, and the process ended each time.")


class Verdict(models.TextChoices):
    """Whether the domain in From vouches for the mail."""

    VERIFIED = parsed.VERIFIED, _("The sender's domain confirms this mail.")
    UNVERIFIED = parsed.UNVERIFIED, _("Nobody confirms that this sender wrote it.")
    FAILED = parsed.FAILED, _("The sender's domain says that this mail is not from there.")


class InboundMail(TenantModel):
    """A mail as it arrived, byte for byte, with its envelope. What was accepted never changes, only its state does.

    recipients: envelope addresses of this agency; source: the door it came through; source_key: the mail's own key at that door,
    "" where there is none, so that a door that hands it in twice makes one row; lease_until: somebody is at work on it;
    error: what went wrong, for the log and for operators; verdict: "" until somebody has looked; discarded_by: nobody when the
    time was up; emptied_at: since then raw is empty (the database lets nothing else be done to it).
    """

    raw = models.BinaryField(editable=False)
    envelope_from = models.CharField(max_length=320, blank=True)
    recipients = ArrayField(models.CharField(max_length=320))
    peer = models.GenericIPAddressField(null=True)
    helo = models.CharField(max_length=255, blank=True)
    source = models.CharField(max_length=10)
    source_key = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    size = models.PositiveIntegerField()
    received_at = models.DateTimeField(auto_now_add=True)
    verdict = models.CharField(_("Sender"), max_length=10, choices=Verdict, blank=True, default="", db_default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    processed_at = models.DateTimeField(null=True)
    quarantined_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    error = models.CharField(max_length=300, blank=True)
    discarded_at = models.DateTimeField(null=True, editable=False)
    discarded_by = TenantForeignKey(
        "tenancy.Member", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    emptied_at = models.DateTimeField(null=True, editable=False)

    objects = InboundQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"], name="inbound_undone", condition=Q(processed_at=None, quarantined_at=None)
            ),
            models.Index(fields=["agency", "-received_at"], name="inbound_by_agency"),
            BrinIndex(fields=["received_at"], name="inbound_received"),
            models.Index(
                fields=["agency", "-received_at", "-id"],
                name="inbound_quarantined",
                condition=Q(quarantined_at__isnull=False, discarded_at=None),
            ),
            models.Index(
                fields=["quarantined_at"],
                name="inbound_to_empty",
                condition=Q(quarantined_at__isnull=False, emptied_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "source", "source_key"], name="inbound_once", condition=~Q(source_key="")
            )
        ]

    def __str__(self):
        return gettext("Incoming mail %(number)s") % {"number": self.pk}


class ReplyQuerySet(TenantQuerySet):
    """Answers to mails of ours."""

    def visible_to(self, member):
        """Whoever sees every client: what was kept back may be about any of them."""
        return super().visible_to(member) if member.sees_all_clients else self.none()

    def kept_back(self):
        return self.exclude(reason="")

    def unsettled(self):
        return self.kept_back().filter(settled_at=None)


class KeptBack(models.TextChoices):
    """Why an answer did not become what it was meant for."""

    SENDER = "sender", _("It came from another address than that of the person whom we had written to.")
    AUTOMATIC = "automatic", _("A program wrote it: an absence note, a bounce or a mail of our own.")
    CLOSED = "closed", _("What it answers is no longer open to this person.")
    EMPTY = "empty", _("Nothing of its own was found in it, only the mail that it answers.")
    UNREADABLE = "unreadable", _("It is damaged and could not be read as a whole.")
    FLOOD = "flood", _("Ten answers came within ten minutes; perhaps two programs answer each other.")


class MailReply(TenantModel):
    """That an answer came, and what became of it: reason is "" when it was taken. No answer is dropped.

    member, purpose, subject_id: who was asked what (portal.mail.reply_addresses). text: only of what was kept back.
    answered_at: when we told the sender that it was not taken.
    """

    inbound = TenantForeignKey(InboundMail, on_delete=models.CASCADE, related_name="+")
    member = TenantForeignKey("tenancy.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    purpose = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    content_key = models.CharField(max_length=64)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    reason = models.CharField(max_length=12, choices=KeptBack, blank=True)
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "member", "purpose", "subject_id", "content_key"], name="mail_reply_once"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "-received_at", "-id"], name="mail_reply_kept", condition=~Q(reason="")),
            models.Index(fields=["agency"], name="mail_reply_unsettled", condition=~Q(reason="") & Q(settled_at=None)),
            models.Index(fields=["agency", "member", "answered_at"], name="mail_reply_answered"),
        ]

    def __str__(self):
        return self.subject or gettext("No subject")


class OutgoingQuerySet(StaffOnlyQuerySet):
    """Mails to send: waiting, sent or given up."""

    def waiting(self):
        return self.filter(sent_at=None, failed_at=None)

    def due(self, *, at: datetime):
        return self.waiting().filter(next_try_at__lte=at)


class BounceKind(models.TextChoices):
    """Whether a mail that came back came back for good."""

    HARD = "hard", _("Cannot be delivered")
    SOFT = "soft", _("Could not be delivered for now")


class OutgoingMail(TenantModel):
    """A mail that goes out. Its Message-ID is fixed before the first try, so that a second delivery can be told.

    seed: what the secret in it is made of (portal.mail.seeds), until it is gone; "" for mails without one.
    calendar: an iCalendar object that calendar programs take over (an invitation), "" for mails without one.
    files: ids of portal.files, read when it leaves. only_if, _ids: what must still be so then (portal.mail.leaving).
    sent_at: the next server took it; it may still come back (bounced_at).
    """

    message_id = models.CharField(max_length=320, unique=True)
    sender = models.CharField(_("From"), max_length=400)
    to = ArrayField(models.EmailField(), verbose_name=_("To"))
    cc = ArrayField(models.EmailField(), verbose_name=_("Cc"), default=list, db_default=[], blank=True)
    reply_to = models.CharField(max_length=320, blank=True)
    subject = models.CharField(_("Subject"), max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True, default="", db_default="")
    files = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    headers = models.JSONField(default=dict)
    seed = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    only_if = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    only_if_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    bounced_at = models.DateTimeField(null=True)
    bounce_kind = models.CharField(max_length=4, choices=BounceKind, blank=True, default="", db_default="")
    bounce_text = models.CharField(max_length=500, blank=True, default="", db_default="")

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], name="outgoing_waiting", condition=Q(sent_at=None, failed_at=None)),
            models.Index(fields=["agency", "-created_at"], name="outgoing_by_agency"),
        ]

    def __str__(self):
        return self.message_id
