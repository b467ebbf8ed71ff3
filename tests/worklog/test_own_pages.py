"""A person's own pages: the day, the week's sheet, all entries; what they cost."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.tenancy.models import Member
from tests.browse import browse_as, reload, url
from tests.clock import begin_early_in_a_minute
from tests.counting import queries_of
from worklog.actions import logging, months, timers
from worklog.actions.filling import fill
from worklog.choosing import Place
from worklog.days import Stretch
from worklog.durations import Typed
from worklog.models import Source, Timer, WorkEntry, WorkPolicy
from worklog.weeks import Week, expected, missing

MONDAY = date(2026, 11, 16)
ACME = "c{0.pk}:Development"


@pytest.fixture
def sheet(cast):
    """Send cells of the sheet of a week: `sheet({"0-1": "1:30"})`, day 0 is Monday."""

    def sheet(cells, *, rows=None, was=None, by=None, htmx=False):
        rows = rows or [ACME.format(cast.acme)]
        sent = {"row": rows, **{f"t{name}": value for name, value in cells.items()}}
        sent |= {f"was{name}": value for name, value in (was or {}).items()}
        headers = {"HX-Request": "true"} if htmx else {}
        path = url("my_work:week_of", cast.north, MONDAY.isoformat())
        return browse_as(by or cast.nora).post(path, sent, headers=headers, follow=not htmx)

    return sheet


def test_cell_becomes_an_entry_called_as_its_kind(cast, sheet):
    page = sheet({"0-0": "1:30", "0-2": "9-10"}).content.decode()

    first, second = _all(cast)
    assert (first.minutes, first.text, first.spent_on, first.source) == (90, "Development", MONDAY, Source.WEEK)
    assert (second.minutes, second.started_at is not None) == (60, True)
    assert "say what" in page


def test_cell_changes_the_entry_that_is_there(cast, sheet, log):
    row = log(90, kind="Development", day=MONDAY)

    sheet({"0-0": "2h"}, was={"0-0": "1:30"})

    assert reload(row).minutes == 120
    assert len(_all(cast)) == 1


def test_cell_left_alone_or_empty_changes_nothing(cast, sheet, log):
    row = log(90, kind="Development", day=MONDAY)

    sheet({"0-0": "1:30"}, was={"0-0": "1:30"})
    sheet({"0-0": ""}, was={"0-0": "1:30"})

    assert reload(row).minutes == 90


@pytest.mark.parametrize("htmx", [True, False])
def test_emptied_cell_says_that_its_entry_stands(cast, sheet, log, htmx):
    log(90, kind="Development", day=MONDAY)

    page = sheet({"0-0": ""}, was={"0-0": "1:30"}, htmx=htmx).content.decode()

    assert "Open the day to remove the entry" in page and 'value="1:30"' in page
    assert "Saved" not in page
    assert 'name="was0-0" value="1:30"' in page


def test_several_entries_of_a_day_are_not_overwritten(cast, sheet, log):
    log(90, kind="Development", day=MONDAY), log(10, kind="Development", day=MONDAY)

    sheet({"0-0": "5:00"})

    assert sorted(row.minutes for row in _all(cast)) == [10, 90]


@pytest.mark.parametrize(("typed", "words"), [("soon", "Type a time such as"), ("22-3", "Open the day to change this")])
def test_what_cannot_be_saved_says_why_and_keeps_what_was_typed(cast, sheet, log, typed, words):
    log(90, kind="Development", day=MONDAY)

    response = sheet({"0-0": typed}, was={"0-0": "1:30"})

    page = response.content.decode()
    assert response.status_code == 422
    assert words in page and f'value="{typed}"' in page


def test_closed_month_says_so(cast, sheet):
    months.close(cast.acme, MONDAY, by=cast.olaf)

    assert "This month is closed" in sheet({"0-0": "1:00"}).content.decode()


def test_autosave_answers_with_the_cell_the_totals_and_undo(cast, sheet):
    response = sheet({"0-0": "1:30", "0-1": "nonsense"}, htmx=True)

    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("hx-swap-oob") == 6  # two cells, the row's sum, the totals, undo, the state
    assert f"entries={_all(cast)[0].pk}" in page
    assert "Not saved" in page


def test_rows_of_the_week_before_are_copied_without_their_hours(cast, log):
    log(day=MONDAY - timedelta(days=7), kind="Call", project=cast.shop)
    browser = browse_as(cast.nora)
    page = browser.get(url("my_work:week_of", cast.north, MONDAY.isoformat())).content.decode()
    assert "Copy the rows of week 46" in page

    page = browser.get(
        url("my_work:week_of", cast.north, MONDAY.isoformat()), {"row": f"p{cast.shop.pk}:Call"}
    ).content.decode()

    assert "Acme · Shop" in page and "Copy the rows" not in page


def test_row_of_somebody_elses_client_is_left_out(cast):
    foreign = f"c{cast.cosmo.pk}:Development"
    page = browse_as(cast.nora).get(url("my_work:week", cast.north), {"row": [foreign, "x", "c1", ":"]})

    assert page.status_code == 200
    assert "Cosmo" not in page.content.decode()


def test_gaps_are_days_that_are_over_and_lack_time(cast, for_years, log):
    log(7 * 60 + 31, day=MONDAY)
    week = Week.of(MONDAY)
    with tenant(cast.north.pk):
        wanted = expected(cast.nora, week)
        WorkPolicy.objects.create(agency=cast.north, day_minutes=420)
        shorter = expected(cast.nora, week)

    assert [wanted[day] for day in week.days] == [480] * 5 + [0, 0]
    assert [shorter[day] for day in week.days] == [420] * 5 + [0, 0]
    gaps = missing({MONDAY: 451}, wanted, until=MONDAY + timedelta(days=2))
    assert gaps == {MONDAY: 29, MONDAY + timedelta(days=1): 480}
    page = browse_as(cast.nora).get(url("my_work:week_of", cast.north, MONDAY.isoformat())).content.decode()
    assert "7:00 missing" in page  # of Tuesday; the day is shorter by now
    assert f"?day={(MONDAY + timedelta(days=1)).isoformat()}" in page


def test_nothing_is_missing_of_the_days_before_somebody_came(cast, log, time_machine):
    """Nora begins on a Wednesday; on Friday she has logged nothing yet."""
    wednesday = MONDAY + timedelta(days=2)
    came, week = datetime.combine(wednesday, time(9), UTC), Week.of(MONDAY)
    time_machine.move_to(came + timedelta(days=2), tick=False)
    with tenant(cast.north.pk):
        Member.objects.filter(pk=cast.nora.pk).update(joined_at=came)
        nora = Member.objects.complete().get(pk=cast.nora.pk)
        assert [expected(nora, week)[day] for day in week.days] == [0, 0, 480, 480, 480, 0, 0]

    page = browse_as(cast.nora).get(url("my_work:week_of", cast.north, MONDAY.isoformat())).content.decode()
    assert [number for number in range(16, 23) if f"?day=2026-11-{number}" in page] == [18, 19]


def test_day_of_the_week_before_is_one_click_away(cast):
    """On Monday one writes down what was done on Friday."""
    browser, path = browse_as(cast.nora), url("my_work:index", cast.north)

    page = browser.get(path, {"day": "2026-11-16"}).content.decode()
    today = browser.get(path).content.decode()

    assert 'href="/north/work-log/?day=2026-11-09" aria-label="Week 46"' in page
    assert 'href="/north/work-log/?day=2026-11-23" aria-label="Week 48"' in page
    assert ">Today</a>" in page and ">Today</a>" not in today


def test_nothing_is_missing_of_a_provider(cast, log):
    """Pavel is no employee of the agency: it expects no hours of him, on no page."""
    log(60, by=cast.pavel, project=cast.shop, day=MONDAY)
    browser = browse_as(cast.pavel)

    day = browser.get(url("my_work:index", cast.north), {"day": MONDAY.isoformat()})
    week = browser.get(url("my_work:week_of", cast.north, MONDAY.isoformat()))

    assert (day.context["card"].gaps, day.context["card"].wanted) == ([], "")
    assert "Missing time" not in day.content.decode() and "/ 0:00" not in day.content.decode()
    assert "missing" not in week.content.decode() and "of 0:00 h" not in week.content.decode()


def test_undo_takes_back_a_new_entry_and_gives_back_old_minutes(cast, log):
    row, browser = log(), browse_as(cast.nora)

    browser.post(f"{url('my_work:undo', cast.north)}?entries={row.pk}&was=30")
    assert reload(row).minutes == 30
    browser.post(f"{url('my_work:undo', cast.north)}?entries={row.pk}")
    assert _all(cast) == []


def test_undo_of_somebody_elses_entry_is_refused(cast, log):
    row = log(by=cast.olaf)

    response = browse_as(cast.nora).post(f"{url('my_work:undo', cast.north)}?entries={row.pk}")

    assert response.status_code == 403
    assert reload(row).minutes == 90


def test_all_entries_come_page_by_page(cast, log):
    for number in range(53):
        log(day=MONDAY - timedelta(days=number // 2), text=f"Nr {number:02}.")
    browser = browse_as(cast.nora)

    first = browser.get(url("my_work:entries", cast.north)).content.decode()
    after = first.split("?after=")[1].split('"')[0]
    rest = browser.get(url("my_work:entries", cast.north), {"after": after}, headers={"HX-Request": "true"})

    seen = [f"Nr {n:02}." for n in range(53) if f"Nr {n:02}." in first]
    left = [f"Nr {n:02}." for n in range(53) if f"Nr {n:02}." in rest.content.decode()]
    assert (len(seen), len(left)) == (50, 3)
    assert not set(seen) & set(left)


@pytest.mark.parametrize("after", ["x", "0-1", "99999999999999999-1", "-", "1-" + "9" * 30])
def test_a_page_mark_that_is_none_begins_at_the_top(cast, entry, after):
    page = browse_as(cast.nora).get(url("my_work:entries", cast.north), {"after": after})

    assert page.status_code == 200 and "Guide" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "queries"),
    [("my_work:index", 12), ("my_work:week", 12), ("my_work:entries", 6), ("my_work:timer", 9)],
)
def test_pages_cost_the_same_with_one_row_and_with_three(cast, log, name, queries):
    browser, path = browse_as(cast.nora), url(name, cast.north)
    log(kind="Call")
    one = queries_of(browser, path)
    log(kind="Design"), log(kind="Meeting", client=cast.bolt)
    three = queries_of(browser, path)

    assert len(one) == len(three) <= queries, "\n".join(three)


def test_running_timer_stands_in_the_frame_of_every_page(cast):
    browser, path = browse_as(cast.nora), url("timeline:index", cast.acme)
    assert "Start the timer" in browser.get(path).content.decode()

    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Call with Anna")

    page = browser.get(path).content.decode()
    assert "Call with Anna" in page and "Stop the timer" in page
    assert "the timer" not in browse_as(cast.anna).get(path).content.decode()


def test_entry_goes_on_and_what_ran_is_logged(cast, log):
    row, browser = log(project=cast.shop), browse_as(cast.nora)
    timers.start(by=cast.nora, client=cast.bolt, kind="Call", text="Call with Bob")
    begin_early_in_a_minute()
    with tenant(cast.north.pk):
        Timer.objects.update(started_at=timezone.now() - timedelta(minutes=5))

    browser.post(url("my_work:start", cast.north), {"again": row.pk})

    with tenant(cast.north.pk):
        timer = Timer.objects.get()
        assert (timer.text, timer.project, timer.kind.name) == (row.text, cast.shop, "Content creation")
        assert sum(made.minutes for made in WorkEntry.objects.filter(text="Call with Bob")) == 5
    assert browser.post(url("my_work:start", cast.north), {"again": log(by=cast.olaf).pk}).status_code == 404


def test_new_entry_is_one_key_away_on_every_page(cast, entry):
    line = f'href="{url("my_work:index", cast.north)}?new"'
    pages = [url("desk:index", cast.north), url("worklog:index", cast.acme), url("my_day", cast.north)]

    assert all(line in browse_as(cast.nora).get(path).content.decode() for path in pages)
    assert line not in browse_as(cast.anna).get(url("client_home", cast.acme)).content.decode()
    assert "autofocus" in browse_as(cast.nora).get(f"{url('my_work:index', cast.north)}?new").content.decode()


@pytest.mark.parametrize("back", ["my_day", ""])
def test_the_line_is_ready_again_after_an_entry(cast, back):
    """ "Enter saves and starts the next one": wherever the line stands, the cursor is in it again."""
    words = {"text": "Call 0:20", "place": f"c{cast.acme.pk}", "kind": "Call", "from": back}

    page = browse_as(cast.nora).post(url("my_work:index", cast.north), words, follow=True)

    assert page.request["PATH_INFO"] == url(back or "my_work:index", cast.north)
    assert 'data-key="n" autofocus' in page.content.decode()


def test_the_line_proposes_what_was_worked_on_last(cast, log):
    """On an empty day that of the day before, not whichever client comes first: Acme would see Bolt's work at once."""
    pages = [("my_day", {}), ("my_work:index", {"day": MONDAY.isoformat()})]
    log(by=cast.olaf, kind="Design")
    log(client=cast.bolt, kind="Call", day=timezone.localdate() - timedelta(days=9))

    def proposed():
        found = [browse_as(cast.nora).get(url(name, cast.north), asked).context["form"] for name, asked in pages]
        return {(form["place"].value(), form["kind"].value()) for form in found}

    assert proposed() == {(f"c{cast.bolt.pk}", "Call")}
    log(day=MONDAY, project=cast.shop, kind="Design")
    at = datetime.combine(MONDAY, time(9), UTC)
    with tenant(cast.north.pk):
        logging.log(
            cast.bolt, [Stretch(MONDAY, 30, at, at + timedelta(minutes=30))], by=cast.nora, kind="Meeting", text="Met"
        )
    assert (f"c{cast.bolt.pk}", "Meeting") in proposed()


