"""What is typed into a draft means what it says, or is refused."""

import pytest

from invoices.durations import HoursOrNumber
from tests.invoices.test_from_work import rate, take, today
from tests.worklog.conftest import log

__all__ = ["log", "rate", "take", "today"]


@pytest.mark.parametrize("text", ["1,000", "1.000", "12.345", "1.000,5", "1e3", "0.001"])
def test_a_thousand_is_never_taken_for_one(text):
    """Nobody knows whether 1,000 is one or a thousand, but for whoever wrote it."""
    with pytest.raises(Exception, match="at most two decimals"):
        HoursOrNumber().clean(text)


def test_quantities_as_people_write_them():
    field = HoursOrNumber()

    assert [str(field.clean(text)) for text in ("1", "1,5", "2.25", "-3", "1000", "1:30", "0,50 h")] == [
        *("1", "1.5", "2.25", "-3", "1000", "90", "0.50")
    ]
