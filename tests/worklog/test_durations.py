"""What people type for time, and what is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worklog.durations import DAY, Typed, read, split_words

MEANT = {
    "90m": 90,
    "90 min": 90,
    "1:30": 90,
    "01:30": 90,
    "1.5": 90,
    "1,5": 90,
    "0,25": 15,
    ".5": 30,
    "0.33": 20,
    "2h": 120,
    "2 h": 120,
    "1.5h": 90,
    "1h30": 90,
    "1h 30m": 90,
    "2 Std.": 120,
    "45": 45,
    "10": 10,
    "2": 120,
    "9": 540,
    " 1:30 ": 90,
    "24h": DAY,
}
SPANS = {
    "9-10:30": (540, 630),
    "9:05 - 11:50": (545, 710),
    "09:05–11:50": (545, 710),
    "9.30-11": (570, 660),
    "0930-1100": (570, 660),
    "22-1": (1320, 1500),
    "0-24": (0, 1440),
}
NONE = ["", "0", "0:00", "soon", "1:75", "25-26", "9:70-10", "-90", "25h", "1441m", "9-", "٣", "1:30:00", "1e3", "90mm"]


@pytest.mark.parametrize(("text", "minutes"), MEANT.items())
def test_duration(text, minutes):
    assert read(text) == Typed(minutes)


@pytest.mark.parametrize(("text", "span"), SPANS.items())
def test_span(text, span):
    assert read(text) == Typed(span[1] - span[0], *span)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_time_is_refused(text):
    assert read(text) is None


@given(st.integers(1, DAY - 1))
def test_every_minute_of_a_day_can_be_typed_in_each_way(minutes):
    hours, rest = divmod(minutes, 60)

    assert read(f"{minutes}m") == read(f"{hours}:{rest:02}") == read(f"{hours}h {rest}m") == Typed(minutes)


@given(st.text(max_size=20))
def test_nothing_that_can_be_typed_breaks_it(text):
    typed = read(text)

    assert typed is None or 1 <= typed.minutes <= DAY


def test_estimates_may_be_longer_than_a_day():
    most = 1000 * 60
    assert [read(text, most=most) for text in ("120h", "100:30", "1h 30m")] == [Typed(7200), Typed(6030), Typed(90)]
    assert [read(text, most=most) for text in ("1:75", "1.5 m", "1001h")] == [None, None, None]
    assert read("120h") is None


def test_time_is_found_in_the_line():
    assert split_words("Call with Katrin 1:30") == ("Call with Katrin", Typed(90))
    assert split_words("90m Landing page") == ("Landing page", Typed(90))
    assert split_words("Call 9-10:30") == ("Call", Typed(90, 540, 630))
    assert split_words("Answered 12") == ("Answered 12", None)
    assert split_words("1:30") == ("1:30", None)
