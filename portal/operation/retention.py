"""What is deleted when it is old enough. Sessions, trusted browsers and sign-in tries end by themselves
(portal.accounts.tasks), and so do raw mails that nobody sorted (mailbox.tasks).

What clients and agency wrote to each other is never here: it goes when the agency deletes it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from invoices.models import BankContent
from mailbox.models import is_letter
from portal.audit.log import log
from portal.mail.models import OutgoingMail
from portal.notifications.models import Notification
from portal.people.models import Invitation

AT_ONCE = 1000


@dataclass(frozen=True)
class Rule:
    """One kind of rows. setting: days that it stays; rows: what is older than a moment, through `maint`."""

    name: str
    setting: str
    rows: Callable[[datetime], QuerySet]

    @property
    def days(self) -> int:
        return getattr(settings, self.setting)

    def due(self) -> QuerySet:
        """What may go now; nothing when the setting is 0."""
        rows = self.rows(timezone.now() - timedelta(days=self.days))
        return rows if self.days > 0 else rows.none()


def _read_notifications(before: datetime) -> QuerySet:
    return Notification.objects.using("maint").filter(read_at__lt=before)


def _sent_mails(before: datetime) -> QuerySet:
    rows = OutgoingMail.objects.using("maint").filter(Q(sent_at__lt=before) | Q(failed_at__lt=before))
    return rows.exclude(is_letter())


def _invitations(before: datetime) -> QuerySet:
    over = Q(accepted_at__lt=before) | Q(revoked_at__lt=before) | Q(accepted_at=None, expires_at__lt=before)
    return Invitation.objects.using("maint").filter(over)


def _bank_files(before: datetime) -> QuerySet:
    return BankContent.objects.using("maint").filter(kept_at__lt=before)


RULES = (
    Rule("read notifications", "KEEP_READ_NOTIFICATIONS_DAYS", _read_notifications),
    Rule("sent mails", "KEEP_SENT_MAIL_DAYS", _sent_mails),
    Rule("invitations that are over", "KEEP_INVITATIONS_DAYS", _invitations),
    Rule("contents of bank files", "KEEP_BANK_FILES_DAYS", _bank_files),
)


def counts() -> Iterator[tuple[Rule, int]]:
    """Each rule and how many rows it would delete now."""
    yield from ((rule, rule.due().count()) for rule in RULES)


def apply() -> dict[str, int]:
    """Delete them in small steps; how many, by name of the rule. What was done is in the audit log."""
    deleted = {rule.name: _delete(rule.due()) for rule in RULES}
    log("retention.applied", deleted)
    return deleted


def _delete(rows: QuerySet) -> int:
    count = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        rows.model._default_manager.using("maint").filter(pk__in=keys).delete()
        count += len(keys)
    return count
