"""The address under which a person's calendar program reads his meetings."""

import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from portal.core.context import tenant
from portal.tenancy.models import Member
from portal.tenancy.scope import at_prefix
from protocols.models import CalendarFeed, Meeting, MeetingSeries
from protocols.models.meetings import MeetingQuerySet

TOKEN = re.compile(r"[0-9]{1,15}-[A-Za-z0-9_-]{20,40}", re.ASCII)
BACK = timedelta(days=90)
"""So far back single meetings stay in the calendar; the days of a series stay as long as the series does."""


def feed_of(member: Member) -> CalendarFeed:
    """The member's own; made when it is asked for the first time."""
    return CalendarFeed.objects.get_or_create(agency_id=member.agency_id, member=member)[0]


def address_of(feed: CalendarFeed) -> str:
    """The whole address: the number of the agency, then the secret. It is the same at an agency's own domain."""
    token = f"{feed.agency_id}-{feed.secret}"
    with at_prefix("/"):
        return settings.BASE_URL + reverse("calendar_feed", urlconf="portal.urls_global", args=[token])


@transaction.atomic
def renew(member: Member) -> CalendarFeed:
    """A new secret; whoever reads the old address finds nothing from now on."""
    feed = feed_of(member)
    feed = CalendarFeed.objects.select_for_update().get(pk=feed.pk)
    feed.secret = CalendarFeed._meta.get_field("secret").get_default()
    feed.created_at, feed.read_at = timezone.now(), None
    feed.save(update_fields=["secret", "created_at", "read_at"])
    return feed


def holder_of(token: str) -> Member | None:
    """Whose address this is; None when nobody's is, or when his place here has ended. Call inside `atomic()`."""
    number, _dash, secret = token.partition("-")
    if not TOKEN.fullmatch(token):
        return None
    with tenant(int(number)):
        found = CalendarFeed.objects.filter(agency_id=int(number), secret=secret)
        members = Member.objects.admitted().filter(agency_id=int(number), pk__in=found.values("member_id"))
        return members.complete().first()


def note_read(member: Member) -> None:
    """The page says when a calendar program was here last; to the hour is enough."""
    rows = CalendarFeed.objects.filter(agency_id=member.agency_id, member=member)
    now = timezone.now()
    rows.filter(Q(read_at=None) | Q(read_at__lt=now - timedelta(hours=1))).update(read_at=now)


def meetings_for(member: Member) -> MeetingQuerySet:
    """What belongs into the member's own calendar: outsiders take everything that they see, specialists what they take part in."""
    rows = Meeting.objects.visible_to(member)
    return rows.with_guest(member) if member.is_specialist else rows


def series_for(member: Member) -> QuerySet[MeetingSeries]:
    """The same of series."""
    rows = MeetingSeries.objects.visible_to(member)
    taking_part = Q(leader_id=member.pk) | Q(guest_ids__contains=[member.pk])
    return rows.filter(taking_part) if member.is_specialist else rows
