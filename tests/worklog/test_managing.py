"""Managers approve and close; the rules of the work log; reminders of missing time and of timers that run on."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.notifications.models import Notification
from tests.browse import browse_as, reload, url
from worklog import tasks
from worklog.actions import deciding, reminding, timers
from worklog.models import ClientWorkPolicy, MonthClosing, Timer, WorkEntry, WorkPolicy


def test_manager_approves_what_waits(cast, log):
    deciding.set_policy(by=cast.olaf, approves=True)
    rows = [log(text="First call"), log(text="Second call")]
    browser = browse_as(cast.olaf)
    page = browser.get(url("my_work:review", cast.north)).content.decode()
    assert "First call" in page and "Second call" in page

    browser.post(url("my_work:approve", cast.north), {"entries": [rows[0].pk]})

    assert reload(rows[0]).approved_by_id == cast.olaf.pk
    assert reload(rows[1]).visible_from is None
    assert "First call" not in browse_as(cast.nora).get(url("my_work:review", cast.north)).content.decode()


def test_who_approves_sees_for_which_project_and_from_when_to_when(cast, log):
    deciding.set_policy(by=cast.olaf, approves=True)
    started = timezone.now().replace(hour=8, minute=0, second=0, microsecond=0)
    with tenant(cast.north.pk):
        row = log(project=cast.shop)
        WorkEntry.objects.filter(pk=row.pk).update(started_at=started, ended_at=started + timedelta(minutes=90))

    page = browse_as(cast.olaf).get(url("my_work:review", cast.north)).content.decode()

    meta = page.partition('class="row-meta"')[2].partition("</p>")[0]
    assert "<span>Shop</span>" in meta and "–" in meta


def test_nobody_approves_without_being_manager_or_chooses_nothing(cast, log):
    deciding.set_policy(by=cast.olaf, approves=True)
    row = log()

    assert browse_as(cast.nora).post(url("my_work:approve", cast.north), {"entries": [row.pk]}).status_code == 403
    answer = browse_as(cast.olaf).post(url("my_work:approve", cast.north), {"entries": ["x"]}, follow=True)
    assert "Choose at least one entry." in answer.content.decode()
    assert reload(row).visible_from is None


def test_month_is_closed_and_opened_on_the_page(cast, log):
    month = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
    log(day=month + timedelta(days=1))
    browser, sent = browse_as(cast.olaf), {"client": cast.acme.pk, "month": month.isoformat()}

    browser.post(url("my_work:close", cast.north), sent)
    with tenant(cast.north.pk):
        assert MonthClosing.objects.get().closed_by == cast.olaf
    assert "Open again" in browser.get(url("my_work:review", cast.north)).content.decode()
    browser.post(url("my_work:close", cast.north), {**sent, "opens": "1"})
    with tenant(cast.north.pk):
        assert not MonthClosing.objects.exists()
    assert browse_as(cast.nora).post(url("my_work:close", cast.north), sent).status_code == 403
    assert browser.post(url("my_work:close", cast.north), {**sent, "client": cast.cosmo.pk}).status_code == 404


def test_month_of_last_year_is_closed_and_opened_on_the_page_of_its_year(cast, log):
    year = timezone.localdate().year - 1
    log(day=date(year, 3, 2))
    browser, path = browse_as(cast.olaf), url("my_work:months", cast.north)
    assert f"March {year}" not in browser.get(url("my_work:review", cast.north)).content.decode()
    assert f"?year={year}" in browser.get(path).content.decode()
    assert f"March {year}" in browser.get(path + f"?year={year}").content.decode()

    sent = {"client": cast.acme.pk, "month": f"{year}-03-01", "year": str(year)}
    page = browser.post(url("my_work:close", cast.north), sent, follow=True).content.decode()
    assert f"Months {year}" in page and "Open again" in page

    browser.post(url("my_work:close", cast.north), {**sent, "opens": "1"})
    with tenant(cast.north.pk):
        assert not MonthClosing.objects.exists()
    assert f"March {year}" not in browse_as(cast.nora).get(path + f"?year={year}").content.decode()
    assert browser.get(path + "?year=99999").status_code == 200


def test_rules_are_kept(cast, log):
    sent = {
        "approves": "on",
        "day_minutes": "7:30",
        "reminder_weekday": "4",
        "statement_day": "3",
        "delayed": [cast.acme.pk],
    }

    browse_as(cast.olaf).post(url("my_work:rules", cast.north), sent)

    with tenant(cast.north.pk):
        policy = WorkPolicy.objects.get()
        assert (policy.day_minutes, policy.reminder_weekday, policy.statement_day) == (450, 4, 3)
        assert policy.approved_since
        assert ClientWorkPolicy.objects.get(delayed_since__isnull=False).client == cast.acme
    assert log().visible_from is None
    page = browse_as(cast.olaf).get(url("my_work:rules", cast.north)).content.decode()
    assert 'value="7:30"' in page
    assert browse_as(cast.nora).get(url("my_work:rules", cast.north)).status_code == 404


@pytest.fixture
def wednesday(time_machine):
    """Wednesday afternoon in Berlin and in UTC."""
    time_machine.move_to(datetime(2026, 11, 18, 16, 0, tzinfo=UTC), tick=False)


def test_missing_time_is_told_once_a_week_on_the_agencys_day(cast, for_years, log, wednesday):
    deciding.set_policy(by=cast.olaf, approves=False, reminder_weekday=2)
    log(8 * 60, day=date(2026, 11, 16)), log(7 * 60, day=date(2026, 11, 17))

    tasks.remind_of_gaps(cast.north.pk, cast.nora.pk)
    tasks.remind_of_gaps(cast.north.pk, cast.nora.pk)

    assert _told(cast) == [("time.missing", cast.nora.pk, "1:00 h are missing in your week")]


@pytest.mark.parametrize(("day", "hour", "is_due"), [(18, 13, False), (18, 14, True), (19, 14, False)])
def test_the_reminder_goes_out_on_its_day_in_the_afternoon_of_the_agencys_clock(cast, time_machine, day, hour, is_due):
    """Three o'clock in Berlin is two in UTC."""
    time_machine.move_to(datetime(2026, 11, day, hour, 30, tzinfo=UTC), tick=False)
    policy = deciding.set_policy(by=cast.olaf, approves=False, reminder_weekday=2)
    policy.agency = cast.north

    assert reminding._is_time(policy) is is_due


