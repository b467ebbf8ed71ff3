"""Today in a test is the agency's, also in the hours in which UTC has another day. Whoever imports the fixture has it."""

import re
from time import sleep

import pytest
from django.utils import timezone

ROOM = 10
"""Seconds that a test with a timer takes at most, on a busy machine too."""


@pytest.fixture(autouse=True)
def the_agencys_clock():
    with timezone.override("Europe/Berlin"):
        yield


def begin_early_in_a_minute():
    """What is counted in whole minutes of the clock is as long as the test says only if it begins and ends in the same one."""
    left = 60 - timezone.now().second
    if left <= ROOM:
        sleep(left)


def says(page: str, time: str) -> bool:
    """Whether it names this time that was logged; the moments on a page end like one now and then: 16:41:35."""
    return re.search(rf"(?<!\d){time}(?!\d)", page) is not None