def test_timer_leads_back_only_within_the_house(cast):
    browser = browse_as(cast.nora)

    answer = browser.post(url("my_work:start", cast.north), {"next": "https://evil.example/"})

    assert answer["Location"] == url("my_work:index", cast.north)


def test_what_the_timer_ran_for_is_said_at_the_end(cast):
    browser = browse_as(cast.nora)
    browser.post(url("my_work:start", cast.north))
    begin_early_in_a_minute()
    with tenant(cast.north.pk):
        Timer.objects.update(started_at=timezone.now() - timedelta(minutes=83))
    assert browser.post(url("my_work:stop", cast.north))["Location"] == url("my_work:timer", cast.north)

    words = {"text": "Call", "place": f"c{cast.acme.pk}", "kind": "Call", "at": ""}
    browser.post(url("my_work:timer", cast.north), words)

    assert sum(row.minutes for row in _all(cast)) == 83


def test_moment_at_which_a_timer_stopped_lies_between_its_start_and_now(cast, time_machine):
    """At noon: no hour of the clock comes twice around it."""
    time_machine.move_to(timezone.now().replace(hour=12, minute=0), tick=False)
    browser, now = browse_as(cast.nora), timezone.localtime()
    timers.start(by=cast.nora)
    with tenant(cast.north.pk):
        Timer.objects.update(started_at=now - timedelta(minutes=83))
    for at in (now - timedelta(minutes=90), now + timedelta(minutes=5)):
        words = {"text": "Call", "place": f"c{cast.acme.pk}", "kind": "Call", "at": at.strftime("%Y-%m-%dT%H:%M")}
        answer = browser.post(url("my_work:timer", cast.north), words)
        assert answer.status_code == 422 and "between the start and now" in answer.content.decode()

    with tenant(cast.north.pk):
        assert Timer.objects.exists()


