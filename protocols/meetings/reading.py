"""What the pages of meetings ask the database: few questions, whatever the page shows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from portal.core.paging import Page, cut, moment_in, page_of
from portal.tenancy.models import Client, Member
from protocols.meetings.month import span_of
from protocols.meetings.unwritten import LATELY
from protocols.models import Meeting, MeetingGuest, MeetingTopic, Protocol
from protocols.models.meetings import MeetingQuerySet

SIZE = 10


def meetings_of(member: Member, client: Client) -> MeetingQuerySet:
    """The client's meetings with what their lines say: the protocol's `number` and `published_at`, and `my_answer`."""
    minutes = Protocol.objects.visible_to(member).filter(meeting=OuterRef("pk"))
    first = minutes.order_by(F("published_at").asc(nulls_last=True), "pk")
    mine = MeetingGuest.objects.filter(agency_id=member.agency_id, meeting=OuterRef("pk"), member=member.pk)
    rows = Meeting.objects.visible_to(member).of(client)
    return rows.select_related("leader__user", "created_by__user", "series").annotate(
        number=Subquery(first.values("number")[:1]),
        published_at=Subquery(first.values("published_at")[:1]),
        my_answer=Subquery(mine.values("answer")[:1]),
    )


def coming(rows: MeetingQuerySet, after: str) -> Page:
    """What is ahead, the next one first; what was called off is left out."""
    rows, place = rows.coming(), moment_in(after)
    if place:
        moment, pk = place
        rows = rows.filter(starts_at__gte=moment).filter(Q(starts_at__gt=moment) | Q(pk__gt=pk))
    return cut(list(rows.order_by("starts_at", "pk")[: SIZE + 1]), by="starts_at", size=SIZE)


def past(rows: MeetingQuerySet, after: str) -> Page:
    """What is over, the last one first."""
    return page_of(rows.past(), after, by="starts_at", size=SIZE)


@dataclass(frozen=True)
class Margin:
    """Meetings of the month, those without a protocol, and the next one of each series."""

    month: list[Meeting]
    without: list[Meeting]
    of_series: list[Meeting]


def margin(rows: MeetingQuerySet, client: Client, first: date) -> Margin:
    """What stands around the list, for the month that starts then; one question for all three."""
    start, end = span_of(first)
    lately = Meeting.objects.of(client).unwritten().filter(ends_at__gte=timezone.now() - LATELY)
    following = Meeting.objects.of(client).coming().filter(series__isnull=False, series__ended_at=None)
    following = following.order_by("series", "starts_at").distinct("series")
    wanted = (
        Q(starts_at__gte=start, starts_at__lt=end) | Q(pk__in=lately.values("pk")) | Q(pk__in=following.values("pk"))
    )
    found = list(rows.filter(wanted).order_by("starts_at", "pk"))
    return Margin(
        month=[row for row in found if start <= row.starts_at < end and not row.is_cancelled],
        without=[row for row in found if _is_unwritten(row)],
        of_series=_first_of_each([row for row in found if row.series_id and not row.is_over and not row.is_cancelled]),
    )


def _first_of_each(meetings: list[Meeting]) -> list[Meeting]:
    first: dict[int, Meeting] = {}
    for row in meetings:
        if row.series and row.series.ended_at is None:
            first.setdefault(row.series.pk, row)
    return sorted(first.values(), key=lambda row: (row.series.title, row.series_id))


def _is_unwritten(row: Meeting) -> bool:
    """The same as `MeetingQuerySet.unwritten`, of a row with facts; drafts of others are not seen here, and do not count."""
    held = row.is_over and row.confirmed_at and not row.is_cancelled and not row.waived_at
    return bool(held and not row.published_at and row.ends_at >= timezone.now() - LATELY)


@dataclass
class Around:
    """Guests and topics of some meetings, by meeting."""

    guests: dict[int, list[MeetingGuest]] = field(default_factory=lambda: defaultdict(list))
    topics: dict[int, list[MeetingTopic]] = field(default_factory=lambda: defaultdict(list))

    def counts(self) -> dict[int, int]:
        return {pk: len(rows) for pk, rows in self.topics.items()}


def around(meetings: Iterable[Meeting], member: Member) -> Around:
    """Two questions for all of them."""
    ids, found = [meeting.pk for meeting in meetings], Around()
    people = MeetingGuest.objects.visible_to(member).filter(meeting__in=ids)
    for guest in people.select_related("member__user", "member__vendor"):
        found.guests[guest.meeting_id].append(guest)
    points = MeetingTopic.objects.visible_to(member).filter(meeting__in=ids)
    for topic in points.select_related("added_by__user", "added_by__vendor"):
        found.topics[topic.meeting_id].append(topic)
    return found
