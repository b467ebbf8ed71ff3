"""A period on paper: as a page for the printer and as PDF, as its reader may see it."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone, translation
from pypdf import PdfReader

from portal.audit.models import AuditEvent
from portal.core.context import tenant
from portal.events.record import record
from tests.browse import browse_as, url
from tests.clock import the_agencys_clock  # noqa: F401, fixture
from tests.counting import queries_of
from timeline import period_views
from timeline.forms import PeriodForm


def test_period_has_the_entries_of_its_days_with_what_stands_behind_them(cast, post, write, days_pass):
    (
        post("Long ago"),
        days_pass(40),
        post("Links built", link="https://links.example/"),
        write("Jour fixe"),
        days_pass(12),
    )
    day = timezone.localdate() - timedelta(days=12)

    page = browse_as(cast.anna).get(url("timeline:period", cast.acme), _days(day, day)).content.decode()

    assert "Links built" in page
    assert "14 editors asked" in page
    assert "https://links.example/" in page
    assert "Protocol: Jour fixe" in page
    assert "Long ago" not in page


def test_pdf_says_the_same_and_is_audited(cast, post, days_pass):
    post("Links built"), days_pass(12), post("Still to come")

    response = browse_as(cast.anna).get(url("timeline:pdf", cast.acme))

    text = "".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)
    assert "Links built" in text
    assert "14 editors asked" in text
    assert "Still to come" not in text
    with tenant(cast.north.pk):
        assert AuditEvent.objects.filter(kind="export.made", detail__what="timeline acme").exists()


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-11-02", "2026-11-01", "before the first"),
        ("2020-01-01", "2026-01-01", "At most a year"),
        ("x", "", "date"),
    ],
)
def test_wrong_days_are_said_and_make_no_pdf(cast, first, last, said):
    browser, days = browse_as(cast.anna), {"first": first, "last": last}
    response = browser.get(url("timeline:period", cast.acme), days)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert browser.get(url("timeline:pdf", cast.acme), days).status_code == 404


def test_nothing_in_the_period_is_said(cast):
    assert "Nothing in this period" in browse_as(cast.anna).get(url("timeline:period", cast.acme)).content.decode()


def test_period_of_three_asks_as_much_as_one(cast, post, days_pass):
    post(), days_pass(11)
    browser, path = browse_as(cast.anna), url("timeline:period", cast.acme)
    one = queries_of(browser, path)
    post(), post(), days_pass(11)

    three = queries_of(browser, path)

    assert len(one) == len(three) <= 12, "\n".join(three)


def _days(first, last) -> dict[str, str]:
    return {"first": first.isoformat(), "last": last.isoformat()}


def test_what_does_not_fit_into_one_document_is_in_the_next(cast):
    """At the size that the product has, and the whole of it by following the link."""
    with tenant(cast.north.pk):
        for number in range(period_views.MOST + 1):
            words = {"number": 1, "key": "A-1", "title": f"Number {number:03}"}
            record("ticket.opened", cast.shop, by=cast.nora, happened_at=timezone.now() - timedelta(days=11), **words)
    browser, path = browse_as(cast.anna), url("timeline:period", cast.acme)

    first = browser.get(path)
    second = browser.get(path + first.context["next"])

    assert [line["title"][-3:] for line in first.context["lines"]] == [f"{number:03}" for number in range(500)]
    assert "There is more in this period" in first.content.decode()
    assert [line["title"][-3:] for line in second.context["lines"]] == ["500"]
    assert "There is more" not in second.content.decode() and not second.context["next"]
    pdf = browser.get(url("timeline:pdf", cast.acme) + first.context["next"])
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages)
    assert "Number 500" in text and "Number 499" not in text


def test_a_document_that_is_just_full_has_no_next(cast, post, days_pass, monkeypatch):
    monkeypatch.setattr(period_views, "MOST", 2)
    post("One"), post("Two"), days_pass(11)

    page = browse_as(cast.anna).get(url("timeline:period", cast.acme))

    assert len(page.context["lines"]) == 2 and not page.context["next"]


def test_days_are_called_as_days_in_german():
    with translation.override("de"):
        assert [str(field.label) for field in PeriodForm({}).fields.values()] == ["Von", "Bis"]