def _all(cast) -> list[WorkEntry]:
    with tenant(cast.north.pk):
        return list(WorkEntry.objects.order_by("spent_on", "pk"))


def test_undo_of_a_cell_gives_back_the_times_too(cast, sheet):
    sheet({"0-0": "9-10:30"})
    before = _all(cast)[0]
    page = sheet({"0-0": "13-14"}, was={"0-0": "1:30"}).content.decode()
    assert _all(cast)[0].started_at != before.started_at

    browse_as(cast.nora).post(html.unescape(re.search(r'action="([^"]*undo/[^"]*)"', page)[1]))

    (row,) = _all(cast)
    assert (row.minutes, row.started_at, row.ended_at) == (90, before.started_at, before.ended_at)


@pytest.mark.parametrize("span", ["start=5", "start=9&end=5", "start=0&end=4000000000", "end=x"])
def test_undo_to_times_that_are_none_gives_back_the_minutes_at_most(cast, log, span):
    row = log()

    answer = browse_as(cast.nora).post(f"{url('my_work:undo', cast.north)}?entries={row.pk}&was=30&{span}")

    assert answer.status_code in (302, 404)
    assert (reload(row).minutes, reload(row).started_at) in [(30, None), (90, None)]


def test_undo_gives_back_no_times_of_another_day(cast, log):
    row = log(day=date(2026, 11, 16))

    span = f"start={int(datetime(2020, 2, 2, 8, tzinfo=UTC).timestamp())}&end={int(datetime(2020, 2, 2, 9, tzinfo=UTC).timestamp())}"
    browse_as(cast.nora).post(f"{url('my_work:undo', cast.north)}?entries={row.pk}&was=30&{span}")

    row = reload(row)
    assert (row.minutes, row.started_at, row.ended_at) == (30, None, None)


