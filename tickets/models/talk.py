"""What is said on a ticket, to everybody or privately; with files, and what a comment said before it was edited."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.files.models import File
from portal.mail.models import InboundMail
from portal.tenancy.models import Member, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

from .ticket import ChildQuerySet, Ticket


def answers_client(member) -> bool:
    """Whether the member's words may go to the client; some vendors speak to the agency only."""
    return not member.is_vendor or member.vendor.answers_client


class CommentQuerySet(ChildQuerySet):
    """What was said; private words are seen by whoever wrote them and whoever may read private ones."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.reads_private:
            return rows
        return rows.filter(Q(is_private=False) | Q(author=member.pk))

    def public(self):
        return self.filter(is_private=False)


class Comment(TenantModel):
    """Something said on a ticket. text is Markdown. is_private never changes: what was said to one circle stays there.

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

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "ticket", "created_at", "id"], name="ticket_comment_order")]

    def __str__(self):
        return self.text[:80]

    def can_be_edited_by(self, member: Member) -> bool:
        """Whoever wrote it, as long as the ticket can be commented."""
        return self.author_id == member.pk and self.ticket.can_be_commented_by(member)


class OfCommentQuerySet(TenantQuerySet):
    """Rows that are seen by whoever sees their comment."""

    def visible_to(self, member):
        return super().visible_to(member).filter(comment__in=Comment.objects.visible_to(member))


class CommentVersion(TenantModel):
    """What a comment said until somebody edited it."""

    comment = TenantForeignKey(Comment, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField(blank=True)
    until = models.DateTimeField(default=timezone.now)

    objects = OfCommentQuerySet.as_manager()

    class Meta:
        ordering = ["-until", "-pk"]
        indexes = [models.Index(fields=["agency", "comment", "-until"], name="ticket_comment_versions")]

    def __str__(self):
        return self.text[:80]


class DescriptionVersion(TenantModel):
    """What a ticket asked for until somebody wrote it anew."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField(blank=True)
    until = models.DateTimeField(default=timezone.now)
    edited_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ChildQuerySet.as_manager()

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