def test_nobody_is_reminded_when_nothing_is_missing(cast, log, wednesday):
    log(8 * 60, day=date(2026, 11, 16)), log(8 * 60, day=date(2026, 11, 17))

    tasks.remind_of_gaps(cast.north.pk, cast.nora.pk)

    assert _told(cast) == []


def test_timer_that_runs_for_ten_hours_asks_once_and_again_after_the_answer(cast):
    timers.start(by=cast.nora)
    _back(cast, cast.nora, hours=10)
    page = browse_as(cast.nora).get(url("my_work:timer", cast.north)).content.decode()
    assert "Does it still?" in page

    tasks.tend_timer(cast.north.pk, cast.nora.pk)
    tasks.tend_timer(cast.north.pk, cast.nora.pk)
    assert [kind for kind, *_rest in _told(cast)] == ["timer.asked"]

    browse_as(cast.nora).post(url("my_work:confirm", cast.north))
    assert "Does it still?" not in browse_as(cast.nora).get(url("my_work:timer", cast.north)).content.decode()


def test_timer_splits_at_midnight_and_goes_on(cast):
    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Long")
    _back(cast, cast.nora, days=2)

    tasks.tend_timer(cast.north.pk, cast.nora.pk)
    tasks.tend_timer(cast.north.pk, cast.nora.pk)

    with tenant(cast.north.pk):
        timer, done = Timer.objects.get(), list(WorkEntry.objects.order_by("spent_on"))
    local = timezone.localtime(timer.started_at)
    today = timezone.localdate(timezone=local.tzinfo)
    assert all(row.spent_on < today for row in done) and len(done) == 2
    assert sum(row.minutes for row in done) + (timezone.now() - timer.started_at) // timedelta(minutes=1) in range(
        2 * 24 * 60 - 1, 2 * 24 * 60 + 2
    )


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_sweeps_wake_whom_it_concerns(cast, log, monkeypatch, wednesday):
    """Committed, so that the maintenance role's own connection sees it."""
    woken = []
    monkeypatch.setattr(tasks, "enqueue", lambda task, *ids: woken.append((task.name, *ids)))
    with transaction.atomic():
        log(day=date(2026, 11, 16)), log(by=cast.saul, client=cast.cosmo, day=date(2026, 11, 16))
        deciding.set_policy(by=cast.olaf, approves=False, reminder_weekday=2)
        deciding.set_policy(by=cast.saul, approves=False, reminder_weekday=3)
        timers.start(by=cast.nora), timers.start(by=cast.olaf)
        _back(cast, cast.nora, hours=11)

    tasks.remind_all(), tasks.tend_timers()

    names = ("remind_of_gaps", "tend_timer")
    assert woken == [(f"worklog.tasks.{name}", cast.north.pk, cast.nora.pk) for name in names]


def _back(cast, member, **time) -> None:
    with tenant(cast.north.pk):
        timer = Timer.objects.get(member=member)
        timer.started_at -= timedelta(**time)
        timer.save()


def _told(cast) -> list[tuple]:
    """(kind, who, words) of what was told, in order."""
    with tenant(cast.north.pk):
        for pk in Event.objects.filter(delivered_at=None).order_by("pk").values_list("pk", flat=True):
            delivery.deliver(pk)
        rows = Notification.objects.filter(kind__in=("time.missing", "timer.asked")).order_by("pk")
        return [(row.kind, row.member_id, row.event.title) for row in rows.select_related("event")]


def test_day_of_the_reminder_itself_is_told_the_week_after(cast, for_years, log, time_machine):
    for day in (9, 10, 11, 12, 16, 17, 18, 19):  # all but Friday the 13th
        log(8 * 60, day=date(2026, 11, day))
    time_machine.move_to(datetime(2026, 11, 20, 16, 0, tzinfo=UTC), tick=False)

    tasks.remind_of_gaps(cast.north.pk, cast.nora.pk)

    assert _told(cast) == [("time.missing", cast.nora.pk, "8:00 h are missing in your week")]
    with tenant(cast.north.pk):
        assert Event.objects.get(kind="time.missing").path.endswith("/week/2026-11-09/")


def test_on_a_monday_the_week_before_is_told(cast, for_years, log, time_machine):
    time_machine.move_to(datetime(2026, 11, 23, 16, 0, tzinfo=UTC), tick=False)
    for day in range(16, 20):
        log(8 * 60, day=date(2026, 11, day))

    tasks.remind_of_gaps(cast.north.pk, cast.nora.pk)
    tasks.remind_of_gaps(cast.north.pk, cast.nora.pk)

    assert _told(cast) == [("time.missing", cast.nora.pk, "8:00 h are missing in your week")]
    with tenant(cast.north.pk):
        assert Event.objects.get(kind="time.missing").path.endswith("/week/2026-11-16/")
