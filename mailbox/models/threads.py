"""Threads: mails that answer each other."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import ClientOwned, ClientOwnedQuerySet
from portal.tenancy.walls import TenantForeignKey


class MailsQuerySet(ClientOwnedQuerySet):
    """Rows that the area mails opens."""

    area = "mails"


class ThreadQuerySet(MailsQuerySet):
    """Threads, newest first by (last_at, id)."""

    def shown(self):
        return self.filter(hidden_at=None)

    def hidden(self):
        return self.exclude(hidden_at=None)


class Thread(ClientOwned):
    """Mails that answer each other. It lies in one project (or in none), and all of its mails and files lie there with it.

    It holds no words, so that it tells nobody what a mail says. last_at: when its newest mail came; answered_at: since
    when the last word is the agency's, None while the other side waits; hidden_at: since when it counts as not relevant.
    head, unread: only in rows of mailbox.reading.threads.
    """

    head: dict
    unread: int | None

    last_at = models.DateTimeField(_("Last mail"))
    mail_count = models.PositiveIntegerField(_("Mails"), default=1)
    answered_at = models.DateTimeField(_("Answered"), null=True)
    assignee = TenantForeignKey(
        "tenancy.Member", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("Assigned to")
    )
    assigned_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(_("Not relevant since"), null=True)
    hidden_by = TenantForeignKey("tenancy.Member", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["agency", "client", "-last_at", "-id"], name="thread_shown", condition=Q(hidden_at=None)
            ),
            models.Index(
                fields=["agency", "client", "-last_at", "-id"], name="thread_hidden", condition=~Q(hidden_at=None)
            ),
            models.Index(fields=["agency", "client", "project", "-last_at", "-id"], name="thread_of_project"),
            models.Index(
                fields=["agency", "assignee", "-last_at"], name="thread_of_assignee", condition=~Q(assignee=None)
            ),
        ]

    def __str__(self):
        return gettext("Thread %(number)s") % {"number": self.pk}

    @property
    def is_answered(self) -> bool:
        """Whether the agency has had the last word, and it was not the only one."""
        return self.answered_at is not None and self.mail_count > 1

    def can_be_handled_by(self, member) -> bool:
        """Assigning, moving and setting aside are the agency's own."""
        return member.is_specialist and member.can_write_for(self.client)
