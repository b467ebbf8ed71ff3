"""All entries: filters, everybody's, and the same as a file."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from portal.audit.models import AuditEvent
from portal.core.context import tenant
from tests.browse import browse_as, url
from worklog import entries_export

OCTOBER, NOVEMBER = date(2026, 10, 5), date(2026, 11, 9)


@pytest.fixture
def entries(log, cast):
    log(90, day=OCTOBER, text="Guide", by=cast.nora)
    log(45, day=NOVEMBER, text="=Leaflet", by=cast.nora)
    log(30, day=NOVEMBER, text="Call", by=cast.olaf, client=cast.bolt)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Guide", "=Leaflet"]),
        ("?who=all", ["Guide", "=Leaflet", "Call"]),
        ("?from=2026-11-01", ["=Leaflet"]),
        ("?to=2026-10-31&who=all", ["Guide"]),
        ("?q=leaf", ["=Leaflet"]),
        ("?client=x&kind=99999999999999999999&from=never&to=%00&who=me", ["Guide", "=Leaflet"]),
    ],
)
def test_page_and_file_show_what_was_asked_for(cast, entries, query, found):
    page = browse_as(cast.olaf if "all" in query else cast.nora).get(url("my_work:entries", cast.north) + query)
    file = browse_as(cast.olaf if "all" in query else cast.nora).get(url("my_work:csv", cast.north) + query)

    assert sorted(line.text for line in page.context["lines"]) == sorted(found)
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert sorted(row["What was done"].lstrip("'") for row in rows) == sorted(found)


def test_period_has_a_sum_on_the_page_too(cast, entries):
    path = url("my_work:entries", cast.north)

    def total(member, query):
        return browse_as(member).get(path + query).context["total"]

    assert total(cast.nora, "?from=2026-10-01") == "2:15"
    assert total(cast.nora, "?from=2026-11-01") == "0:45"
    assert total(cast.olaf, "?from=2026-11-01&who=all") == "1:15"
    assert total(cast.nora, "") == ""
    assert "2:15 h</b>" in browse_as(cast.nora).get(path + "?from=2026-10-01").content.decode()


def test_a_printed_list_says_what_it_was_narrowed_to(cast, entries):
    page = browse_as(cast.nora).get(url("my_work:entries", cast.north) + "?q=leaf&from=2026-11-01").content.decode()

    assert "Only a part of the list was asked for. leaf, 1 Nov 2026–</p>" in page


def test_everybody_is_whom_one_sees(cast, entries):
    """Pavel is a provider's: his own organisation's alone."""
    page = browse_as(cast.pavel).get(url("my_work:entries", cast.north) + "?who=all")

    assert page.context["lines"] == []


def test_no_formula_runs_and_all_three_say_the_sum(cast, entries):
    browser, query = browse_as(cast.olaf), f"?who=all&client={cast.acme.pk}"
    sheet = load_workbook(io.BytesIO(browser.get(url("my_work:xlsx", cast.north) + query).content)).active
    pdf = PdfReader(io.BytesIO(browser.get(url("my_work:pdf", cast.north) + query).content))

    rows = list(sheet.iter_rows(values_only=True))
    assert [row[9] for row in rows[1:-1]] == ["Guide", "'=Leaflet"]
    assert rows[-1][3:5] == (135, "2:15")
    text = pdf.pages[0].extract_text()
    assert "2:15 h in all" in text and "Guide" in text and "Call" not in text


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_audit_log_knows_who_took_what(cast, entries, form):
    browse_as(cast.nora).get(url(f"my_work:{form}", cast.north) + "?from=2026-11-01")

    with tenant(cast.north.pk):
        event = AuditEvent.objects.get(kind="export.made")
    assert event.detail["what"] == "time entries"
    assert (event.detail["rows"], event.detail["filters"]) == (1, {"from": "2026-11-01"})
    assert len(event.detail["sha256"]) == 64


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_a_file_of_too_many_entries_is_none_and_says_so(cast, entries, form, monkeypatch):
    monkeypatch.setattr(entries_export, "MOST", 1)
    browser, path = browse_as(cast.nora), url(f"my_work:{form}", cast.north)

    page = browser.get(f"{path}?who=all", follow=True)

    assert page.redirect_chain == [(f"{url('my_work:entries', cast.north)}?who=all", 302)]
    assert "Choose fewer days" in page.content.decode()
    assert browser.get(f"{path}?to=2026-10-31")["Content-Disposition"].startswith("attachment")
