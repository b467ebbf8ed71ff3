"""Minutes of a call, jour fixe or meeting; what was said about them; who has read them."""

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.prepared import since
from portal.files.models import File
from portal.tenancy.models import Client, ClientOwned, ClientOwnedQuerySet, Member, Project, TenantModel, TenantQuerySet
from portal.tenancy.models.access import COMMENTING, CONTRIBUTING, projects_open_to
from portal.tenancy.models.client import OPEN_CLIENT
from portal.tenancy.walls import TenantForeignKey

LONGEST = 1440
"""Minutes of a talk: a day."""


class Kind(models.TextChoices):
    """What the protocol is about."""

    CALL = "call", _("Call")
    JOUR_FIXE = "jour_fixe", _("Jour fixe")
    MEETING = "meeting", _("Meeting")


def _unread(member) -> Q:
    reads = ProtocolRead.objects.filter(protocol=OuterRef("pk"), member=member.pk)
    by_others = Q(author=None) | ~Q(author=member.pk)
    return Q(by_others, ~Exists(reads), since("published_at", member.news_since))


class ProtocolQuerySet(ClientOwnedQuerySet):
    """Protocols; a draft is seen by whoever wrote it, the agency's drafts by its people."""

    searched = ("title", "key_points")

    def visible_to(self, member):
        rows = super().visible_to(member)
        shown = Q(published_at__isnull=False) | Q(author=member.pk)
        return rows.filter(shown | Q(side="agency") if member.is_specialist else shown)

    def published(self):
        return self.filter(published_at__isnull=False)

    def drafts(self):
        return self.filter(published_at=None)

    def silent(self, *, at):
        """Nobody has accepted them, and the time for corrections is over; not of a client that is closed."""
        return self.published().filter(accepted_at=None, correct_until__lte=at, **OPEN_CLIENT)

    def unread_by(self, member):
        """Published by somebody else since the member came, lately, and not opened by the member yet."""
        return self.filter(_unread(member))

    def with_marks_for(self, member):
        """Each with `is_unread`, and the number of its `remarks`."""
        remarks = Comment.objects.filter(agency_id=OuterRef("agency_id"), protocol=OuterRef("pk")).order_by()
        counted = remarks.values("protocol").annotate(number=Count("pk")).values("number")
        return self.annotate(is_unread=_unread(member), remarks=Subquery(counted))

    def held_in(self, year: int):
        """Of one calendar year, in the reader's time zone."""
        zone = timezone.get_current_timezone()
        return self.filter(
            held_at__gte=datetime(year, 1, 1, tzinfo=zone), held_at__lt=datetime(year + 1, 1, 1, tzinfo=zone)
        )


