"""Missing time is told once a week, on the day that the agency chose, in the afternoon by its clock."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from portal.core.formats import format_minutes
from portal.core.zones import zone
from portal.events.models import Event
from portal.events.record import record
from portal.tenancy.models import Member
from worklog.days import zone_of
from worklog.events import MISSING
from worklog.models import WorkEntry, WorkPolicy
from worklog.weeks import Week, expected, missing

AFTERNOON = 15
"""The hour from which the reminder goes out; when nothing ran on the day, the next one is the next week's."""
LATELY = timedelta(days=60)
"""Who has logged nothing for so long does not log time here at all."""


def due() -> list[tuple[int, int]]:
    """(agency id, member id) of whoever logs time where it is day and hour. Reads through `maint`."""
    policies = WorkPolicy.objects.using("maint").filter(reminder_weekday__isnull=False).select_related("agency")
    agencies = [row.agency_id for row in policies if _is_time(row)]
    since = timezone.localdate() - LATELY
    logged = WorkEntry.objects.using("maint").filter(member_id=OuterRef("pk"), spent_on__gte=since)
    people = Member.objects.using("maint").active().filter(agency_id__in=agencies, kind="specialist")
    return list(people.filter(Exists(logged), user__is_active=True).order_by("pk").values_list("agency_id", "pk"))


@transaction.atomic
def remind(member: Member) -> Event | None:
    """Tell what is missing on the past days of this week, on a Monday of the last one; once a week, and not when nothing is."""
    today = timezone.localdate(timezone=zone_of(member))
    week = Week.of(today - timedelta(days=1))
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    told = Event.objects.filter(agency_id=member.agency_id, client=None, kind=MISSING, subject_id=member.pk)
    if told.filter(payload__week=week.monday.isoformat()).exists():
        return None
    rows = WorkEntry.objects.filter(agency_id=member.agency_id).by_member(member).between(week.monday, week.sunday)
    logged = {row["spent_on"]: row["sum"] for row in rows.sums("spent_on")}
    gap = sum(missing(logged, expected(member, week), until=today).values())
    if not gap:
        return None
    return record(MISSING, member, by=None, time=format_minutes(gap), week=week.monday.isoformat())


def _is_time(policy: WorkPolicy) -> bool:
    local = timezone.localtime(timezone=zone(policy.agency.time_zone))
    return local.weekday() == policy.reminder_weekday and local.hour >= AFTERNOON
