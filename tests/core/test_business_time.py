"""Business time counts the same minutes as a person with a clock on the wall would."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.core.business_time import (
    BusinessCalendar,
    CalendarError,
    NeverOpenError,
    Window,
    add_minutes,
    end_of_business_day,
    is_open,
    minutes_between,
    next_opening,
    subtract_minutes,
    window,
)

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati"]
NINE_TO_SIX = {day: [window("09:00", "18:00")] for day in range(5)}
WITH_BREAK = {day: [window("09:00", "12:30"), window("13:15", "18:00")] for day in range(5)}
ALWAYS = {day: [window("00:00", "24:00")] for day in range(7)}


def berlin(*clock, fold=0):
    return datetime(*clock, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)


def utc(*clock):
    return datetime(*clock, tzinfo=UTC)


@pytest.fixture
def office():
    return BusinessCalendar("Europe/Berlin", NINE_TO_SIX)


# A week in the office -----------------------------------------------------------------------------


def test_eight_hours_from_the_morning_end_the_same_day(office):
    assert add_minutes(office, berlin(2026, 11, 23, 9, 30), 480) == berlin(2026, 11, 23, 17, 30)


def test_eight_hours_from_friday_afternoon_end_on_monday(office):
    assert add_minutes(office, berlin(2026, 11, 20, 16, 0), 480) == berlin(2026, 11, 23, 15, 0)


def test_what_is_raised_at_night_counts_from_the_next_opening(office):
    assert add_minutes(office, berlin(2026, 11, 21, 23, 0), 60) == berlin(2026, 11, 23, 10, 0)


def test_a_full_day_ends_at_closing_not_at_the_next_opening(office):
    assert add_minutes(office, berlin(2026, 11, 23, 9, 0), 540) == berlin(2026, 11, 23, 18, 0)


def test_going_back_a_full_day_ends_at_opening(office):
    assert subtract_minutes(office, berlin(2026, 11, 24, 9, 0), 540) == berlin(2026, 11, 23, 9, 0)


def test_a_break_does_not_count():
    calendar = BusinessCalendar("Europe/Berlin", WITH_BREAK)

    assert add_minutes(calendar, berlin(2026, 11, 23, 12, 0), 60) == berlin(2026, 11, 23, 13, 45)
    assert minutes_between(calendar, berlin(2026, 11, 23, 9), berlin(2026, 11, 24, 9)) == 495
    assert not is_open(calendar, berlin(2026, 11, 23, 12, 30))
    assert is_open(calendar, berlin(2026, 11, 23, 13, 15))


def test_seconds_are_kept_in_a_deadline_and_cut_in_a_count(office):
    start = berlin(2026, 11, 23, 17, 59, 30)

    assert add_minutes(office, start, 1) == berlin(2026, 11, 24, 9, 0, 30)
    assert minutes_between(office, start, berlin(2026, 11, 24, 9, 0, 30)) == 1


def test_answers_are_in_utc(office):
    assert add_minutes(office, berlin(2026, 11, 23, 9), 5).tzinfo is UTC


def test_no_minutes_change_nothing(office):
    saturday = berlin(2026, 11, 21, 12)

    assert add_minutes(office, saturday, 0) == saturday == subtract_minutes(office, saturday, 0)


def test_next_opening_is_now_when_open_else_the_next_morning(office):
    assert next_opening(office, berlin(2026, 11, 23, 11)) == berlin(2026, 11, 23, 11)
    assert next_opening(office, berlin(2026, 11, 20, 18)) == berlin(2026, 11, 23, 9)


def test_end_of_business_day_is_after_the_break_and_moves_on_when_the_day_is_over():
    calendar = BusinessCalendar("Europe/Berlin", WITH_BREAK)

    assert end_of_business_day(calendar, berlin(2026, 11, 20, 10)) == berlin(2026, 11, 20, 18)
    assert end_of_business_day(calendar, berlin(2026, 11, 20, 12, 45)) == berlin(2026, 11, 20, 18)
    assert end_of_business_day(calendar, berlin(2026, 11, 20, 18)) == berlin(2026, 11, 23, 18)


# Days with rules of their own ---------------------------------------------------------------------


def test_public_holidays_of_the_region_are_closed_and_named_in_the_language():
    bavaria = BusinessCalendar("Europe/Berlin", NINE_TO_SIX, country="DE", region="BY", language="de")
    berlin_office = BusinessCalendar("Europe/Berlin", NINE_TO_SIX, country="DE", region="BE", language="de")
    epiphany = date(2026, 1, 6)

    assert bavaria.holiday_name(epiphany) == "Heilige Drei Könige"
    assert not bavaria.is_business_day(epiphany)
    assert berlin_office.is_business_day(epiphany)
    assert add_minutes(bavaria, berlin(2026, 1, 5, 17), 120) == berlin(2026, 1, 7, 10)


@pytest.mark.parametrize(
    ("country", "language", "name"),
    [
        ("NO", "nb", "Første nyttårsdag"),
        ("HU", "hu", "Újév"),
        ("RU", "ru", "Новогодние каникулы"),
        ("GB", "en", "New Year's Day"),
        ("DE", "hu", "Neujahr"),
    ],
)
def test_holidays_speak_the_language_or_that_of_the_country(country, language, name):
    calendar = BusinessCalendar("UTC", NINE_TO_SIX, country=country, language=language)

    assert calendar.holiday_name(date(2026, 1, 1)) == name


def test_a_worked_holiday_is_open_and_keeps_its_name():
    calendar = BusinessCalendar(
        "Europe/Berlin", NINE_TO_SIX, country="DE", language="de", worked_holidays={date(2026, 5, 1)}
    )

    assert calendar.is_business_day(date(2026, 5, 1))
    assert calendar.holiday_name(date(2026, 5, 1)) == "Erster Mai"


def test_own_days_off_stand_in_for_a_country_without_holidays():
    kyiv = BusinessCalendar("Europe/Kyiv", NINE_TO_SIX, country="UA", days_off={date(2026, 8, 24)})

    assert kyiv.holiday_name(date(2026, 8, 24)) is None
    assert not kyiv.is_business_day(date(2026, 8, 24))


def test_an_exception_wins_over_holiday_and_weekday():
    christmas_eve, sunday = date(2026, 12, 24), date(2026, 12, 20)
    calendar = BusinessCalendar(
        "Europe/Berlin",
        NINE_TO_SIX,
        country="DE",
        days_off={christmas_eve},
        exceptions={
            christmas_eve: [window("09:00", "12:00")],
            sunday: [window("10:00", "14:00")],
            date(2026, 12, 21): [],
        },
    )

    assert minutes_between(calendar, berlin(2026, 12, 24), berlin(2026, 12, 25)) == 180
    assert minutes_between(calendar, berlin(2026, 12, 20), berlin(2026, 12, 22)) == 240


def test_an_absence_is_taken_off_and_widened_to_whole_minutes(office):
    away = office.closed_during([(berlin(2026, 11, 23, 10, 0, 30), berlin(2026, 11, 23, 11, 0, 30))])

    assert minutes_between(away, berlin(2026, 11, 23), berlin(2026, 11, 24)) == 540 - 61
    assert next_opening(away, berlin(2026, 11, 23, 10, 0)) == berlin(2026, 11, 23, 11, 1)
    assert minutes_between(office, berlin(2026, 11, 23), berlin(2026, 11, 24)) == 540


def test_absences_add_up_even_when_they_overlap(office):
    absences = [
        (berlin(2026, 11, 23), berlin(2026, 11, 25)),
        (berlin(2026, 11, 24, 12), berlin(2026, 11, 25, 10)),
    ]
    away = office.closed_during(absences[:1]).closed_during(absences[1:])

    assert add_minutes(away, berlin(2026, 11, 20, 17, 30), 60) == berlin(2026, 11, 25, 10, 30)
    assert end_of_business_day(away, berlin(2026, 11, 23, 9)) == berlin(2026, 11, 25, 18)


# Changes of clocks --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("02:00", "03:00", 0),
        ("02:30", "04:00", 60),
        ("01:00", "02:30", 60),
        ("01:00", "04:00", 120),
        ("00:00", "24:00", 23 * 60),
    ],
)
def test_windows_at_the_spring_gap_lose_what_the_clocks_skip(start, end, minutes):
    calendar = BusinessCalendar("Europe/Berlin", {6: [window(start, end)]})

    assert minutes_between(calendar, berlin(2026, 3, 29), berlin(2026, 3, 30)) == minutes


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("02:00", "03:00", 120),
        ("02:30", "04:00", 150),
        ("01:00", "02:30", 150),
        ("01:00", "02:00", 60),
        ("00:00", "24:00", 25 * 60),
    ],
)
def test_windows_at_the_doubled_hour_open_first_and_close_last(start, end, minutes):
    calendar = BusinessCalendar("Europe/Berlin", {6: [window(start, end)]})

    assert minutes_between(calendar, berlin(2026, 10, 25), berlin(2026, 10, 26)) == minutes


def test_neighbouring_windows_in_the_doubled_hour_are_not_counted_twice():
    calendar = BusinessCalendar("Europe/Berlin", {6: [window("01:00", "02:30"), window("02:30", "04:00")]})

    assert minutes_between(calendar, berlin(2026, 10, 25), berlin(2026, 10, 26)) == 240


def test_half_an_hour_is_skipped_on_lord_howe():
    calendar = BusinessCalendar("Australia/Lord_Howe", ALWAYS)
    zone = ZoneInfo("Australia/Lord_Howe")

    assert (
        minutes_between(calendar, datetime(2026, 10, 4, tzinfo=zone), datetime(2026, 10, 5, tzinfo=zone))
        == 23 * 60 + 30
    )
    assert (
        minutes_between(calendar, datetime(2026, 4, 5, tzinfo=zone), datetime(2026, 4, 6, tzinfo=zone)) == 24 * 60 + 30
    )


def test_clocks_that_go_back_over_midnight_count_no_minute_twice():
    # Newfoundland changed at 00:01 until 2011: Sunday 00:01 became Saturday 23:01.
    zone = ZoneInfo("America/St_Johns")
    calendar = BusinessCalendar("America/St_Johns", {5: [window("22:00", "23:30")], 6: [window("00:00", "06:00")]})
    start, end = datetime(2010, 11, 6, 12, tzinfo=zone), datetime(2010, 11, 7, 12, tzinfo=zone)

    # From Saturday 22:00 to the change two hours and a minute, from there to Sunday 06:00 without a pause.
    assert minutes_between(calendar, start, end) == 121 + 419
    assert end_of_business_day(calendar, start) == utc(2010, 11, 7, 3, 0)


def test_a_day_that_a_country_skipped_has_no_minute():
    zone = ZoneInfo("Pacific/Apia")
    calendar = BusinessCalendar("Pacific/Apia", ALWAYS)

    assert minutes_between(calendar, datetime(2011, 12, 29, tzinfo=zone), datetime(2012, 1, 1, tzinfo=zone)) == 2 * 1440


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        lambda calendar, naive: add_minutes(calendar, naive, 5),
        lambda calendar, naive: subtract_minutes(calendar, naive, 5),
        lambda calendar, naive: minutes_between(calendar, naive, naive),
        is_open,
        next_opening,
        end_of_business_day,
        lambda calendar, naive: calendar.closed_during([(naive, naive)]),
    ],
)
def test_naive_moments_are_refused(office, act):
    with pytest.raises(ValueError, match="aware"):
        act(office, datetime(2026, 11, 23, 9))


def test_negative_minutes_are_refused(office):
    with pytest.raises(ValueError, match="negative"):
        add_minutes(office, berlin(2026, 11, 23, 9), -1)


@pytest.mark.parametrize(
    "calendar",
    [
        BusinessCalendar("Europe/Berlin", {}),
        BusinessCalendar("Europe/Berlin", {0: []}),
        BusinessCalendar("Europe/Berlin", ALWAYS, closed=((utc(1950, 1, 1), utc(2100, 1, 1)),)),
    ],
    ids=["no weekday", "no window", "always away"],
)
def test_a_calendar_that_never_opens_says_so_instead_of_searching_for_ever(calendar):
    moment = utc(2026, 11, 23, 9)

    for act in (
        lambda: add_minutes(calendar, moment, 1),
        lambda: subtract_minutes(calendar, moment, 1),
        lambda: next_opening(calendar, moment),
        lambda: end_of_business_day(calendar, moment),
    ):
        with pytest.raises(NeverOpenError, match="no open minute"):
            act()
    assert not is_open(calendar, moment)
    assert minutes_between(calendar, moment, moment + timedelta(days=30)) == 0


@pytest.mark.parametrize(
    "build",
    [
        lambda: BusinessCalendar("Europe/Nowhere", NINE_TO_SIX),
        lambda: BusinessCalendar("../etc/passwd", NINE_TO_SIX),
        lambda: BusinessCalendar("Europe/Berlin", {7: [window("09:00", "10:00")]}),
        lambda: BusinessCalendar("Europe/Berlin", NINE_TO_SIX, country="XX"),
        lambda: BusinessCalendar("Europe/Berlin", NINE_TO_SIX, country="DE", region="ZZ"),
        lambda: window("18:00", "09:00"),
        lambda: window("09:00", "24:30"),
        lambda: window("nine", "10:00"),
        lambda: window("09:99", "11:00"),
        lambda: Window(-1, 5),
    ],
)
def test_impossible_calendars_are_refused(build):
    with pytest.raises(CalendarError):
        build()


def test_a_window_reads_back_as_it_was_written():
    assert str(window("09:00", time(0))) == "09:00-24:00"


# Properties over five zones -----------------------------------------------------------------------


def _week(draw):
    edges = st.lists(st.integers(0, 1440), unique=True, max_size=6).map(sorted)
    week = {}
    for day in range(7):
        found = draw(edges)
        week[day] = [Window(*pair) for pair in zip(found[::2], found[1::2], strict=False)]
    return week


@st.composite
def calendars(draw):
    week = _week(draw)
    assume(sum(w.end - w.start for windows in week.values() for w in windows) >= 30)
    away = draw(st.lists(st.tuples(moments, st.integers(1, 20_000)), max_size=3))
    return BusinessCalendar(
        draw(st.sampled_from(ZONES)),
        week,
        country=draw(st.sampled_from(["", "DE", "US"])),
        closed=tuple((start, start + timedelta(minutes=length)) for start, length in away),
    )


# Moments close to a change of clocks in one of the zones, as these are where arithmetic goes wrong.
changes = st.sampled_from(
    [
        utc(2026, 3, 8, 7),
        utc(2026, 3, 29, 1),
        utc(2026, 4, 4, 15),
        utc(2026, 10, 3, 15, 30),
        utc(2026, 10, 25, 1),
        utc(2026, 11, 1, 6),
    ]
)
moments = st.builds(
    lambda change, seconds: change + timedelta(seconds=seconds), changes, st.integers(-400_000, 400_000)
)
few_minutes = st.integers(0, 5000)


@settings(max_examples=200, deadline=None)
@given(calendars(), st.lists(moments, min_size=3, max_size=3).map(sorted))
def test_minutes_add_up(calendar, three):
    a, b, c = three

    assert minutes_between(calendar, a, b) + minutes_between(calendar, b, c) == minutes_between(calendar, a, c)
    assert 0 <= minutes_between(calendar, a, c) <= (c - a).total_seconds() // 60 + 1
    assert minutes_between(calendar, c, a) == 0 or a == c


@settings(max_examples=200, deadline=None)
@given(calendars(), moments, few_minutes)
def test_added_minutes_are_counted_again(calendar, start, minutes):
    due = add_minutes(calendar, start, minutes)

    assert due >= start
    assert minutes_between(calendar, start, due) == minutes


@settings(max_examples=200, deadline=None)
@given(calendars(), moments, few_minutes)
def test_subtracting_what_was_added_leads_back(calendar, start, minutes):
    back = subtract_minutes(calendar, add_minutes(calendar, start, minutes), minutes)

    assert back == (next_opening(calendar, start) if minutes else start)


@settings(max_examples=200, deadline=None)
@given(calendars(), moments)
def test_opening_and_closing_agree(calendar, at):
    opening = next_opening(calendar, at)
    closing = end_of_business_day(calendar, at)

    assert is_open(calendar, opening)
    assert (opening == at) == is_open(calendar, at)
    assert minutes_between(calendar, at, opening) == 0
    assert closing > opening
    assert not is_open(calendar, closing) or calendar.local(closing).time() == time(0)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ZONES), moments, st.integers(1, 3000))
def test_a_calendar_that_is_always_open_counts_as_the_clock_does(zone, start, minutes):
    calendar = BusinessCalendar(zone, ALWAYS)

    assert add_minutes(calendar, start, minutes) == start + timedelta(minutes=minutes)
    assert subtract_minutes(calendar, start, minutes) == start - timedelta(minutes=minutes)


@settings(max_examples=200, deadline=None)
@given(calendars(), moments)
def test_a_plain_clock_reading_agrees_away_from_changes(calendar, at):
    """Minute by minute on a day without a change of clocks, the wall clock decides."""
    at = at.replace(second=0, microsecond=0) + timedelta(days=14)
    wall = calendar.local(at)
    closed = any(start <= at < end for start, end in calendar.closed)
    minute = wall.hour * 60 + wall.minute
    expected = not closed and any(w.start <= minute < w.end for w in calendar.windows_on(wall.date()))

    assert is_open(calendar, at) == expected
