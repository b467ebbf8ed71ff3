"""Months as the address writes them."""

from datetime import date

import pytest

from worklog.months import Month


@pytest.mark.parametrize(
    ("text", "found"),
    [("2026-11", "2026-11"), ("2026-13", ""), ("1999-12", ""), ("2101-01", ""), ("2026-1", ""), ("", "")],
)
def test_month_is_read_from_the_address(text, found):
    month = Month.read(text)

    assert (month.key if month else "") == found


def test_months_follow_each_other():
    month = Month(date(2028, 2, 1))

    assert (month.last, month.before.key, month.after.key) == (date(2028, 2, 29), "2028-01", "2028-03")
    assert len(month.days) == 29
