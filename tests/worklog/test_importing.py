"""Time from other programs: the heads as they write them, rows that cannot be taken are named, and nothing comes twice."""

from datetime import date
from pathlib import Path
from time import process_time

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core.context import tenant
from portal.events.models import Event
from tests.browse import browse_as, url
from worklog import import_views
from worklog.actions import deciding, importing, months
from worklog.importing import cells, plan, reading
from worklog.importing.plan import HERE, NEW, WRONG, Wishes
from worklog.models import Source, WorkEntry


def _export(name: str) -> str:
    """A report as the program writes it, with rows that cannot be taken."""
    return Path(__file__).with_name("exports").joinpath(f"{name}.csv").read_text()


TOGGL = _export("toggl")
CLOCKIFY = _export("clockify")
HARVEST = _export("harvest")
KIMAI = _export("kimai")
KIMAI_NOW = _export("kimai_german")


@pytest.fixture
def people(cast):
    """The cast has the addresses of the files."""
    text = {name: getattr(cast, name).user.email for name in ("nora", "olaf")}

    def fit(csv: str) -> str:
        for name, email in text.items():
            csv = csv.replace(f"{name}@example.com", email)
        return csv

    return fit


def _plan(text, by, **wishes) -> plan.Plan:
    with tenant(by.agency_id):
        return plan.make(text, Wishes("Consulting", **wishes), by=by)


def _states(found: plan.Plan) -> list[str]:
    return [line.state for line in found.lines]


def _bring(text, by, **wishes) -> int:
    return importing.carry_out(_plan(text, by, **wishes), by=by)


def _entries(cast) -> list[WorkEntry]:
    with tenant(cast.north.pk):
        return list(WorkEntry.objects.select_related("kind", "project", "member").order_by("spent_on", "pk"))


def test_toggl_with_rows_that_cannot_be_taken(cast, people):
    found = _plan(people(TOGGL), cast.olaf)

    assert found.vendor.name == "Toggl"
    assert _states(found) == [NEW, NEW, WRONG, WRONG, WRONG, WRONG, WRONG]
    errors = [line.errors[0] for line in found.lines if line.state == WRONG]
    assert errors == [
        "No client of yours is called Nobody Ltd.",
        "No project is called Moon.",
        "Nobody who logs time here is called zed@example.com.",
        "The day “2026-13-45” is none.",
        "It is shorter than a minute.",
    ]
    assert [line.number for line in found.lines] == list(range(2, 9))

    assert importing.carry_out(found, by=cast.olaf) == 3
    rows = _entries(cast)
    assert [(row.text, row.minutes, row.spent_on.day) for row in rows] == [
        ("Guide: which wood", 90, 5),
        ("Log files", 30, 5),
        ("Log files", 15, 6),
    ]
    assert [(row.member, row.project, row.kind.name) for row in rows[:2]] == [
        (cast.nora, cast.shop, "Design"),
        (cast.olaf, None, "Technical SEO"),
    ]
    assert {row.source for row in rows} == {Source.IMPORT} and {row.logged_by_id for row in rows} == {cast.olaf.pk}


def test_clockify_with_american_days_and_hours(cast, people):
    found = _plan(people(CLOCKIFY), cast.olaf)

    assert found.vendor.name == "Clockify"
    assert _states(found) == [NEW, NEW, WRONG]
    assert importing.carry_out(found, by=cast.olaf) == 2
    guide, afternoon = _entries(cast)
    assert (guide.minutes, guide.kind.name, guide.spent_on) == (
        240,
        "Design",
        date(2026, 10, 5),
    )  # half an hour was a break
    assert (guide.ended_at - guide.started_at).total_seconds() == 4.5 * 3600
    assert (afternoon.minutes, afternoon.kind.name) == (30, "Consulting")


def test_harvest_has_hours_and_twins(cast):
    found = _plan(HARVEST, cast.olaf)

    assert _states(found) == [NEW, NEW, WRONG]
    assert importing.carry_out(found, by=cast.olaf) == 2
    assert [(row.minutes, row.text, row.started_at) for row in _entries(cast)] == [(80, "Guide, =1+1", None)] * 2


