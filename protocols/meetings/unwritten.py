"""Meetings that were held and have no protocol: whose they are, and reminding him."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.business_time import BusinessCalendar, is_open
from portal.events.record import record
from portal.tenancy.calendars import calendar_of, stand_in_of
from portal.tenancy.models import Agency, Member
from portal.tenancy.models.client import OPEN_CLIENT
from protocols.models import Meeting
from protocols.models.meetings import MeetingQuerySet
from protocols.reminding import AGAIN_AFTER_DAYS, MOST, morning_after

LATELY = timedelta(days=90)
"""What is older and still unwritten is no longer asked for."""


def asked_for(meetings: MeetingQuerySet, *, at: datetime | None = None) -> MeetingQuerySet:
    """Of these meetings those whose protocol somebody has still to write; not of a client that is closed."""
    now = at or timezone.now()
    return meetings.unwritten(at=now).filter(ends_at__gte=now - LATELY, **OPEN_CLIENT)


@transaction.atomic
def waive(meeting: Meeting, *, by: Member, reason: str) -> Meeting:
    """No protocol is needed; everybody who sees the meeting reads why."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("client").get(pk=meeting.pk)
    if not meeting.can_be_waived_by(by):
        raise PermissionDenied
    meeting.waived_at, meeting.waived_by, meeting.waived_reason = timezone.now(), by, reason
    meeting.save(update_fields=["waived_at", "waived_by", "waived_reason"])
    return meeting


def remind(agency: Agency) -> None:
    """Tell leaders of what they have not written, if the agency is at work and it is time. Safe to run twice."""
    now, calendar = timezone.now(), calendar_of(agency)
    if not is_open(calendar, now):
        return
    rows = Meeting.objects.filter(agency=agency, reminders__lt=MOST, leader__isnull=False)
    for pk in list(asked_for(rows, at=now).order_by("ends_at", "pk").values_list("pk", flat=True)):
        _remind(pk, calendar, now)


@transaction.atomic
def _remind(pk: int, calendar: BusinessCalendar, now: datetime) -> None:
    rows = Meeting.objects.select_for_update(of=("self",), skip_locked=True).unwritten(at=now)
    meeting = rows.select_related("client__agency", "leader").filter(pk=pk, reminders__lt=MOST).first()
    if meeting is None or meeting.leader is None or now < due_at(meeting, calendar):
        return
    told = stand_in_of(meeting.leader, now)
    record("meeting.unwritten", meeting, by=None, title=meeting.title, meeting=meeting.pk, member=told.pk)
    meeting.reminders, meeting.reminded_at = meeting.reminders + 1, now
    meeting.save(update_fields=["reminders", "reminded_at"])


def due_at(meeting: Meeting, calendar: BusinessCalendar) -> datetime:
    """When the next reminder is due: on the next business morning, then some business days after the first one."""
    if meeting.reminded_at is None:
        return morning_after(calendar, meeting.ends_at)
    return morning_after(calendar, meeting.reminded_at, AGAIN_AFTER_DAYS)
