"""What is said on a ticket, to everybody or privately; with files, and what a comment said before it was edited."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.files.models import File
from portal.mail.models import InboundMail
from portal.tenancy.models import Member, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey
from tickets import keys

from .around import InnerQuerySet, Link, LinkKind
from .ticket import ChildQuerySet, Ticket

GRACE = timedelta(minutes=5)
"""How long a slip stays in the house: words can be taken back, and what they said before an edit is the agency's alone."""


def answers_client(member) -> bool:
    """Whether the member's words may go to the client; some vendors speak to the agency only."""
    return not member.is_vendor or member.vendor.answers_client


class CommentQuerySet(ChildQuerySet):
    """What was said; private words are seen by whoever may read such, and by the vendor who wrote them."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.reads_private:
            return rows
        return rows.filter(Q(is_private=False) | Q(author=member.pk)) if member.is_vendor else rows.public()

    def public(self):
        return self.filter(is_private=False)


class Comment(TenantModel):
    """Something said on a ticket. text is Markdown. What was said to one circle stays there; only whoever wrote it may take
    it back out of the client's sight (withdrawn_at), and then it is private.

    inbound: the mail that it came by, kept as it was.
    """

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="comments")
    author = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("Text"), blank=True)
    is_private = models.BooleanField(_("Private"), default=False)
    by_mail = models.BooleanField(default=False)
    inbound = TenantForeignKey(InboundMail, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(is_private=True), name="ticket_comment_withdrawn_is_private"
            )
        ]
        indexes = [models.Index(fields=["agency", "ticket", "created_at", "id"], name="ticket_comment_order")]

    def __str__(self):
        return self.text[:80]

    @property
    def shown_text(self) -> str:
        """What was said, with the keys that the reader may know."""
        return keys.shown_in(self.text, self.ticket.key)

    @property
    def is_fresh(self) -> bool:
        return timezone.now() < self.created_at + GRACE

    def is_edited_for(self, member: Member) -> bool:
        """Whether earlier words of it are open to the member."""
        return self.edited_at is not None and (member.is_specialist or self.edited_at >= self.created_at + GRACE)

    def can_be_edited_by(self, member: Member) -> bool:
        """Whoever wrote it, as long as the ticket can be commented."""
        return self.author_id == member.pk and self.ticket.can_be_commented_by(member)

    def can_be_withdrawn_by(self, member: Member) -> bool:
        """Whoever wrote it, for a few minutes."""
        return not self.is_private and self.is_fresh and self.can_be_edited_by(member)


def told_about(said: Comment) -> dict[str, Any]:
    """Conditions on events and notifications: what was told of these words was told of the ticket on which they were said, and that
    may have been merged since. Call with the agency's sight.
    """
    found = new = {said.ticket_id}
    while new:
        merged = Link.objects.filter(agency_id=said.agency_id, other__in=new, kind=LinkKind.MERGED)
        new = set(merged.values_list("ticket_id", flat=True)) - found
        found = found | new
    return {"subject_type": Ticket._meta.label_lower, "subject_id__in": found}


class VersionQuerySet(TenantQuerySet):
    """Earlier words, seen by whoever sees their comment."""

    def visible_to(self, member):
        rows = super().visible_to(member).filter(comment__in=Comment.objects.visible_to(member))
        return rows if member.is_specialist else rows.filter(is_internal=False)


class CommentVersion(TenantModel):
    """What a comment said until somebody edited it. is_internal: that was so soon that no outsider is to learn of it."""

    comment = TenantForeignKey(Comment, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField(blank=True)
    until = models.DateTimeField(default=timezone.now)
    is_internal = models.BooleanField(default=False, db_default=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-until", "-pk"]
        indexes = [models.Index(fields=["agency", "comment", "-until"], name="ticket_comment_versions")]

    def __str__(self):
        return self.text[:80]


class DescriptionVersion(TenantModel):
    """What a ticket asked for until somebody wrote it anew. is_internal: whoever wrote it did so within the grace."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField(blank=True)
    until = models.DateTimeField(default=timezone.now)
    edited_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    is_internal = models.BooleanField(default=False, db_default=False)

    objects = InnerQuerySet.as_manager()

    class Meta:
        ordering = ["-until", "-pk"]
        indexes = [models.Index(fields=["agency", "ticket", "-until"], name="ticket_description_versions")]

    def __str__(self):
        return self.text[:80]


class TicketFileQuerySet(ChildQuerySet):
    """Files of tickets; those of a comment go with it."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        return rows.filter(Q(comment=None) | Q(comment__in=Comment.objects.visible_to(member)))


class TicketFile(TenantModel):
    """A file of a ticket, or of a comment."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="files")
    comment = TenantForeignKey(Comment, on_delete=models.CASCADE, null=True, related_name="files")
    file = TenantForeignKey(File, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = TicketFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "ticket", "comment", "file"], nulls_distinct=False, name="ticket_file_once"
            )
        ]
