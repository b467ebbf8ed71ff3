"""Minutes of a call, jour fixe or meeting; what was said about them; who has read them."""

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.files.models import File
from portal.tenancy.models import Client, ClientOwned, ClientOwnedQuerySet, Member, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

UNREAD_FOR = timedelta(days=90)
"""What nobody opened in this time stops asking for attention."""
COMMENTING = ("comment", "contribute", "manage")
CONTRIBUTING = ("contribute", "manage")


class Kind(models.TextChoices):
    """What the protocol is about."""

    CALL = "call", _("Call")
    JOUR_FIXE = "jour_fixe", _("Jour fixe")
    MEETING = "meeting", _("Meeting")


def _unread(member) -> Q:
    since = max(member.joined_at, timezone.now() - UNREAD_FOR)
    reads = ProtocolRead.objects.filter(protocol=OuterRef("pk"), member=member)
    by_others = Q(author=None) | ~Q(author=member)
    return Q(by_others, ~Exists(reads), published_at__gte=since)


class ProtocolQuerySet(ClientOwnedQuerySet):
    """Protocols; a draft is seen by whoever wrote it, the agency's drafts by its people."""

    searched = ("title", "key_points")

    def visible_to(self, member):
        rows = super().visible_to(member)
        shown = Q(published_at__isnull=False) | Q(author=member)
        return rows.filter(shown | Q(side="agency") if member.is_specialist else shown)

    def published(self):
        return self.filter(published_at__isnull=False)

    def drafts(self):
        return self.filter(published_at=None)

    def unread_by(self, member):
        """Published by somebody else since the member came, lately, and not opened by the member yet."""
        return self.filter(_unread(member))

    def awaiting(self, member):
        """What the member has to read, and what he has begun to write."""
        return self.filter(_unread(member) | Q(published_at=None, author=member))

    def with_marks_for(self, member):
        """Each with `is_unread`, and the number of its `remarks`."""
        unread = Protocol.objects.visible_to(member).unread_by(member).filter(pk=OuterRef("pk"))
        remarks = Comment.objects.filter(agency_id=OuterRef("agency_id"), protocol=OuterRef("pk")).order_by()
        counted = remarks.values("protocol").annotate(number=Count("pk")).values("number")
        return self.annotate(is_unread=Exists(unread), remarks=Subquery(counted))

    def held_in(self, year: int):
        """Of one calendar year, in the reader's time zone."""
        zone = timezone.get_current_timezone()
        return self.filter(
            held_at__gte=datetime(year, 1, 1, tzinfo=zone), held_at__lt=datetime(year + 1, 1, 1, tzinfo=zone)
        )


class Protocol(ClientOwned):
    """Minutes. key_points is Markdown; edited_at tells two people who save at the same time."""

    number = models.PositiveIntegerField(editable=False)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.CALL)
    title = models.CharField(_("Topic"), max_length=200)
    held_at = models.DateTimeField(_("When"))
    duration_minutes = models.PositiveSmallIntegerField(
        _("Minutes"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    place = models.CharField(_("Place or link"), max_length=200, blank=True)
    key_points = models.TextField(_("Key points"), blank=True)
    author = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    side = models.CharField(max_length=6, choices=[("agency", "agency"), ("client", "client")], editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)

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
        ]

    def __str__(self):
        return self.title

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def can_be_edited_by(self, member: Member) -> bool:
        """The author, and for the agency's own protocols each of its people who writes."""
        own = self.author_id == member.pk or (member.is_specialist and self.side == "agency")
        return own and member.can_write_for(self.client) and _level_allows(member, self.project_id, CONTRIBUTING)

    def can_be_commented_by(self, member: Member) -> bool:
        """Everybody who sees it, unless the role only reads or the client is closed."""
        may = self.is_published and member.can_write_for(self.client)
        return may and _level_allows(member, self.project_id, COMMENTING)


def can_be_written_by(member: Member, client: Client) -> bool:
    """Whether the member may write a protocol for this client at all."""
    if not member.can_write_for(client):
        return False
    return not member.is_vendor or bool(projects_open_to(member, client))


def projects_open_to(member: Member, client: Client) -> list[int]:
    """Ids of shared projects of this client to which the member may add protocols."""
    shared = member.project_accesses.values()
    return [row.project_id for row in shared if row.client_id == client.pk and row.level in CONTRIBUTING]


def _level_allows(member: Member, project_id: int | None, levels: tuple[str, ...]) -> bool:
    """Sharing with a vendor names a level; contacts and staff go by their role."""
    if not member.is_vendor:
        return True
    access = member.project_accesses.get(project_id or 0)
    return access is not None and access.level in levels


class ChildQuerySet(TenantQuerySet):
    """Rows that are seen by whoever sees their protocol."""

    def visible_to(self, member):
        return super().visible_to(member).filter(protocol__in=Protocol.objects.visible_to(member))

    def of(self, protocol):
        return self.filter(protocol=protocol)


class Comment(TenantModel):
    """A question, correction or suggestion. text is Markdown."""

    protocol = TenantForeignKey(Protocol, on_delete=models.CASCADE, related_name="comments")
    author = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("Your comment"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ChildQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "protocol", "created_at", "id"], name="protocol_comment_order")]

    def __str__(self):
        return self.text[:80]


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
    """That a member opened a protocol, and when first."""

    protocol = TenantForeignKey(Protocol, on_delete=models.CASCADE, related_name="reads")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(auto_now_add=True)

    objects = ChildQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "protocol", "member"], name="protocol_read_once")]
