"""Time is logged, corrected and removed; what the client has seen leaves a trace."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.people.actions import clients
from tests.browse import browse_as, events_of, reload, url
from tests.tickets.makers import open_for
from tests.worklog.conftest import shown_now
from worklog.actions import correcting, deciding, months
from worklog.models import MonthClosing, Source, WorkBudget, WorkCorrection, WorkEntry, WorkKind, WorkNote

MOMENT = datetime(2026, 10, 1, 9, tzinfo=UTC)


def test_specialist_logs_with_one_line(cast):
    browser = browse_as(cast.nora)
    line = {"text": "Guide: which wood", "place": f"p{cast.shop.pk}", "kind": "Content creation", "time": "1,5"}

    page = browser.post(url("my_work:index", cast.north), line, follow=True).content.decode()

    row = _one(cast)
    assert (row.minutes, row.member, row.project, row.kind.name) == (90, cast.nora, cast.shop, "Content creation")
    assert (row.spent_on, row.charge, row.source, row.vendor) == (timezone.localdate(), "billable", Source.HAND, None)
    assert events_of(row) == [("work.logged", cast.nora.pk)]
    assert "1:30\N{NO-BREAK SPACE}h logged for Acme." in page
    assert "Guide: which wood" in page


def test_time_may_stand_in_the_line_and_a_span_knows_its_clock(cast):
    line = {"text": "Call with Anna 9-10:30", "place": f"c{cast.acme.pk}", "kind": "Call", "time": ""}

    browse_as(cast.nora).post(url("my_work:index", cast.north), line)

    row = _one(cast)
    assert (row.text, row.minutes) == ("Call with Anna", 90)
    assert timezone.localtime(row.started_at, timezone.get_current_timezone()).date() == row.spent_on
    assert row.ended_at - row.started_at == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("line", "text", "is_on_it"),
    [
        ("acm-1 1:30", "ACM-1 Wrong shipping cost", True),
        ("ACM-1 Asked the carrier 90m", "Asked the carrier", True),
        ("BOL-1 Call 1:30", "BOL-1 Call", False),
        ("E-99 1:30", "E-99", False),
    ],
)
def test_line_that_begins_with_a_key_is_for_that_ticket_of_the_client(cast, line, text, is_on_it):
    with tenant(cast.north.pk):
        ticket = open_for(cast.acme, cast.anna)
        open_for(cast.bolt, cast.bob)
    sent = {"text": line, "place": f"c{cast.acme.pk}", "kind": "Development"}

    browse_as(cast.nora).post(url("my_work:index", cast.north), sent)

    with tenant(cast.north.pk):
        row = WorkEntry.objects.get()
    assert (row.text, row.minutes, row.subject_id) == (text, 90, ticket.pk if is_on_it else None)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"time": "soon"}, "Give a time such as"),
        ({"time": ""}, "How long did it take?"),
        ({"text": ""}, "required"),
        ({"day": "1999-12-31"}, "Choose a day"),
    ],
)
def test_what_cannot_be_logged_says_why(cast, changed, words):
    line = {"text": "Guide", "place": f"c{cast.acme.pk}", "kind": "Call", "time": "1:30", **changed}

    response = browse_as(cast.nora).post(url("my_work:index", cast.north), line)

    assert response.status_code == 422
    assert words in response.content.decode()


def test_nobody_logs_where_he_must_not(cast, log):
    for member in (cast.anna, cast.rita, cast.vera):
        with pytest.raises(PermissionDenied):
            log(by=member)
    with pytest.raises(PermissionDenied):
        log(by=cast.fred)
    with pytest.raises(PermissionDenied):
        log(by=cast.nora, project=cast.rocket)
    with pytest.raises(PermissionDenied):
        log(by=cast.pavel)
    with pytest.raises(PermissionDenied):
        log(by=cast.saul)


def test_provider_logs_in_its_project_and_is_marked(cast, log):
    row = log(by=cast.pavel, project=cast.shop, text="Leaflet")

    assert row.vendor == cast.provider
    page = browse_as(cast.anna).get(url("worklog:index", cast.acme)).content.decode()
    assert "Leaflet" in page and "Pixel Print" in page
    assert WorkEntry.objects.none().total() == 0
    with tenant(cast.north.pk):
        assert WorkEntry.objects.of_agency().total() == 0
        assert WorkEntry.objects.total() == 90


def test_what_is_agreed_decides_what_it_counts_as(cast, log):
    with tenant(cast.north.pk):
        month = timezone.localdate().replace(day=1)
        WorkBudget.objects.create(agency=cast.north, client=cast.acme, month=month, minutes=3600)

    assert log().charge == "retainer"
    assert log(charge="goodwill").charge == "goodwill"
    assert log(client=cast.bolt).charge == "billable"


def test_internal_note_lies_in_a_table_of_its_own(cast, log):
    row = log(note="He pays late")

    with tenant(cast.north.pk):
        assert WorkNote.objects.visible_to(cast.nora).get().text == "He pays late"
        assert not WorkNote.objects.visible_to(cast.anna).exists()
    assert "pays late" not in str(reload(row).__dict__)


def test_author_corrects_and_nobody_is_told_while_nobody_had_seen_it(cast, entry):
    correcting.correct(entry, by=cast.nora, minutes=60)

    assert reload(entry).minutes == 60
    assert _trace(cast).is_internal
    assert "corrected" not in browse_as(cast.anna).get(url("worklog:entry", cast.acme, entry.pk)).content.decode()


def test_client_sees_the_correction_of_what_it_had_seen(cast, entry, seen_by):
    seen_by(entry, cast.anna)

    correcting.correct(entry, by=cast.olaf, minutes=60, reason="Lunch")

    trace = _trace(cast)
    assert (trace.old, trace.new, trace.reason, trace.is_internal) == ({"minutes": 90}, {"minutes": 60}, "Lunch", False)
    assert events_of(entry)[-1] == ("work.corrected", cast.olaf.pk)
    with tenant(cast.north.pk, scope="client", clients={"work": (cast.acme.pk,)}):
        assert WorkCorrection.objects.visible_to(cast.anna).get() == trace


def test_correction_that_changes_nothing_leaves_nothing(cast, entry):
    correcting.correct(entry, by=cast.nora, minutes=90, text=entry.text)

    with tenant(cast.north.pk):
        assert not WorkCorrection.objects.exists()


def test_colleagues_do_not_correct_each_other_but_managers_do(cast, log):
    row = log(by=cast.olaf)
    with pytest.raises(PermissionDenied):
        correcting.correct(row, by=cast.nora, minutes=1)

    correcting.correct(log(by=cast.nora), by=cast.olaf, minutes=1)


def test_removed_before_anybody_saw_it_is_gone(cast, entry):
    assert correcting.remove(entry, by=cast.nora)

    with tenant(cast.north.pk):
        assert not WorkEntry.objects.exists()


def test_removed_after_the_client_saw_it_stays_with_no_minutes(cast, entry, seen_by):
    seen_by(entry, cast.anna)

    assert not correcting.remove(entry, by=cast.nora, reason="Twice")

    row = reload(entry)
    assert (row.minutes, row.removed_by_id) == (0, cast.nora.pk)
    assert _trace(cast).old == {"minutes": 90}
    with pytest.raises(PermissionDenied):
        correcting.correct(row, by=cast.olaf, minutes=5)


def test_closed_month_is_closed_for_authors_and_open_for_managers(cast, log):
    day = date(2026, 10, 30)
    row = log(day=day)
    with pytest.raises(PermissionDenied):
        months.close(cast.acme, day, by=cast.nora)
    months.close(cast.acme, day, by=cast.olaf)

    with pytest.raises(months.MonthClosed):
        log(day=day)
    with pytest.raises(PermissionDenied):
        correcting.correct(row, by=cast.nora, minutes=1)
    with pytest.raises(months.MonthClosed):
        correcting.correct(log(), by=cast.nora, spent_on=day)
    correcting.correct(row, by=cast.olaf, minutes=30)
    log(day=day, by=cast.olaf)

    months.reopen(cast.acme, day, by=cast.olaf)
    log(day=day)
    with tenant(cast.north.pk):
        assert not MonthClosing.objects.exists()


def test_invoiced_is_nobodys_any_more(cast, entry):
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(pk=entry.pk).update(invoiced_at=timezone.now())

    for member in (cast.nora, cast.olaf):
        with pytest.raises(PermissionDenied):
            correcting.correct(entry, by=member, minutes=1)
        with pytest.raises(PermissionDenied):
            correcting.remove(entry, by=member)


def test_approval_comes_before_the_client_sees_it(cast, log):
    deciding.set_policy(by=cast.olaf, approves=True)
    row, other = log(), log(text="Other")
    assert row.visible_from is None
    with pytest.raises(PermissionDenied):
        deciding.approve([row], by=cast.nora)

    assert deciding.approve([row], by=cast.olaf) == 1

    shown_now(reload(row))
    assert reload(row).is_open_to_contacts()
    page = browse_as(cast.anna).get(url("worklog:index", cast.acme)).content.decode()
    assert "which wood" in page and "Other" not in page
    deciding.set_policy(by=cast.olaf, approves=False)
    assert reload(other).is_open_to_contacts()


def test_delayed_work_log_shows_entries_as_late_as_the_timeline(cast, log):
    deciding.set_delay(cast.acme, by=cast.olaf, delayed=True)
    young, old = log(), log(day=timezone.localdate() - timedelta(days=11), text="Old")

    assert not young.is_open_to_contacts()
    assert old.is_open_to_contacts()
    assert timedelta(days=10) <= young.visible_from - timezone.now() <= timedelta(days=11, hours=1)
    browser = browse_as(cast.anna)
    assert browser.get(url("worklog:entry", cast.acme, young.pk)).status_code == 404
    assert browser.get(url("worklog:entry", cast.acme, old.pk)).status_code == 200

    with tenant(cast.north.pk):
        clients.change_client(cast.acme, by=cast.olaf, embargo_days=2)
    assert timedelta(days=2) <= reload(young).visible_from - timezone.now() <= timedelta(days=3, hours=1)

    deciding.set_delay(cast.acme, by=cast.olaf, delayed=False)
    assert reload(young).is_open_to_contacts()


def test_kinds_become_the_agencys_own_with_the_first_entry(cast, log):
    with tenant(cast.north.pk):
        assert not WorkKind.objects.exists()
        log()
        assert WorkKind.objects.filter(needs_protocol=True).count() == 2


@pytest.mark.parametrize(
    "broken",
    [
        {"minutes": 0},
        {"minutes": 25 * 60 + 1},
        {"started_at": MOMENT},
        {"subject_type": "x.y"},
        {"removed_at": MOMENT},
    ],
    ids=str,
)
def test_database_holds_what_an_entry_is(cast, entry, broken):
    with tenant(cast.north.pk), pytest.raises(IntegrityError), transaction.atomic():
        WorkEntry.objects.filter(pk=entry.pk).update(**broken)


def _one(cast) -> WorkEntry:
    with tenant(cast.north.pk):
        return WorkEntry.objects.select_related("member", "project", "kind", "vendor").get()


def _trace(cast) -> WorkCorrection:
    with tenant(cast.north.pk):
        return WorkCorrection.objects.get()


def test_time_that_the_clocks_skip_is_not_logged(cast):
    """Nora's clock is Berlin's: in that night it is three right after two."""
    line = {"text": "Deploy", "place": f"c{cast.acme.pk}", "kind": "Call", "time": "2:15-2:45", "day": "2026-03-29"}

    page = browse_as(cast.nora).post(url("my_work:index", cast.north), line)

    assert page.status_code == 422 and "the clocks change" in page.content.decode()
    with tenant(cast.north.pk):
        assert not WorkEntry.objects.exists()
