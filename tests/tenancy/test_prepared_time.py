"""Pages of the work log whose queries are compiled once show what an ordinary query would, to each reader."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.context import tenant
from portal.tenancy.models import Absence
from portal.tenancy.scope import acting_as
from tests.tenancy.test_prepared_lists import READERS
from tests.worklog.conftest import _own_storage, for_years, log
from worklog import sheet, today
from worklog.actions import looking
from worklog.actions.kinds import kind_names
from worklog.choosing import CLIENTS, clients_open_to
from worklog.filtering import View
from worklog.hanging import entries_of
from worklog.models import WorkEntry, WorkKind, WorkPolicy
from worklog.month_facts import facts_of
from worklog.month_page import month_of
from worklog.months import Month
from worklog.sums import sums_of
from worklog.weeks import Week, expected, own_entries

__all__ = ["_own_storage", "for_years", "log"]
WEEK = Week(date(2026, 11, 16))
LOGGERS = [name for name in READERS if name not in ("anna", "carl", "bob")]


@pytest.fixture
def worked(cast, for_years, log):
    """Two weeks in which Nora and Pavel worked, Nora for two clients, one of them in a project too; and a day away."""
    for day in (WEEK.before.monday, WEEK.monday, WEEK.sunday):
        log(30, day=day)
        log(40, day=day, project=cast.shop)
        log(45, day=day, by=cast.pavel, project=cast.shop)
        log(60, day=day, client=cast.bolt, kind="Development")
    log(25, day=WEEK.monday, by=cast.olaf)
    with tenant(cast.north.pk):
        WorkPolicy.objects.create(agency=cast.north, day_minutes=420)
        starts = datetime(2026, 11, 17, 12, tzinfo=UTC)
        Absence.objects.create(
            agency=cast.north, member=cast.nora, starts_at=starts, ends_at=starts + timedelta(days=1)
        )


@pytest.mark.parametrize("name", LOGGERS)
def test_own_weeks_equal_ordinary_queries(cast, worked, name):
    member = getattr(cast, name)
    with acting_as(member):
        week = own_entries(member).between(WEEK.monday, WEEK.sunday)
        shown, card = sheet.sheet_of(member, WEEK), today.card_of(member, WEEK.monday)
        assert [row.pk for row in sheet.ENTRIES.ask(member, monday=WEEK.monday, sunday=WEEK.sunday)] == list(
            sheet.in_order(week).values_list("pk", flat=True)
        )
        assert sorted(shown.last) == sorted(sheet.sheet_of(member, WEEK.before).keys)
        assert [line.pk for line in card.lines] == list(
            week.on(WEEK.monday).order_by("pk").values_list("pk", flat=True)
        )
        assert {line.who for line in card.lines} <= {str(member)}
        wanted = sum(expected(member, WEEK).values()) // 60
        assert bool(wanted) is not member.is_vendor, "nothing is expected of vendors, and of all others something"
        assert shown.wanted == (f"{wanted}:00" if wanted else "")
        assert [total.time for total in shown.totals] == [day.time for day in card.strip]


@pytest.mark.parametrize("name", LOGGERS)
def test_places_and_kinds_equal_ordinary_queries(cast, worked, name):
    member = getattr(cast, name)
    with acting_as(member):
        ordinary = {row.pk: sorted(each["pk"] for each in row.open_projects) for row in clients_open_to(member)}
        asked = {row.pk: sorted(each["pk"] for each in row.open_projects) for row in CLIENTS.ask(member)}
        assert asked == ordinary
        kinds = WorkKind.objects.order_by("position", "pk").values_list("name", flat=True)
        assert kind_names(cast.north) == list(kinds)


def test_there_was_time_to_see_and_not_to_see(cast, worked):
    """The tests above would pass with empty weeks and places; these are not. Everybody sees his own time alone."""
    rows, places = {}, {}
    for name in LOGGERS:
        member = getattr(cast, name)
        with acting_as(member):
            rows[name], places[name] = len(sheet.sheet_of(member, WEEK).rows), len(CLIENTS.ask(member))
        with tenant(cast.north.pk):
            mine = WorkEntry.objects.filter(member=member)
            assert bool(rows[name]) == mine.exists()
    assert rows == {"olaf": 1, "nora": 3, "rita": 0, "fred": 0, "vera": 0, "pavel": 1}
    assert places["olaf"] > places["pavel"] > places["fred"] == 0
    with acting_as(cast.nora):
        assert today.card_of(cast.nora, date(2026, 11, 17)).wanted == "4:00"  # away from 13:00 on, by Berlin's clocks


@pytest.mark.parametrize("name", ["olaf", "nora", "anna", "pavel"])
def test_sums_and_looks_of_a_month_equal_ordinary_queries(cast, worked, name):
    member, month = getattr(cast, name), Month.of(WEEK.monday)
    with acting_as(member):
        facts, sums = month_of(member, cast.acme, month)
        ordinary = sums_of(View(month, "day", {}).of_month(entries_of(member, cast.acme)))
        assert (facts, sums) == (facts_of(member, cast.acme, month), ordinary)
        assert sums.minutes == {"pavel": 135}.get(name, 370)
        looking.look(member, cast.acme)
        looks = looking.looks(member, cast.acme)
        assert looking.LOOKS.ask(member, cast.acme) == list(looks)
        assert len(looks) == member.is_contact
