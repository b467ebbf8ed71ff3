"""The timer: one per person, whatever happens at the same moment; it knows midnight."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction

from portal.core.context import tenant
from worklog.actions import timers
from worklog.models import Timer, WorkEntry


@pytest.fixture
def passed(cast):
    """Let so much time pass for the running timer."""

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


def test_less_than_a_minute_is_nothing(cast):
    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Call")

    assert timers.stop(by=cast.nora) == []
    with tenant(cast.north.pk):
        assert not Timer.objects.exists()


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
