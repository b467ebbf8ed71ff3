"""Missing time is told once a week, on the day that the agency chose, in the afternoon by its clock."""

from datetime import date, timedelta

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
from worklog.weeks import WEEK, Week, expected, missing

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
    people = Member.objects.using("maint").admitted().filter(agency_id__in=agencies, kind="specialist")
    return list(people.filter(Exists(logged)).order_by("pk").values_list("agency_id", "pk"))


@transaction.atomic
def remind(member: Member) -> Event | None:
    """Tell what is missing since the last time: on the past days of this week, and on those of the week before that were to come then.

    Once a week, and not when nothing is. Of whoever logged nothing in the week before, nothing is missing there: he was not there.
    """
    today = timezone.localdate(timezone=zone_of(member))
    week = Week.of(today - timedelta(days=1))
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    told = Event.objects.filter(agency_id=member.agency_id, client=None, kind=MISSING, subject_id=member.pk)
    if told.filter(payload__week=week.monday.isoformat()).exists():
        return None
    rest = {day: gap for day, gap in _gaps(member, week.before, today).items() if day >= today - WEEK}
    gaps = {**rest, **_gaps(member, week, today, is_now=True)}
    if not gaps:
        return None
    first = Week.of(min(gaps)).monday.isoformat()
    return record(
        MISSING, member, by=None, time=format_minutes(sum(gaps.values())), week=week.monday.isoformat(), first=first
    )


def _gaps(member: Member, week: Week, today: date, *, is_now: bool = False) -> dict[date, int]:
    rows = WorkEntry.objects.filter(agency_id=member.agency_id).by_member(member).between(week.monday, week.sunday)
    logged = {row["spent_on"]: row["sum"] for row in rows.sums("spent_on")}
    return missing(logged, expected(member, week), until=today) if logged or is_now else {}


def _is_time(policy: WorkPolicy) -> bool:
    local = timezone.localtime(timezone=zone(policy.agency.time_zone))
    return local.weekday() == policy.reminder_weekday and local.hour >= AFTERNOON
