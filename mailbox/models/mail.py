"""Mails of a client, those that are held back, and who has read them."""

from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.core.prepared import since
from portal.mail import parsed
from portal.mail.models import Verdict
from portal.tenancy.models import ClientOwned
from portal.tenancy.models.access import COMMENTING
from portal.tenancy.models.base import OwnQuerySet, TenantModel
from portal.tenancy.walls import TenantForeignKey

from .threads import MailsQuerySet, Thread


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


class MailQuerySet(MailsQuerySet):
    """Mails, newest first by (received_at, id)."""

    searched = ("subject", "from_name", "from_address", "text")

    def visible_to(self, member):
        """Not what is held back, which has its own page; a test of the address is its sender's alone."""
        rows = super().visible_to(member).filter(held_at=None)
        return rows.filter(Q(tester=None) | Q(tester=member.pk))

    def relevant(self):
        """Without what was set aside as not relevant."""
        return self.filter(thread__hidden_at=None)

    def unread_by(self, member):
        """What the member has not opened; what came before the person did is nothing new."""
        marks = MailRead.objects.filter(agency_id=member.agency_id, member=member.pk, mail=OuterRef("pk"))
        return self.filter(~Exists(marks), since("received_at", member.joined_at))

    def with_read_mark(self, member):
        """Adds `is_read`, for this person; what came before the person did is nothing new."""
        marks = MailRead.objects.filter(agency_id=member.agency_id, member=member.pk, mail=OuterRef("pk"))
        is_old = Q(received_at__lt=member.joined_at)
        return self.annotate(is_read=ExpressionWrapper(Exists(marks) | is_old, models.BooleanField()))

    def newest_first(self):
        return self.order_by("-received_at", "-pk")


def is_letter() -> Exists:
    """Of rows of OutgoingMail: that it is the sending of a mail that was written here, which stays as long as that mail."""
    return Exists(Mail.objects.filter(agency_id=OuterRef("agency_id"), outgoing=OuterRef("pk")))


class HeldQuerySet(MailsQuerySet):
    """Mails that are held back: for the agency's people alone, of their clients."""

    def visible_to(self, member):
        return super().visible_to(member) if member.is_specialist else self.none()

    def waiting(self):
        """Nobody has decided yet."""
        return self.filter(held_at__isnull=False, dismissed_at=None)

    def dismissed(self):
        """Somebody has decided that nobody wants it."""
        return self.filter(held_at__isnull=False, dismissed_at__isnull=False)


class Mail(ClientOwned):
    """A mail to the client's portal address, or one that was written in the tab. One row however often it is delivered:
    see `content_key`.

    Names, addresses and `sent_at` are what the mail claims; `received_at` is our own clock. html is sanitised.
    inbound: the mail as it arrived; outgoing: what the portal sent, for a mail written here. author: who wrote it, where
    that is certain (in the tab, by an answer to the signed address, or to the person's own alias). forwarded: whose mail it
    passes on, in one line. held_at: since when it waits to be let in; until then only staff see it, on a page of its own, and it
    has no thread and no attachments. tester: it is a test of the address by this member.
    is_read: only in rows that `with_read_mark` gave; lines, ticket: only in those of mailbox.reading.mails.
    """

    is_read: bool
    lines: list[dict]
    ticket: dict | None
    thread = TenantForeignKey(Thread, on_delete=models.PROTECT, null=True, editable=False, related_name="mails")
    inbound = TenantForeignKey(
        "mail.InboundMail", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    outgoing = TenantForeignKey(
        "mail.OutgoingMail", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    author = TenantForeignKey("tenancy.Member", on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
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
    verdict = models.CharField(
        max_length=10, choices=Verdict, default=Verdict.UNVERIFIED, db_default=Verdict.UNVERIFIED, editable=False
    )
    trackers = models.JSONField(default=list, db_default=[], editable=False)
    calendar_line = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)
    forwarded = models.CharField(max_length=800, blank=True, default="", db_default="", editable=False)
    held_at = models.DateTimeField(null=True, editable=False)
    held_reason = models.CharField(max_length=10, choices=Held, blank=True, default="", db_default="", editable=False)
    let_in_at = models.DateTimeField(null=True, editable=False)
    let_in_by = _member()
    dismissed_at = models.DateTimeField(null=True, editable=False)
    dismissed_by = _member()
    tester = _member()

    objects = MailQuerySet.as_manager()
    held = HeldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "client", "content_key"], name="mail_once_per_client"),
            models.CheckConstraint(
                condition=Q(inbound__isnull=False) | Q(outgoing__isnull=False), name="mail_came_or_went"
            ),
            models.CheckConstraint(
                condition=Q(thread__isnull=False) | Q(held_at__isnull=False), name="mail_shown_has_thread"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "client", "-received_at", "-id"], name="mail_newest_first"),
            models.Index(fields=["agency", "thread", "-received_at", "-id"], name="mail_in_thread"),
            models.Index(fields=["agency", "client", "message_id"], name="mail_by_message_id"),
            models.Index(fields=["agency", "client", "from_address"], name="mail_by_sender"),
            models.Index(fields=["agency", "outgoing"], name="mail_by_outgoing", condition=~Q(outgoing=None)),
            models.Index(
                fields=["agency", "-held_at", "-id"],
                name="mail_held",
                condition=Q(held_at__isnull=False, dismissed_at=None),
            ),
        ]

    def __str__(self):
        return title_of(self.subject)

    @property
    def sender(self) -> str:
        """Who wrote, as shown."""
        return sender_of(self.from_name, self.from_address)

    def can_be_answered_by(self, member) -> bool:
        """Whoever sees it and writes; where a project is shared, from the level "comment" on."""
        if not member.can_write_for(self.client):
            return False
        return self.client_id in member.clients_of("mails") or member.level_allows(self, COMMENTING)


def snippet_of(text: str) -> str:
    """Its first words, in one line."""
    return " ".join(text[:2000].split())[:300]


def title_of(subject: str) -> str:
    """The subject, as shown."""
    return subject or str(_("(no subject)"))


def sender_of(name: str, address: str) -> str:
    """Who wrote, as shown."""
    return name or address or str(_("Unknown sender"))


def can_be_written_by(member, client) -> bool:
    """Whether the member may begin a thread: the agency's people and the client's own, but for those of single projects."""
    return not member.goes_by_projects(client.pk) and member.can_write_for(client)


class MailRead(TenantModel):
    """This person has opened this mail."""

    mail = TenantForeignKey(Mail, on_delete=models.CASCADE, related_name="+")
    member = TenantForeignKey("tenancy.Member", on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(auto_now_add=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "mail", "member"], name="mail_read_once")]

    def __str__(self):
        return f"{self.member_id} read {self.mail_id}"