class Protocol(ClientOwned):
    """Minutes. key_points is Markdown, as are the notes of its agenda items.

    language: that of its author, for days in the shorthand. edited_at tells two people who save at the same time. version counts
    what was published, 0 for a draft. correct_until: the end of the time for corrections; then it counts as agreed
    (`accepted_at`), by a person or by silence.
    """

    number = models.PositiveIntegerField(editable=False)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.CALL)
    title = models.CharField(_("Topic"), max_length=200)
    held_at = models.DateTimeField(_("When"))
    duration_minutes = models.PositiveSmallIntegerField(
        _("Minutes"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )
    place = models.CharField(_("Place or link"), max_length=200, blank=True)
    key_points = models.TextField(_("Key points"), blank=True)
    meeting = TenantForeignKey(
        "protocols.Meeting", on_delete=models.SET_NULL, null=True, editable=False, related_name="protocols"
    )
    author = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    side = models.CharField(max_length=6, choices=[("agency", "agency"), ("client", "client")], editable=False)
    language = models.CharField(max_length=8, default="en", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    correct_until = models.DateTimeField(null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    accepted_by_silence = models.BooleanField(default=False, editable=False)

    is_unread: bool
    remarks: int | None
    """Both are put on by `with_marks_for`."""

    objects = ProtocolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "client", "number"], name="protocol_number_unique"),
        ]
        indexes = [
            models.Index(fields=["agency", "client", "-held_at", "-id"], name="protocol_newest"),
            models.Index(fields=["agency", "client", "published_at"], name="protocol_published"),
            models.Index(fields=["agency", "author", "client"], name="protocol_by_author"),
            models.Index(
                fields=["correct_until"],
                name="protocol_unaccepted",
                condition=Q(published_at__isnull=False, accepted_at=None),
            ),
            models.Index(fields=["agency", "author"], name="protocol_drafts", condition=Q(published_at=None)),
            models.Index(
                fields=["agency", "client", "correct_until"],
                name="protocol_to_accept",
                condition=Q(accepted_at=None, correct_until__isnull=False),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_accepted(self) -> bool:
        return self.accepted_at is not None

    def can_be_edited_by(self, member: Member) -> bool:
        """The author, and for the agency's own protocols each of its people who writes; what is agreed stays as it is."""
        own = self.author_id == member.pk or (member.is_specialist and self.side == "agency")
        may_write = member.can_write_for(self.client) and member.level_allows(self, CONTRIBUTING)
        return own and may_write and not self.is_accepted

    def can_be_accepted_by(self, member: Member) -> bool:
        """The other side: contacts accept what the agency wrote, the agency what the client's people wrote."""
        if not self.is_published or self.is_accepted or not member.can_write_for(self.client):
            return False
        if self.side != "agency":
            return member.is_specialist
        return member.is_contact and member.level_allows(self, COMMENTING)

    def can_be_corrected_by(self, member: Member) -> bool:
        """Whoever may comment, until it is agreed."""
        return self.can_be_commented_by(member) and not self.is_accepted

    def can_be_commented_by(self, member: Member) -> bool:
        """Everybody who sees it, unless the role only reads or the client is closed."""
        may = self.is_published and member.can_write_for(self.client)
        return may and member.level_allows(self, COMMENTING)


def can_be_written_by(member: Member, client: Client) -> bool:
    """Whether the member may write a protocol for this client at all."""
    if not member.can_write_for(client):
        return False
    return not member.goes_by_projects(client.pk) or bool(projects_open_to(member, client))


def can_be_filed_by(member: Member, client: Client, project: Project | None) -> bool:
    """Whether the member may put a protocol there; whom projects are shared with only into one to which he may add."""
    return not member.goes_by_projects(client.pk) or (
        project is not None and project.pk in projects_open_to(member, client)
    )


class ChildQuerySet(TenantQuerySet):
    """Rows that are seen by whoever sees their protocol."""

    def visible_to(self, member):
        return super().visible_to(member).filter(protocol__in=Protocol.objects.visible_to(member))

    def of(self, protocol):
        return self.filter(protocol=protocol)


class CommentQuerySet(ChildQuerySet):
    """What was said about protocols."""

    def open_corrections(self):
        """Corrections that nobody has taken in or answered."""
        return self.filter(is_correction=True, settled_at=None)


class Comment(TenantModel):
    """A question, correction or suggestion. text is Markdown.

    A correction (`about` names the place) keeps the protocol from being agreed until somebody settles it: takes it in, which
    makes version `settled_version`, or answers it (`answer`).
    """

    protocol = TenantForeignKey(Protocol, on_delete=models.CASCADE, related_name="comments")
    author = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("Your comment"), blank=True)
    is_correction = models.BooleanField(default=False)
    about = models.CharField(max_length=220, blank=True)
    by_mail = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    settled_version = models.PositiveIntegerField(null=True)
    answer = models.TextField(blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["agency", "protocol", "created_at", "id"], name="protocol_comment_order"),
            models.Index(
                fields=["agency", "protocol"],
                name="protocol_open_correction",
                condition=Q(is_correction=True, settled_at=None),
            ),
        ]

    def __str__(self):
        return self.text[:80]

    def can_be_settled_by(self, member: Member) -> bool:
        """The side that wrote the protocol takes a correction in or answers it; its author may take it back.

        Vendors speak for neither side: they settle corrections of what they wrote themselves.
        """
        if not self.is_correction or self.settled_at or not self.protocol.can_be_commented_by(member):
            return False
        writes_it = self.protocol.author_id == member.pk if member.is_vendor else member.side == self.protocol.side
        return self.author_id == member.pk or writes_it

    def may_be_taken_in(self) -> bool:
        """Whether the text has changed since; what nobody changed has taken nothing in."""
        return self.protocol.versions.filter(saved_at__gte=self.created_at).exists()


class ProtocolFile(TenantModel):
    """A document used in the meeting, or one that came with a comment."""

    protocol = TenantForeignKey(Protocol, on_delete=models.CASCADE, related_name="files")
    comment = TenantForeignKey(Comment, on_delete=models.CASCADE, null=True, related_name="files")
    file = TenantForeignKey(File, on_delete=models.PROTECT, related_name="+")
    added_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ChildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "protocol", "comment", "file"], nulls_distinct=False, name="protocol_file_once"
            )
        ]


class ProtocolRead(TenantModel):
    """That a member opened a protocol, and when: the first time, and again the first time after a change."""

    protocol = TenantForeignKey(Protocol, on_delete=models.CASCADE, related_name="reads")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(auto_now_add=True)

    objects = ChildQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "protocol", "member"], name="protocol_read_once")]
