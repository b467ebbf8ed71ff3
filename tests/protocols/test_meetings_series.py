"""Series: their days, the hour that stays, rows made ahead, one that is moved, a new plan from a day on, the end."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.utils import timezone

from portal.core.context import tenant
from protocols.meetings import actions, agenda, planning, series, tasks
from protocols.models import Meeting, MeetingGuest, MeetingSeries
from tests.browse import browse_as, reload, url
from tests.protocols.meeting_makers import mails_sent, plan, plan_series, rows_of

__all__ = ["mails_sent", "plan", "plan_series"]
NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def september():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def wall_hours(rows, zone: str) -> set[str]:
    return {row.starts_at.astimezone(ZoneInfo(zone)).strftime("%H:%M") for row in rows}


# --- Days and moments -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rhythm", "first_on", "days"),
    [
        ("WEEKLY/1", "2026-12-22", "2026-12-22 2026-12-29 2027-01-05"),
        ("WEEKLY/2", "2026-12-22", "2026-12-22 2027-01-05 2027-01-19"),
        ("WEEKLY/4", "2026-12-22", "2026-12-22 2027-01-19 2027-02-16"),
        ("MONTHLY/1", "2027-01-31", "2027-01-31 2027-02-28 2027-03-31 2027-04-30"),
        ("MONTHLY/1", "2028-01-30", "2028-01-30 2028-02-29 2028-03-30"),
        ("MONTHLY/1", "2027-01-28", "2027-01-28 2027-02-28 2027-03-28"),
        ("MONTHLY/3", "2026-11-30", "2026-11-30 2027-02-28 2027-05-30 2027-08-30"),
    ],
)
def test_days_of_a_rhythm(rhythm, first_on, days):
    expected = [date.fromisoformat(day) for day in days.split()]

    assert planning.first_days(rhythm, expected[0], len(expected)) == expected
    assert planning.days_of(rhythm, expected[0], since=expected[1], until=expected[-1]) == expected[1:]
    assert planning.number_of(rhythm, expected[0], expected[-1]) == len(expected)


@pytest.mark.parametrize(
    ("zone", "day", "at", "moment"),
    [
        ("Europe/Berlin", "2026-10-25", "10:00", "2026-10-25T09:00Z"),
        ("Europe/Berlin", "2026-10-24", "10:00", "2026-10-24T08:00Z"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30Z"),  # shown twice: the first time
        ("Europe/Berlin", "2027-03-28", "02:30", "2027-03-28T01:30Z"),  # skipped: 3:30 on the wall
        ("America/New_York", "2026-11-01", "10:00", "2026-11-01T15:00Z"),
        ("Australia/Lord_Howe", "2026-10-03", "10:00", "2026-10-02T23:30Z"),
        ("Australia/Lord_Howe", "2026-10-04", "10:00", "2026-10-03T23:00Z"),  # the clocks move by half an hour
    ],
)
def test_moment_of_a_wall_clock(zone, day, at, moment):
    found = planning.moment_of(date.fromisoformat(day), time.fromisoformat(at), zone)

    assert found == datetime.fromisoformat(moment.replace("Z", "+00:00"))


# --- Rows made ahead -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_weekly_series_keeps_its_hour_over_the_change_of_clocks(september, plan_series, zone):
    rows = rows_of(plan_series(date(2026, 9, 8), zone=zone))

    assert len(rows) == 26
    assert wall_hours(rows, zone) == {"10:00"}
    assert len({row.starts_at.astimezone(UTC).strftime("%H:%M") for row in rows}) == 2  # else no clock was changed
    assert {row.duration_minutes for row in rows} == {45}


def test_meetings_are_made_half_a_year_ahead_with_their_guests(cast, september, plan_series):
    weekly = plan_series(date(2026, 9, 8))
    rows = rows_of(weekly)

    assert (rows[0].original_on, rows[-1].original_on) == (date(2026, 9, 8), date(2027, 3, 2))
    with tenant(cast.north.pk):
        guests = MeetingGuest.objects.filter(meeting=rows[-1])
        assert set(guests.values_list("member__user__name", "answer")) == {
            ("Anna Example", ""),
            ("Nora Example", "ACCEPTED"),
        }


def test_the_daily_task_goes_on_where_it_was_and_may_run_twice(cast, september, plan_series):
    weekly = plan_series(date(2026, 9, 8))
    september.shift(timedelta(days=14))

    for _again in range(3):
        tasks.make_ahead(cast.north.pk)

    assert [row.original_on for row in rows_of(weekly)[-3:]] == [date(2027, 3, 2), date(2027, 3, 9), date(2027, 3, 16)]
    assert len(rows_of(weekly)) == 28


def test_a_day_that_was_called_off_is_not_made_again(cast, september, plan_series):
    weekly = plan_series(date(2026, 9, 8))
    with tenant(cast.north.pk):
        actions.call_off(rows_of(weekly)[2], by=cast.nora)
        MeetingSeries.objects.filter(pk=weekly.pk).update(made_until=None)

    tasks.make_ahead(cast.north.pk)

    assert len(rows_of(weekly)) == 26
    assert [row.is_cancelled for row in rows_of(weekly)].count(True) == 1


def test_of_a_closed_client_and_an_ended_series_nothing_is_made(cast, september, plan_series):
    weekly, ended = plan_series(date(2026, 9, 8)), plan_series(date(2026, 9, 9))
    with tenant(cast.north.pk):
        series.end(ended, by=cast.nora, last_on=date(2026, 9, 20))
        type(cast.acme).objects.filter(pk=cast.acme.pk).update(read_only_at=timezone.now())
    september.shift(timedelta(days=30))

    tasks.make_ahead(cast.north.pk)

    assert (len(rows_of(weekly)), len(rows_of(ended))) == (26, 2)


def test_two_workers_at_once_make_each_day_once(cast, september, plan_series):
    """The row of the series is the lock, and the database holds that a day is there once."""
    weekly = plan_series(date(2026, 9, 8))
    with connections["default"].cursor() as cursor, tenant(cast.north.pk):
        cursor.execute(
            "SELECT count(*) FROM pg_indexes WHERE indexname = 'meeting_once_in_series' AND indexdef LIKE '%UNIQUE%'"
        )
        assert cursor.fetchone() == (1,)
    assert len({row.original_on for row in rows_of(weekly)}) == 26


# --- One of them -----------------------------------------------------------------------------------------------------


def test_one_meeting_is_moved_and_the_others_stay(cast, september, plan_series):
    weekly = plan_series(date(2026, 9, 8))
    before = {row.pk: row.starts_at for row in rows_of(weekly)}
    third = rows_of(weekly)[2]
    words = {
        "title": third.title, "kind": "jour_fixe", "starts_at": "2026-09-23T14:00", "duration_minutes": 60,
        "place": "Lübeck", "leader": cast.nora.pk,
    }  # fmt: skip

    answer = browse_as(cast.nora).post(url("protocols:edit_meeting", cast.acme, third.pk), words)

    assert answer.status_code == 302
    after = {row.pk: row.starts_at for row in rows_of(weekly)}
    assert {pk for pk in before if before[pk] != after[pk]} == {third.pk}
    assert reload(third).original_on == date(2026, 9, 22)
    page = browse_as(cast.anna).get(url("protocols:meetings", cast.acme)).content.decode()
    assert "moved from 22 Sept, only this one" in page or "moved from 22 Sep, only this one" in page


# --- A new plan ------------------------------------------------------------------------------------------------------


def change(cast, weekly, since, **fields):
    words = {
        "title": weekly.title, "kind": weekly.kind, "place": weekly.place, "project": None, "leader": cast.nora,
        "rhythm": weekly.rhythm, "duration_minutes": 45, "last_on": None, "starts_at_time": weekly.starts_at_time,
    }  # fmt: skip
    with tenant(cast.north.pk):
        return series.change(
            weekly, by=cast.nora, since=since, guests=[cast.anna.pk, cast.olaf.pk], **{**words, **fields}
        )


def test_from_a_day_on_the_hour_changes_and_agendas_stay(cast, september, plan_series):
    weekly = plan_series(date(2026, 9, 8))
    first, second, third, fourth, fifth, *_rest = rows_of(weekly)
    with tenant(cast.north.pk):
        agenda.add(third, by=cast.anna, text="Islands")
        actions.change(
            fourth, by=cast.nora, title="Jour fixe", kind="jour_fixe", place="Lübeck", leader=cast.nora,
            starts_at=fourth.starts_at + timedelta(hours=30), duration_minutes=45,
        )  # fmt: skip
        actions.call_off(fifth, by=cast.nora)

    change(cast, weekly, since=third.original_on, first_on=date(2026, 9, 24), starts_at_time=time(14, 0))

    rows = {row.pk: row for row in rows_of(weekly)}
    assert [rows[row.pk].starts_at for row in (first, second)] == [first.starts_at, second.starts_at]
    assert rows[third.pk].starts_at == datetime(2026, 9, 24, 12, tzinfo=UTC)  # 14:00 in Berlin
    with tenant(cast.north.pk):
        assert rows[third.pk].topics.count() == 1
    assert rows[fourth.pk].starts_at == fourth.starts_at + timedelta(hours=30) and rows[fourth.pk].place == "Lübeck"
    assert rows[fifth.pk].is_cancelled and rows[fifth.pk].original_on == date(2026, 10, 8)
    later = [row for row in rows.values() if row.original_on > date(2026, 10, 8)]
    assert wall_hours(later, "Europe/Berlin") == {"14:00"}
    assert {row.original_on.weekday() for row in later} == {3}
    with tenant(cast.north.pk):
        assert MeetingGuest.objects.filter(meeting=later[-1], member=cast.olaf).exists()
        assert not MeetingGuest.objects.filter(meeting=first, member=cast.olaf).exists()


def test_a_slower_rhythm_leaves_no_meeting_beyond_half_a_year(cast, september, plan_series):
    weekly = plan_series(date(2026, 9, 8))

    change(cast, weekly, since=date(2026, 9, 8), first_on=date(2026, 9, 30), rhythm="MONTHLY/1")

    days = [row.original_on for row in rows_of(weekly)]
    assert days == [
        date(2026, 9, 30),
        date(2026, 10, 30),
        date(2026, 11, 30),
        date(2026, 12, 30),
        date(2027, 1, 30),
        date(2027, 2, 28),
    ]


def test_a_new_plan_keeps_the_uid_unless_old_meetings_remain(cast, september, plan_series):
    weekly = plan_series(date(2026, 9, 8))
    old = weekly.uid

    change(cast, weekly, since=date(2026, 9, 8), first_on=date(2026, 9, 9))
    assert (reload(weekly).uid, reload(weekly).sequence) == (old, 1)
    change(cast, reload(weekly), since=date(2026, 9, 16), first_on=date(2026, 9, 17))
    assert (reload(weekly).uid != old, reload(weekly).sequence) == (True, 0)


def test_series_is_changed_by_form(cast, september, plan_series):
    weekly = plan_series(date(2026, 9, 8))
    browser, path = browse_as(cast.nora), url("protocols:edit_series", cast.acme, weekly.pk)
    words = {
        "since": "2026-09-15", "first_on": "2026-09-16", "starts_at_time": "09:30", "duration_minutes": "30", "kind": "call",
        "title": "Weekly call", "rhythm": "WEEKLY/1", "place": "", "leader": cast.nora.pk, "theirs": [cast.anna.pk],
    }  # fmt: skip

    assert browser.get(path, {"since": "2026-09-15"}).context["form"].initial["since"] == "2026-09-15"
    for wrong in (
        {"first_on": "2026-09-08"},
        {"last_on": "2026-09-15"},
        {"since": "2026-09-14"},
        {"leader": cast.anna.pk},
    ):
        assert browser.post(path, {**words, **wrong}).status_code == 422, wrong
    assert browser.post(path, words).status_code == 302

    rows = rows_of(weekly)
    assert rows[0].title == "Jour fixe"
    assert {row.title for row in rows[1:]} == {"Weekly call"}
    assert wall_hours(rows[1:], "Europe/Berlin") == {"09:30"}


@pytest.mark.parametrize("who", ["anna", "vera"])
def test_series_is_changed_by_the_agency_only(cast, september, plan_series, who):
    weekly = plan_series(date(2026, 9, 8), project=cast.shop)
    browser = browse_as(getattr(cast, who))

    for name in ("edit_series", "end_series"):
        assert browser.get(url(f"protocols:{name}", cast.acme, weekly.pk)).status_code == 404
        assert browser.post(url(f"protocols:{name}", cast.acme, weekly.pk)).status_code == 404
    with pytest.raises(PermissionDenied), tenant(cast.north.pk):
        series.end(weekly, by=getattr(cast, who), last_on=date(2026, 9, 8))


def test_end_takes_what_comes_later_and_keeps_agendas_to_read(cast, september, plan_series, mails_sent):
    weekly = plan_series(date(2026, 9, 8))
    with tenant(cast.north.pk):
        agenda.add(rows_of(weekly)[4], by=cast.anna, text="Islands")
    mails_sent()

    browse_as(cast.nora).post(url("protocols:end_series", cast.acme, weekly.pk), {"last_on": "2026-09-15"})

    rows = rows_of(weekly)
    assert [(row.original_on.day, row.is_cancelled) for row in rows] == [(8, False), (15, False), (6, True)]
    assert reload(weekly).ended_at
    (mail,) = mails_sent()["anna@anna.example"]
    assert "UNTIL=20260915T080000Z" in mail.calendar
    assert browse_as(cast.nora).post(url("protocols:end_series", cast.acme, weekly.pk)).status_code == 403


def test_a_series_with_a_last_day_ends_there(cast, september, plan_series):
    assert len(rows_of(plan_series(date(2026, 9, 8), last_on=date(2026, 9, 30)))) == 4


def test_leaving_leader_hands_his_meetings_over(cast, september, plan_series, plan):
    from protocols.meetings.handing_over import MEETINGS, UNWRITTEN

    weekly, past = plan_series(date(2026, 9, 8)), plan("Held", starts_in=-timedelta(days=2))
    with tenant(cast.north.pk):
        assert MEETINGS.count(cast.nora) == 26
        MEETINGS.hand_over(cast.nora, cast.olaf)
        UNWRITTEN.hand_over(cast.nora, cast.olaf)
        assert set(Meeting.objects.values_list("leader_id", flat=True)) == {cast.olaf.pk}
    assert reload(weekly).leader_id == reload(past).leader_id == cast.olaf.pk