def test_undo_in_a_month_that_was_closed_says_so(cast, log):
    row = log()
    months.close(cast.acme, row.spent_on, by=cast.olaf)
    browser = browse_as(cast.nora)

    for path in (
        f"{url('my_work:undo', cast.north)}?entries={row.pk}",
        url("worklog:remove", cast.acme, row.pk),
    ):
        assert "This month is closed." in browser.post(path, follow=True).content.decode()
    assert reload(row).minutes == 90


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31", "x"])
def test_days_at_the_ends_of_the_calendar_are_none(cast, entry, day):
    browser = browse_as(cast.nora)

    for path in (url("my_work:index", cast.north), url("my_work:week", cast.north), url("worklog:index", cast.acme)):
        assert browser.get(path, {"day": day}).status_code == 200
    assert browser.get(url("my_work:week_of", cast.north, day)).status_code == 404


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_cell_that_is_sent_32_times_at_once_is_one_entry(cast):
    def send(_number):
        try:
            with tenant(cast.north.pk):
                fill(Place(cast.acme), "Development", MONDAY, Typed(90), by=cast.nora)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(send, range(32)))

    with transaction.atomic():
        assert [row.minutes for row in _all(cast)] == [90]


@pytest.mark.parametrize("kind", ["Nothing of ours", "Ca\0ll", "x" * 3000])
def test_row_of_a_kind_that_is_not_offered_is_left_out(cast, sheet, kind):
    page = sheet({"0-0": "1:30"}, rows=[f"c{cast.acme.pk}:{kind}"])

    assert page.status_code in (200, 302, 422)
    assert _all(cast) == []
