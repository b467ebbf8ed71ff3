"""Work on days: midnight, nights with a change of clocks, and zones are right to the minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from worklog.days import Stretch, split, stretches
from worklog.durations import read

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")
]
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
at_leisure = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@at_leisure
@given(MOMENTS, st.integers(0, 3 * 24 * 60), st.sampled_from(ZONES))
def test_cut_at_each_midnight_and_no_minute_is_lost(start, minutes, zone):
    start = start.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=minutes)

    pieces = split(start, end, zone)

    assert sum(piece.minutes for piece in pieces) == minutes
    assert [piece.day for piece in pieces] == sorted({piece.day for piece in pieces})
    for piece in pieces:
        last = piece.ended_at - timedelta(minutes=1)
        assert piece.started_at.astimezone(zone).date() == piece.day == last.astimezone(zone).date()
        assert piece.ended_at - piece.started_at == timedelta(minutes=piece.minutes)
    assert [p.ended_at for p in pieces[:-1]] == [p.started_at for p in pieces[1:]]


@at_leisure
@given(st.dates(date(2024, 1, 1), date(2027, 12, 30)), st.integers(0, 23), st.integers(1, 24), st.sampled_from(ZONES))
def test_span_by_the_clock_is_as_long_as_the_clock_says_unless_clocks_change(day, start, end, zone):
    pieces = stretches(day, read(f"{start}-{end}"), zone)

    wall = timedelta(hours=(end - start) % 24 or 24)
    first = datetime(day.year, day.month, day.day, start, tzinfo=zone)
    change = (first + wall).utcoffset() - first.utcoffset()
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == first.replace(tzinfo=None) and not _is_odd(
        zone, first + wall
    ):
        assert sum(piece.minutes for piece in pieces) * timedelta(minutes=1) == wall - change


def _is_odd(zone, wall):
    """A wall time that is shown twice or not at all."""
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


def test_night_on_which_the_clocks_go_forward():
    assert [p.minutes for p in stretches(SPRING, read("1-4"), BERLIN)] == [120]
    assert [p.minutes for p in stretches(SPRING, read("1:30-2:30"), BERLIN)] == [30]
    assert stretches(SPRING, read("2:10-2:50"), BERLIN) == []


def test_night_on_which_the_clocks_go_back():
    assert [p.minutes for p in stretches(AUTUMN, read("1-4"), BERLIN)] == [240]
    assert [(p.day, p.minutes) for p in stretches(AUTUMN, read("0-24"), BERLIN)] == [(AUTUMN, 25 * 60)]


def test_over_midnight_is_two_days():
    pieces = stretches(date(2026, 11, 30), read("22-1:15"), BERLIN)

    assert [(p.day, p.minutes) for p in pieces] == [(date(2026, 11, 30), 120), (date(2026, 12, 1), 75)]


def test_minutes_alone_have_no_clock():
    assert stretches(SPRING, read("2h"), BERLIN) == [Stretch(SPRING, 120)]


def test_seconds_do_not_count():
    start = datetime(2026, 11, 2, 8, 17, 50, tzinfo=UTC)

    assert split(start, start + timedelta(seconds=9), BERLIN) == []
    assert [p.minutes for p in split(start, start + timedelta(minutes=83), BERLIN)] == [83]
