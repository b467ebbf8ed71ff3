"""The month to take along: all rows, no formula, nothing internal, and the audit log knows who took it. Sums agree everywhere."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from portal.audit.models import AuditEvent
from portal.core.context import tenant
from portal.core.formats import format_minutes
from portal.tenancy.models import Member
from portal.tenancy.scope import acting_as, agency_urls
from tests.browse import browse_as, url
from worklog import exporting
from worklog.actions import correcting, deciding
from worklog.filtering import View
from worklog.hanging import entries_of
from worklog.models import Charge, WorkEntry
from worklog.month_page import context_of
from worklog.sums import minutes_of, sums_of

FIRST = date(2026, 10, 1)


def _take(member, client, form, query="?month=2026-10"):
    response = browse_as(member).get(url(f"worklog:{form}", client) + query)
    assert response.status_code == 200
    return response


def _csv(response) -> list[dict]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def _sheet(response) -> list[tuple]:
    return list(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))


def _pdf(response) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)


def test_csv_has_all_rows_and_says_what_is_provisional(cast, log):
    log(90, day=FIRST, text="Guide")
    log(45, day=FIRST, text="Leaflet", by=cast.pavel, project=cast.shop, kind="Design")

    rows = _csv(_take(cast.anna, cast.acme, "csv"))

    assert [(row["Day"], row["Minutes"], row["Time"], row["What was done"]) for row in rows] == [
        ("2026-10-01", "90", "1:30", "Guide"),
        ("2026-10-01", "45", "0:45", "Leaflet"),
    ]
    assert [(row["Organisation"], row["Project"], row["State"]) for row in rows] == [
        ("", "", "provisional"),
        ("Pixel Print", "Shop", "provisional"),
    ]


def test_nothing_internal_leaves(cast, log, seen_by):
    row = log(90, day=FIRST, text="Guide", note="He pays late")
    correcting.correct(row, by=cast.nora, minutes=60)
    assert _csv(_take(cast.nora, cast.acme, "csv"))[0]["Corrections"] == ""
    for form, read in (("csv", _csv), ("xlsx", _sheet)):
        for member in (cast.anna, cast.nora):
            assert "pays late" not in str(read(_take(member, cast.acme, form)))
    assert "pays late" not in _pdf(_take(cast.nora, cast.acme, "pdf"))


@pytest.mark.parametrize("text", ['=HYPERLINK("https://evil.example")', "+1", "-1", "@SUM(A1)", "=1\x01"])
def test_no_formula_runs_anywhere(cast, log, text):
    log(90, day=FIRST, text=text)

    assert _csv(_take(cast.anna, cast.acme, "csv"))[0]["What was done"].startswith("'")
    (cell,) = [
        row[9] for row in load_workbook(io.BytesIO(_take(cast.anna, cast.acme, "xlsx").content)).active.iter_rows(2, 2)
    ]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


def test_export_is_what_was_filtered_and_is_in_the_audit_log(cast, log):
    log(90, day=FIRST, text="Guide")
    log(45, day=FIRST, text="Log files", by=cast.olaf)

    query = f"?month=2026-10&member={cast.olaf.pk}"
    for form, read in (("csv", _csv), ("xlsx", _sheet), ("pdf", _pdf)):
        found = str(read(_take(cast.anna, cast.acme, form, query)))
        assert "Log files" in found and "Guide" not in found
    with tenant(cast.north.pk):
        details = [event.detail for event in AuditEvent.objects.filter(kind="export.made").order_by("pk")]
    assert [each["rows"] for each in details] == [1, 1, 1]
    assert all(each["filters"]["member"] == str(cast.olaf.pk) and len(each["sha256"]) == 64 for each in details)


def test_delay_holds_in_exports(cast, log):
    deciding.set_delay(cast.acme, by=cast.olaf, delayed=True)
    row = log(30, text="Young")
    query = f"?day={row.spent_on}"

    assert _csv(_take(cast.anna, cast.acme, "csv", query)) == []
    assert len(_csv(_take(cast.nora, cast.acme, "csv", query))) == 1


def test_correction_stands_in_every_export(cast, log, seen_by):
    row = log(90, day=FIRST, text="Guide")
    seen_by(row, cast.anna)
    correcting.correct(row, by=cast.olaf, minutes=60)

    for form, read in (("csv", _csv), ("xlsx", _sheet)):
        assert "90 → 60 min, corrected on" in str(read(_take(cast.anna, cast.acme, form)))


def test_whoever_sees_no_work_takes_none(cast, log):
    log(90, day=FIRST)
    for member in (cast.carl, cast.bob, cast.saul):
        for form in ("csv", "xlsx", "pdf"):
            assert browse_as(member).get(url(f"worklog:{form}", cast.acme)).status_code == 404
    assert _csv(_take(cast.vera, cast.acme, "csv")) == []


ENTRY = st.tuples(
    st.integers(1, 24 * 60),
    st.integers(0, 30),
    st.sampled_from(("nora", "olaf", "pavel")),
    st.sampled_from((True, False)),
    st.sampled_from(Charge.values),
    st.sampled_from(("shown", "held", "removed")),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(entries=st.lists(ENTRY, max_size=12), reader=st.sampled_from(("anna", "nora")))
def test_sums_agree_everywhere(cast, kind, entries, reader):
    member = getattr(cast, reader)
    rows = [_entry(cast, kind, *entry) for entry in entries]
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(client=cast.acme).delete()
        WorkEntry.objects.bulk_create(rows)
    told = [row for row in rows if row.visible_from or reader == "nora"]
    minutes = sum(row.minutes for row in told)

    with acting_as(member), transaction.atomic(), agency_urls(cast.north):
        seen = entries_of(member, cast.acme)
        view = View.read({"month": "2026-10"})
        sums = sums_of(view.of_month(seen))
        month = minutes_of(seen.between(view.month.first, view.month.last))
        start = Member.objects.filter(pk=member.pk).annotate(total=month).get().total or 0
        what = exporting.taken(member, cast.acme, view)
        printed, table, sheet = (
            list(exporting.groups_of(what)),
            _csv(exporting.csv_of(what)),
            _sheet(exporting.xlsx_of(what)),
        )
        page = context_of(member, cast.acme, view, "")
    assert sums.minutes == start == minutes
    assert sums.count == len(told)
    for what in ("member", "kind", "project", "day"):
        assert sum(part.minutes for part in sums.by(what)) == minutes
    assert sum(part.minutes for part in sums.charges) == minutes
    assert page["total"] == format_minutes(minutes)
    assert sum(_minutes(row.time) for group in page["list"] for row in group.rows) == minutes
    assert sum(_minutes(group.time) for group in page["list"]) == minutes
    assert sum(_minutes(group["time"]) for group in printed) == minutes
    assert sum(_minutes(row["time"]) for group in printed for row in group["rows"]) == minutes
    assert sum(int(row["Minutes"]) for row in table) == minutes
    assert sheet[-1][3] == minutes == sum(row[3] for row in sheet[1:-1])


def _minutes(text: str) -> int:
    hours, minutes = map(int, text.split(":"))
    return hours * 60 + minutes


@pytest.fixture
def kind(log):
    return log().kind


def _entry(cast, kind, minutes, day, who, in_project, charge, state) -> WorkEntry:
    member = getattr(cast, who)
    row = WorkEntry(
        agency=cast.north,
        client=cast.acme,
        project=cast.shop if in_project else None,
        member=member,
        vendor=member.vendor,
        kind=kind,
        text="Work",
        spent_on=FIRST + timedelta(days=day),
        minutes=minutes,
        charge=charge,
        visible_from=None if state == "held" else cast.north.created_at,
    )
    if state == "removed":
        row.minutes, row.removed_at = 0, cast.north.created_at
    return row
