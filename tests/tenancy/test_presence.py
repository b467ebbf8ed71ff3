"""What a contact reads about the hours of the account manager."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from portal.core.context import tenant
from portal.people.actions import agency as settings
from portal.tenancy.models import Absence, Calendar
from portal.tenancy.presence import presence_of
from tests.browse import browse_as, url

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)  # Berlin is an hour ahead; hours are 9 to 18


def _at(cast, day: int, hour: int, **zone):
    with (
        time_machine.travel(MONDAY + timedelta(days=day, hours=hour), tick=False),
        timezone.override(cast.north.time_zone),
    ):
        return presence_of(cast.olaf, cast.north)


@pytest.mark.parametrize(
    ("day", "hour", "is_in", "line"),
    [
        (0, 9, True, "Here today until 18:00"),
        (0, 6, False, "Here today from 09:00"),
        (0, 19, False, "Here tomorrow from 09:00"),
        (5, 9, False, "Here again on Mon, 30 Nov from 09:00"),
    ],
)
def test_presence_by_the_business_calendar(cast, day, hour, is_in, line):
    presence = _at(cast, day, hour)

    assert (presence.is_in, presence.line, presence.cover) == (is_in, line, "")
    assert [row["hours"] for row in presence.week] == ["9–18"] * 5 + ["", ""]
    assert [row["is_today"] for row in presence.week].index(True) == day


def test_who_is_away_without_a_stand_in_says_when_he_is_back(cast):
    _away(cast, 3)

    presence = _at(cast, 0, 9)

    assert (presence.is_in, presence.member) == (False, cast.olaf)
    assert presence.line == "Here again on Thu, 26 Nov from 09:00"
    assert [row["hours"] for row in presence.week][:4] == ["", "", "", "9–18"]


def test_the_stand_in_is_there_instead(cast):
    _away(cast, 3, stand_in=cast.nora)

    presence = _at(cast, 0, 9)

    assert (presence.is_in, presence.member) == (True, cast.nora)
    assert presence.cover == "Nora Example stands in until 25 Nov"


def test_changed_hours_count_at_once(cast, django_capture_on_commit_callbacks):
    assert _at(cast, 0, 16).line == "Here today until 18:00"
    with django_capture_on_commit_callbacks(execute=True), tenant(cast.north.pk):
        calendar = Calendar.objects.get(agency=cast.north)
        settings.change_calendar(calendar, by=cast.olaf, windows={"0": [["08:00", "12:30"]], "1": [["08:00", "12:00"]]})

    presence = _at(cast, 0, 16)

    assert presence.line == "Here tomorrow from 08:00"
    assert presence.week[0]["hours"] == "8–12:30"


def test_a_reader_elsewhere_gets_his_own_clock_and_is_told_whose_hours_these_are(cast):
    with time_machine.travel(MONDAY + timedelta(hours=9), tick=False), timezone.override("Asia/Tokyo"):
        presence = presence_of(cast.olaf, cast.north)

    assert presence.line == "Here today until 02:00"
    assert presence.zone == "Europe/Berlin"


def test_the_contacts_start_page_shows_it(cast):
    page = browse_as(cast.anna).get(url("client_home", cast.acme)).content.decode()

    with translation.override("en"), timezone.override("Europe/Berlin"):
        assert presence_of(cast.olaf, cast.north).line in page
    assert 'class="hours"' in page


def _away(cast, days: int, **fields) -> None:
    with tenant(cast.north.pk):
        starts_at = MONDAY - timedelta(hours=1)
        dates = {"starts_at": starts_at, "ends_at": starts_at + timedelta(days=days)}
        Absence.objects.create(agency=cast.north, member=cast.olaf, **dates, **fields)