def test_kimai_old_and_new(cast, people):
    found = _plan(people(KIMAI), cast.olaf)
    assert _states(found) == [NEW, NEW, WRONG]
    assert found.lines[2].errors == ["The time “soon” is none."]
    assert importing.carry_out(found, by=cast.olaf) == 2
    assert [row.minutes for row in _entries(cast)] == [121, 70]

    german = _plan(people(KIMAI_NOW), cast.olaf)
    assert (german.vendor.name, _states(german)) == ("Kimai", [NEW])
    assert german.lines[0].draft.work[0].minutes == 90


@pytest.mark.parametrize("text", [TOGGL, CLOCKIFY, HARVEST, KIMAI])
def test_importing_again_adds_nothing(cast, people, text):
    first = _bring(people(text), cast.olaf)
    again = _plan(people(text), cast.olaf)

    assert first > 0 and NEW not in _states(again) and HERE in _states(again)
    assert importing.carry_out(again, by=cast.olaf) == 0
    assert len(_entries(cast)) == first


def test_plan_that_is_carried_out_twice_counts_once(cast, people):
    found = _plan(people(HARVEST), cast.olaf)

    assert [importing.carry_out(found, by=cast.olaf) for _time in range(2)] == [2, 0]
    assert len(_entries(cast)) == 2


def test_imported_time_that_waits_tells_the_manager_once(cast, people):
    deciding.set_policy(by=cast.olaf, approves=True)

    assert _bring(people(TOGGL), cast.nora) > 0
    assert _bring(people(TOGGL), cast.nora) == 0

    entries = _entries(cast)
    with tenant(cast.north.pk):
        told = list(Event.objects.filter(kind="work.waiting").values_list("subject_id", flat=True))
    assert [row.visible_from for row in entries] == [None] * len(entries)
    assert told == [entries[0].pk]


def test_specialist_brings_own_time_alone(cast, people):
    found = _plan(people(TOGGL), cast.nora)

    assert _states(found)[:2] == [NEW, WRONG]
    assert found.lines[1].errors == ["This is the time of Olaf Example. You can import your own."]


def test_closed_month_is_wrong_for_authors_and_right_for_managers(cast):
    months.close(cast.acme, date(2026, 10, 1), by=cast.olaf)

    assert _plan(HARVEST, cast.nora).lines[0].errors == ["The month is closed for Acme."]
    assert _states(_plan(HARVEST, cast.olaf))[0] == NEW


def test_days_that_could_be_read_in_two_ways_are_asked_for(cast, people):
    text = people(CLOCKIFY).replace("10/25/2026", "10/06/2026")
    with pytest.raises(ValidationError, match="two ways"):
        _plan(text, cast.olaf)

    assert _plan(text, cast.olaf, order="day").lines[0].draft.work[0].day == date(2026, 5, 10)
    assert _plan(text, cast.olaf, order="month").lines[0].draft.work[0].day == date(2026, 10, 5)


def test_not_billable_costs_nothing_only_if_one_says_so(cast, people):
    assert {draft.charge for draft in _plan(people(TOGGL), cast.olaf).drafts} == {""}
    assert [draft.charge for draft in _plan(people(TOGGL), cast.olaf, free=True).drafts] == ["", "goodwill"]


def test_a_head_of_brackets_alone_is_read_at_once():
    """As long as the reader of CSV takes a cell; looking for the end of each bracket would take half a minute."""
    begun = process_time()
    with pytest.raises(ValidationError, match="none that we know"):
        reading.read("(" * 100_000 + ",Duration\n1,2\n")

    assert process_time() - begun < 2


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Name;Firma\n", "User,Description\nNora,Guide\n", '"\n'])
def test_other_files_are_refused(text):
    with pytest.raises(ValidationError, match="none that we know"):
        reading.read(text)


