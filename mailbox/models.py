"""Mails of a client, their attachments, and who has read them."""

from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mailbox.address_models import AddressTest, KnownAddress
from portal.mail import parsed
from portal.tenancy.models import ClientOwned, ClientOwnedQuerySet
from portal.tenancy.models.base import TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

__all__ = ["AddressTest", "Held", "KnownAddress", "Mail", "MailAttachment", "MailRead", "Problem"]


class Problem(models.TextChoices):
    """Why not all of a mail could be read. The original is kept in any case."""

    TOO_DEEP = parsed.TOO_DEEP, _("This mail has too many parts inside each other. Only its headers were read.")
    TOO_MANY_PARTS = parsed.TOO_MANY_PARTS, _("This mail has too many parts. Not all of them could be read.")
    UNREADABLE = parsed.UNREADABLE, _("This mail is damaged. Not all of it could be read.")
    NO_HEADERS = parsed.NO_HEADERS, _("This mail could not be read: it does not say who sent it, nor what about.")


class Held(models.TextChoices):
    """Why a mail is held back."""

    STRANGER = "stranger", _("Nobody in it is known to this client.")


def _member() -> TenantForeignKey:
    """Who did it; the row outlives the person."""
    return TenantForeignKey("tenancy.Member", on_delete=models.SET_NULL, null=True, editable=False, related_name="+")


class MailsQuerySet(ClientOwnedQuerySet):
    """Rows that the area mails opens."""

    area = "mails"


class MailQuerySet(MailsQuerySet):
    """Mails, newest first by (received_at, id)."""

    searched = ("subject", "from_name", "from_address", "text")

    def visible_to(self, member):
        """Not what is held back, which has its own page; a test of the address is its sender's alone."""
        rows = super().visible_to(member).filter(held_at=None)
        return rows.filter(Q(tester=None) | Q(tester=member.pk))

    def with_read_mark(self, member):
        """Adds `is_read`, for this person; what came before the person did is nothing new."""
        marks = MailRead.objects.filter(agency_id=member.agency_id, member=member.pk, mail=OuterRef("pk"))
        is_old = Q(received_at__lt=member.joined_at)
        return self.annotate(is_read=ExpressionWrapper(Exists(marks) | is_old, models.BooleanField()))

    def newest_first(self):
        return self.order_by("-received_at", "-pk")


class HeldQuerySet(MailsQuerySet):
    """Mails that are held back: for the agency's people alone, of their clients."""

    def visible_to(self, member):
        return super().visible_to(member) if member.is_specialist else self.none()

    def waiting(self):
        """Nobody has decided yet."""
        return self.filter(held_at__isnull=False, dismissed_at=None)


class Mail(ClientOwned):
    """A mail to the client's portal address. One row however often it is delivered: see `content_key`.

    Names, addresses and `sent_at` are what the mail claims; `received_at` is our own clock. html is sanitised.
    inbound: the mail as it arrived; is_read: only in rows that `with_read_mark` gave.
    held_at: since when it waits to be let in; until then only staff see it, on a page of its own, and it has no attachments.
    sender_member: whose own alias it was sent to. tester: it is a test of the address by this member.
    """

    is_read: bool
    inbound = TenantForeignKey("mail.InboundMail", on_delete=models.PROTECT, editable=False, related_name="+")
    content_key = models.CharField(max_length=64, editable=False)
    message_id = models.CharField(max_length=500, blank=True, editable=False)
    references = models.JSONField(default=list, editable=False)
    subject = models.CharField(_("Subject"), max_length=500, blank=True)
    from_name = models.CharField(_("From"), max_length=200, blank=True)
    from_address = models.CharField(max_length=320, blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    sent_at = models.DateTimeField(_("Sent"), null=True)
    received_at = models.DateTimeField(_("Received"))
    snippet = models.CharField(max_length=300, blank=True, editable=False)
    text = models.TextField(_("Text"), blank=True)
    html = models.TextField(blank=True)
    remote_images = models.PositiveIntegerField(default=0, editable=False)
    attachment_count = models.PositiveSmallIntegerField(default=0, editable=False)
    problem = models.CharField(max_length=20, choices=Problem, blank=True, editable=False)
    held_at = models.DateTimeField(null=True, editable=False)
    held_reason = models.CharField(max_length=10, choices=Held, blank=True, default="", db_default="", editable=False)
    let_in_at = models.DateTimeField(null=True, editable=False)
    let_in_by = _member()
    dismissed_at = models.DateTimeField(null=True, editable=False)
    dismissed_by = _member()
    sender_member = _member()
    tester = _member()

    objects = MailQuerySet.as_manager()
    held = HeldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "client", "content_key"], name="mail_once_per_client"),
        ]
        indexes = [
            models.Index(fields=["agency", "client", "-received_at", "-id"], name="mail_newest_first"),
            models.Index(
                fields=["agency", "-held_at", "-id"],
                name="mail_held",
                condition=Q(held_at__isnull=False, dismissed_at=None),
            ),
        ]

    def __str__(self):
        return self.subject or str(_("(no subject)"))

    @property
    def sender(self) -> str:
        """Who wrote, as shown."""
        return self.from_name or self.from_address or str(_("Unknown sender"))


class MailAttachment(ClientOwned):
    """A file of a mail. content_id: how its HTML text refers to it. Client and project are those of the mail, for the wall."""

    mail = TenantForeignKey(Mail, on_delete=models.CASCADE, related_name="attachments")
    file = TenantForeignKey("files.File", on_delete=models.PROTECT, related_name="+")
    content_id = models.CharField(max_length=250, blank=True)

    objects = MailsQuerySet.as_manager()

    def __str__(self):
        return str(self.file)


class MailReadQuerySet(TenantQuerySet):
    """Marks: everybody's own."""

    def visible_to(self, member):
        return super().visible_to(member).filter(member=member)


class MailRead(TenantModel):
    """This person has opened this mail."""

    mail = TenantForeignKey(Mail, on_delete=models.CASCADE, related_name="+")
    member = TenantForeignKey("tenancy.Member", on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(auto_now_add=True)

    objects = MailReadQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "mail", "member"], name="mail_read_once")]

    def __str__(self):
        return f"{self.member_id} read {self.mail_id}"
