"""What has become visible: the notice of an activity, and the weekly mail. Both are safe to run twice."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from portal.core.zones import zone
from portal.notifications import actions as notifications
from portal.notifications.models import Preference
from portal.tenancy.models import Member
from portal.tenancy.scope import acting_as
from timeline import letters
from timeline.events import POSTED
from timeline.feed import became_visible
from timeline.models import MONDAY, Activity, ActivityQuerySet, WeeklyChoice, WeeklyMail

MORNING = 7
"""The hour of the reader's own clock from which the weekly mail goes out."""
WEEK = timedelta(days=7)


def unannounced() -> list[tuple[int, int]]:
    """(agency id, activity id) of activities that show by now, and nobody was told. Reads through `maint`."""
    rows = showing(Activity.objects.using("maint").unannounced())
    return list(rows.order_by("pk").values_list("agency_id", "pk")[:2000])


def showing(rows: ActivityQuerySet) -> ActivityQuerySet:
    """Those of the rows that outsiders see by now."""
    return rows.filter(event__visible_from__lte=timezone.now())


@transaction.atomic
def announce(activity_id: int) -> None:
    """Tell the client's people once that the activity is there."""
    activity = Activity.objects.select_for_update(of=("self",)).unannounced().filter(pk=activity_id).first()
    if activity is None or activity.event.visible_from > timezone.now():
        return
    notifications.tell(activity.event)
    activity.announced_at = timezone.now()
    activity.save(update_fields=["announced_at"])


def readers_of_weekly_mails() -> list[tuple[int, int]]:
    """(agency id, member id) of all whose morning of the week it is, and who had no mail yet. Reads through `maint`."""
    rows = Member.objects.using("maint").admitted().filter(kind__in=("contact", "vendor"))
    days = dict(WeeklyChoice.objects.using("maint").values_list("member_id", "weekday"))
    had = set(
        WeeklyMail.objects.using("maint").filter(until__gte=timezone.now() - 2 * WEEK).values_list("member_id", "week")
    )
    off = Preference.objects.using("maint").filter(kind=POSTED, email=False).values("member_id")
    return [
        (member.agency_id, member.pk)
        for member in rows.exclude(pk__in=off).select_related("user", "agency")
        if (week := week_due(member, days.get(member.pk, MONDAY))) and (member.pk, week) not in had
    ]


def week_due(member: Member, weekday: int) -> date | None:
    """The Monday of the week whose mail is due now by the member's own clock; None when it is not its day.

    When nothing ran on the day itself, the next one still counts.
    """
    local = timezone.localtime(timezone=zone(member.user.time_zone or member.agency.time_zone)) - timedelta(
        hours=MORNING
    )
    begun = local.date() - timedelta(days=(local.weekday() - weekday) % 7)
    monday = begun - timedelta(days=weekday)
    return monday if local.date() - begun <= timedelta(days=1) else None


@transaction.atomic
def mail_week(member: Member) -> WeeklyMail | None:
    """One mail of what became visible since the last one; the row is there once per person and week, mail or not."""
    weekday = weekday_of(member)
    week = week_due(member, weekday) if weekday is not None else None
    if week is None:
        return None
    now = timezone.now()
    since = _since(member, now)
    row, is_new = WeeklyMail.objects.get_or_create(
        agency_id=member.agency_id, member=member, week=week, defaults={"until": now}
    )
    if not is_new:
        return None
    with acting_as(member):
        entries = became_visible(member, since, now)
        row.entries, newest = entries.count(), list(entries[: letters.MOST])
    if newest:
        letters.send(member, newest, row.entries)
        row.save(update_fields=["entries"])
    return row


def weekday_of(member: Member) -> int | None:
    """The day of the weekly mail, as chosen or Monday; None for whoever wants no such mails."""
    if Preference.objects.visible_to(member).filter(kind=POSTED, email=False).exists():
        return None
    choice = WeeklyChoice.objects.visible_to(member).first()
    return choice.weekday if choice else MONDAY


@transaction.atomic
def choose_weekday(member: Member, weekday: int | None) -> None:
    """The day of the weekly mail from now on; None for no such mails."""
    wish = Preference.objects.visible_to(member).filter(kind=POSTED).first()
    notifications.choose(member, POSTED, in_app=wish.in_app if wish else True, email=weekday is not None)
    if weekday is not None:
        WeeklyChoice.objects.update_or_create(agency_id=member.agency_id, member=member, defaults={"weekday": weekday})


def _since(member: Member, now: datetime) -> datetime:
    """Where the last mail ended; a week ago at the first one and after a pause."""
    last = WeeklyMail.objects.visible_to(member).order_by("-week").values_list("until", flat=True).first()
    return max(last, now - 2 * WEEK) if last else now - WEEK