def test_preview_names_rows_and_confirming_adds_them(cast, people):
    browser, address = browse_as(cast.olaf), url("my_work:import", cast.north)
    assert "Toggl" in browser.get(address).content.decode()
    file = SimpleUploadedFile("t.csv", people(TOGGL).encode(), "text/csv")

    page = browser.post(address, {"file": file, "kind": "Consulting"}).content.decode()
    assert "2 new, 0 here already, 5 with an error." in page
    assert "No project is called Moon." in page and not _entries(cast)

    page = browser.post(
        address, {"text": people(TOGGL), "kind": "Consulting", "sure": "1"}, follow=True
    ).content.decode()
    assert "3 entries were added." in page and len(_entries(cast)) == 3
    page = browser.post(address, {"text": people(TOGGL), "kind": "Consulting"}).content.decode()
    assert "0 new, 2 here already" in page


def test_preview_names_every_wrong_row_and_only_the_first_right_ones(cast, people, monkeypatch):
    monkeypatch.setattr(import_views, "MOST_SHOWN", 1)
    file = SimpleUploadedFile("t.csv", people(TOGGL).encode(), "text/csv")

    page = browse_as(cast.olaf).post(url("my_work:import", cast.north), {"file": file, "kind": "Consulting"})

    states = [line.state for line, _cells in page.context["rows"]]
    assert (states, page.context["left_out"]) == ([plan.WRONG] * 5 + [plan.NEW], 1)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("01:30:29", 90),
        ("01:30:30", 91),
        ("1:30", 90),
        ("1.5", 90),
        ("1,25", 75),
        ("7260", 121),
        ("0", 0),
        ("x", None),
        ("", None),
    ],
)
def test_durations(text, minutes):
    assert cells.minutes_of(text) == minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("09:05", 545),
        ("9:05:33 PM", 1265),
        ("12:00 AM", 0),
        ("12:00 pm", 720),
        ("2026-11-27 09:05:00", 545),
        ("24:00", None),
        ("13:00 PM", None),
    ],
)
def test_clocks(text, minutes):
    assert cells.clock_of(text) == minutes


@pytest.mark.parametrize(
    ("span", "duration", "state"),
    [
        ("09:00 AM,10:30 AM", "01:15:00", NEW),
        ("10:00 PM,02:00 AM", "04:00:00", NEW),
        ("10:00 PM,02:00 AM", "03:00:00", WRONG),
        ("09:00 AM,10:30 AM", "26:00:00", WRONG),
        ("09:00 AM,10:30 AM", "02:00:00", WRONG),
    ],
)
def test_times_and_durations_that_contradict_each_other_are_named(cast, span, duration, state):
    start, end = span.split(",")
    text = (
        "Project,Client,Description,Start Date,Start Time,End Date,End Time,Duration (h),Duration (decimal),Billable\n"
        f"Shop,Acme,Call,2026-10-05,{start},2026-10-05,{end},{duration},,Yes\n"
    )

    (line,) = _plan(text, cast.nora).lines

    assert line.state == state, line.errors
    assert state == NEW or "do not go together" in line.errors[0]


def test_rows_without_a_name_are_of_whoever_brings_them(cast):
    """Two colleagues were in the same call: what one has brought is not there already for the other."""
    head = "Client,Project,Description,Start date,Start time,End date,End time,Duration"
    text = f"{head}\nAcme,,Standup,2026-11-16,09:00:00,2026-11-16,09:15:00,00:15:00\n"

    assert [_bring(text, member) for member in (cast.nora, cast.olaf, cast.nora)] == [1, 1, 0]
    assert {row.member for row in _entries(cast)} == {cast.nora, cast.olaf}


def test_a_file_has_an_end(cast, monkeypatch):
    head, row = TOGGL.splitlines()[:2]
    monkeypatch.setattr(reading, "MOST_ROWS", 2)

    assert len(reading.read("\n".join([head, row, row])).rows) == 2
    with pytest.raises(ValidationError, match="At most 2 rows"):
        reading.read("\n".join([head, row, row, row]))


def test_a_long_description_is_cut(cast):
    text = "User,Client,Description,Start date,Start time,End date,End time,Duration\n"
    text += f",Acme,{'Guide ' * 200},2026-10-05,09:00,2026-10-05,10:00,01:00"

    assert _bring(text, cast.nora) == 1
    assert len(_entries(cast)[0].text) == plan.MOST_TEXT
