"""The timer: one per person, whatever happens at the same moment; it knows midnight."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.models import Event
from portal.notifications.audience import may_know
from portal.people.actions import members
from tests.browse import browse_as, url
from tests.clock import begin_early_in_a_minute
from tests.tickets.makers import open_for
from worklog import clock, tasks
from worklog.actions import logging, timers
from worklog.models import Timer, WorkEntry, can_be_logged_by


@pytest.fixture
def passed(cast):
    """Let so much time pass for the running timer."""
    begin_early_in_a_minute()

    def passed(**time):
        with tenant(cast.north.pk):
            for timer in Timer.objects.all():
                timer.started_at -= timedelta(**time)
                timer.save()

    return passed


def test_what_ran_is_logged(cast, passed):
    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Call", project=cast.shop)
    passed(minutes=83)

    (row, *more) = timers.stop(by=cast.nora)

    total = row.minutes + sum(other.minutes for other in more)
    assert (total, row.text, row.kind.name, row.project, row.source) == (83, "Call", "Call", cast.shop, "timer")
    assert timers.stop(by=cast.nora) == []


def test_what_goes_on_goes_on_for_the_same_ticket_and_another_client_has_none(cast, passed):
    with tenant(cast.north.pk):
        ticket = open_for(cast.acme, cast.anna)
    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Call", subject=logging.subject_of(ticket))
    passed(minutes=83)
    row = timers.stop(by=cast.nora)[-1]

    browse_as(cast.nora).post(url("my_work:start", cast.north), {"again": row.pk})
    with tenant(cast.north.pk):
        assert Timer.objects.get().subject_id == ticket.pk
    timers.describe(by=cast.nora, client=cast.acme, text="Longer call")
    with tenant(cast.north.pk):
        assert Timer.objects.get().subject_id == ticket.pk
    timers.describe(by=cast.nora, client=cast.bolt, project=None)
    passed(minutes=10)

    assert {made.subject_id for made in timers.stop(by=cast.nora)} == {None}


def test_less_than_a_minute_is_nothing(cast):
    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Call")

    assert timers.stop(by=cast.nora) == []
    with tenant(cast.north.pk):
        assert not Timer.objects.exists()


def test_seconds_over_a_full_minute_of_the_clock_are_no_minute(cast):
    with time_machine.travel("2026-10-13 12:00:59+02:00", tick=False) as clock:
        timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Call")
        clock.shift(timedelta(seconds=59))
        assert timers.stop(by=cast.nora) == []

        timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Call")
        clock.shift(timedelta(seconds=60))
        assert [row.minutes for row in timers.stop(by=cast.nora)] == [1]


def test_starting_something_else_logs_what_ran(cast, passed):
    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="One")
    passed(minutes=5)

    timers.start(by=cast.nora, client=cast.bolt, kind="Call", text="Two")

    with tenant(cast.north.pk):
        assert Timer.objects.get().text == "Two"
        assert sum(row.minutes for row in WorkEntry.objects.filter(text="One")) == 5


def test_whoever_started_without_a_word_says_it_at_the_end(cast, passed):
    timers.start(by=cast.nora)
    passed(minutes=5)
    with pytest.raises(timers.Incomplete):
        timers.stop(by=cast.nora)

    rows = timers.stop(by=cast.nora, client=cast.acme, kind="Call", text="Call")

    assert sum(row.minutes for row in rows) == 5


def test_three_days_are_four_entries_with_every_minute(cast, passed):
    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Forgot it")
    passed(days=3)

    rows = timers.stop(by=cast.nora)

    assert sum(row.minutes for row in rows) == 3 * 24 * 60
    assert len({row.spent_on for row in rows}) == len(rows) >= 3


def test_discarded_is_gone(cast, passed):
    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Call")
    passed(minutes=5)
    timers.discard(by=cast.nora)

    assert timers.stop(by=cast.nora) == []
    with tenant(cast.north.pk):
        assert not WorkEntry.objects.exists()


def test_only_whoever_logs_time_has_one(cast):
    for member in (cast.anna, cast.rita):
        with pytest.raises(PermissionDenied):
            timers.start(by=member)
    with pytest.raises(PermissionDenied):
        timers.start(by=cast.fred, client=cast.acme)


def test_the_database_holds_one_per_person(cast):
    timers.start(by=cast.nora)
    with tenant(cast.north.pk), pytest.raises(IntegrityError), transaction.atomic():
        Timer.objects.create(agency=cast.north, member=cast.nora)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_32_starts_at_the_same_moment_leave_one(cast):
    def start(number):
        try:
            with tenant(cast.north.pk):
                timers.start(by=cast.nora, client=cast.acme, kind="Call", text=f"No. {number}")
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(start, range(32)))

    with tenant(cast.north.pk), transaction.atomic():
        assert Timer.objects.count() == 1
        assert not WorkEntry.objects.exists()


def test_who_leaves_leaves_what_ran_to_a_manager(cast, passed):
    timers.start(by=cast.nora, client=cast.acme, text="Shop")
    passed(minutes=30)

    members.end(cast.nora, by=cast.olaf, to=cast.olaf)

    with tenant(cast.north.pk):
        assert not Timer.objects.exists()
        rows = list(WorkEntry.objects.all())
    assert sum(row.minutes for row in rows) == 30
    assert all(row.is_waiting and row.text == "Shop" and row.member_id == cast.nora.pk for row in rows)


@pytest.mark.parametrize("leaver", ["nora", "pavel"])
def test_what_cannot_be_logged_when_somebody_leaves_is_told(cast, passed, leaver):
    member = getattr(cast, leaver)
    timers.start(by=member)
    passed(minutes=30)

    members.end(member, by=cast.olaf, to=cast.olaf)

    with tenant(cast.north.pk):
        assert not Timer.objects.exists() and not WorkEntry.objects.exists()
        event = Event.objects.get(kind="timer.left")
        assert "0:30" in event.title
        assert cast.olaf in event.declared.told(event)


@pytest.mark.parametrize("name", ["nora", "pavel"])
def test_who_may_log_there_no_more_loses_the_timer_and_hears_it(cast, passed, name):
    member = getattr(cast, name)
    timers.start(by=member, client=cast.acme, project=cast.shop, kind="Call", text="Call")
    passed(days=1)
    cast.acme.read_only_at = timezone.now()
    with tenant(cast.north.pk):
        cast.acme.save()

    tasks.tend_timer(cast.north.pk, member.pk)
    tasks.tend_timer(cast.north.pk, member.pk)

    with tenant(cast.north.pk):
        assert not Timer.objects.exists() and not WorkEntry.objects.exists()
        event = Event.objects.get(kind="timer.left")
        assert {member, cast.olaf} <= set(event.declared.told(event))
        assert may_know(member, event) and may_know(cast.olaf, event)


def test_who_is_gone_logs_nothing_and_wakes_nobody(cast):
    cast.nora.ended_at = timezone.now()
    assert not can_be_logged_by(cast.nora, cast.acme)
    cast.nora.ended_at, cast.nora.user.is_active = None, False
    assert not can_be_logged_by(cast.nora, cast.acme)


def test_midnight_does_not_put_off_the_question(cast, time_machine):
    """Started at 18:00, cut at midnight, asked at 4:00 and not at 10:00."""
    time_machine.move_to(datetime(2026, 11, 18, 17, 0, tzinfo=UTC), tick=False)
    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Call")
    time_machine.move_to(datetime(2026, 11, 18, 23, 5, tzinfo=UTC), tick=False)
    tasks.tend_timer(cast.north.pk, cast.nora.pk)
    with tenant(cast.north.pk):
        assert WorkEntry.objects.get().doubted_at is None
        assert not Timer.objects.get().is_to_ask

    time_machine.move_to(datetime(2026, 11, 19, 3, 5, tzinfo=UTC), tick=False)

    with tenant(cast.north.pk):
        assert Timer.objects.get().is_to_ask
        assert clock.running_of(cast.nora).asks


def test_days_that_nobody_vouched_for_wait_for_a_manager(cast, passed):
    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Forgot it")
    passed(days=2)

    tasks.tend_timer(cast.north.pk, cast.nora.pk)
    timers.stop(by=cast.nora)

    with tenant(cast.north.pk):
        rows = list(WorkEntry.objects.all())
    assert len(rows) >= 2 and all(row.visible_from is None and row.is_waiting for row in rows)


def test_who_says_when_it_stopped_waits_for_nobody(cast, passed):
    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Forgot it")
    passed(hours=20)
    with tenant(cast.north.pk):
        started = Timer.objects.get().started_at

    rows = timers.stop(by=cast.nora, at=started + timedelta(hours=1))

    assert sum(row.minutes for row in rows) == 60 and not any(row.is_waiting for row in rows)
