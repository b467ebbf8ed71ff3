"""Today in a test is the agency's, also in the hours in which UTC has another day. Whoever imports the fixture has it."""

import pytest
from django.utils import timezone


@pytest.fixture(autouse=True)
def the_agencys_clock():
    with timezone.override("Europe/Berlin"):
        yield
