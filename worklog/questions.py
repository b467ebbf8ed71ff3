"""Who asks about an entry, who answers, who releases it; and what may be invoiced."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from portal.tenancy.models import Member
from portal.tenancy.models.access import COMMENTING
from worklog.models import Explanation, ExplanationPost, WorkEntry, can_be_logged_by

MOST_POSTS = 100
"""Of one question: whoever has not understood by then should call."""
MOST_AN_HOUR = 20
"""Posts of one person."""


def can_be_posted_by(explanation: Explanation, member: Member) -> bool:
    """Whether there is room for one more post."""
    since = timezone.now() - timedelta(hours=1)
    posts = ExplanationPost.objects.filter(agency_id=explanation.agency_id)
    lately = posts.filter(posted_by=member, posted_at__gt=since)
    return posts.filter(explanation=explanation).count() < MOST_POSTS and lately.count() < MOST_AN_HOUR


def can_be_asked_by(entry: WorkEntry, member: Member) -> bool:
    """Contacts who see it and may write, as long as it is not invoiced."""
    is_seen = entry.is_open_to_contacts() and entry.removed_at is None
    return is_seen and entry.invoiced_at is None and _speaks_for_client(entry, member)


def can_be_answered_by(explanation: Explanation, entry: WorkEntry, member: Member) -> bool:
    """Whoever did the work, and the agency's people who write for this client; a question that waits or was answered."""
    if explanation.released_at or member.is_contact:
        return False
    is_concerned = entry.member_id == member.pk or member.is_specialist
    return is_concerned and can_be_logged_by(member, entry.client)


def can_be_released_by(entry: WorkEntry, member: Member) -> bool:
    """Contacts, also before there is an answer: then the question is taken back."""
    return _speaks_for_client(entry, member)


def waiting_for(reader: Any) -> QuerySet[Explanation]:
    """Questions whose next step is the reader's. Contacts: answered, to be released. All others: unanswered, about their own work;
    the account manager answers for those who have left.
    """
    rows = Explanation.objects.filter(agency_id=reader.agency_id).open()
    if reader.is_contact:
        return rows.exclude(answered_at=None)
    left = Q(entry__client__manager=reader.pk, entry__member__ended_at__isnull=False)
    return rows.filter(Q(entry__member=reader.pk) | left, answered_at=None)


def invoiceable(rows: QuerySet[WorkEntry]) -> QuerySet[WorkEntry]:
    """Entries about which nobody waits to be told something, neither of the client nor a manager; neither removed nor invoiced."""
    return rows.filter(~_question(), removed_at=None, invoiced_at=None, doubted_at=None)


def asked_about(rows: QuerySet[WorkEntry]) -> QuerySet[WorkEntry]:
    """Entries about which somebody of the client waits to be told something."""
    return rows.filter(_question())


def _question() -> Exists:
    return Exists(Explanation.objects.filter(agency_id=OuterRef("agency_id"), entry=OuterRef("pk"), released_at=None))


def _speaks_for_client(entry: WorkEntry, member: Member) -> bool:
    may = member.is_contact and member.sees_area(entry.client, "work") and member.can_write_for(entry.client)
    return may and member.level_allows(entry, COMMENTING)
