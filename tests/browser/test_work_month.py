"""Stories of the client's month: asked, answered and released; results opened in place; on a phone, without scripts, on paper."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from portal.core import jobs
from portal.core.context import tenant
from tests.browse import browse_as
from worklog.actions import logging, proving
from worklog.actions.budgeting import agree
from worklog.days import Stretch
from worklog.models import Explanation, WorkEntry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]
MONTH = "/north/acme/work-log/"


@pytest.fixture
def open_as(cast, windows, monkeypatch):
    """A window of somebody who is signed in; Nora has worked 2:15 for Acme today, with a result."""
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)
    day = timezone.localdate()
    with tenant(cast.north.pk), transaction.atomic():
        words = {"by": cast.nora, "kind": "Content creation"}
        (row,) = logging.log(cast.acme, [Stretch(day, 90)], text="Guide: which wood", **words)
        logging.log(cast.acme, [Stretch(day, 45)], text="Answers to editors", **words)
        proving.add(row, by=cast.nora, uploads=[SimpleUploadedFile("Draft.txt", b"Oak or beech?", "text/plain")])
        agree(cast.acme, day.replace(day=1), 600, by=cast.olaf)
        WorkEntry.objects.update(visible_from=timezone.now() - timedelta(minutes=1))

    def open_as(member, **options):
        cookies = browse_as(member).cookies
        return windows.open(cookies={name: cookie.value for name, cookie in cookies.items()}, **options)

    return open_as


@pytest.mark.parametrize("options", [{}, {"width": 390}, {"js": False}], ids=["desk", "phone", "without scripts"])
def test_contact_asks_and_releases(cast, open_as, options):
    anna = open_as(cast.anna, **options)
    anna.goto(MONTH)
    expect(anna.get_by_text("7:45")).to_be_visible()
    anna.get_by_role("link", name="Guide: which wood").click()
    anna.get_by_label("Your question").fill("Why so long?")
    anna.get_by_role("button", name="Please explain").click()
    expect(anna.get_by_text("It is not invoiced before it is answered.")).to_be_visible()

    nora = open_as(cast.nora, **options)
    nora.goto(MONTH)
    expect(nora.get_by_text("please explain")).to_be_visible()
    nora.get_by_role("link", name="Guide: which wood").click()
    nora.get_by_label("Your answer").fill("The wood was wet.")
    nora.get_by_role("button", name="Answer").click()

    anna.goto(f"{MONTH}?mark=asked")
    anna.get_by_role("link", name="Guide: which wood").click()
    expect(anna.get_by_text("The wood was wet.")).to_be_visible()
    anna.get_by_role("button", name="That is fine, release it").click()
    expect(anna.get_by_text("explained", exact=True)).to_be_visible()
    with tenant(cast.north.pk), transaction.atomic():
        assert Explanation.objects.get().released_by_id == cast.anna.pk


def test_result_opens_in_place_and_filters_narrow(cast, open_as):
    page = open_as(cast.anna)
    page.goto(MONTH)
    page.get_by_role("link", name="Draft.txt").click()
    expect(page.locator("#opened")).to_contain_text("Oak or beech?")
    assert page.url.endswith(MONTH)

    page.get_by_label("Search in what was done").fill("editors")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("tfoot .cell-end")).to_have_text("0:45")
    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator("tfoot .cell-end")).to_have_text("2:15")
    page.get_by_role("link", name="By day").click()
    expect(page.locator("tr.group")).to_have_count(1)


def test_month_on_paper_has_every_entry_and_no_buttons(cast, open_as):
    page = open_as(cast.anna)
    page.goto(MONTH)
    page.emulate_media(media="print")

    expect(page.get_by_text("Guide: which wood")).to_be_visible()
    expect(page.locator("tfoot .cell-end")).to_be_visible()
    expect(page.get_by_role("link", name="CSV")).to_be_hidden()
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()


def test_long_month_prints_on_as_many_sheets_as_it_needs(cast, open_as):
    day = timezone.localdate()
    with tenant(cast.north.pk), transaction.atomic():
        for number in range(40):
            words = {"by": cast.nora, "kind": "Content creation", "text": f"Chapter {number}."}
            logging.log(cast.acme, [Stretch(day, 10)], **words)
        WorkEntry.objects.update(visible_from=timezone.now() - timedelta(minutes=1))
    page = open_as(cast.anna)
    page.goto(MONTH)

    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages

    words = [" ".join(sheet.extract_text().split()) for sheet in sheets]
    assert len(sheets) > 1 and all(float(sheet.mediabox.width) == pytest.approx(595, abs=1) for sheet in sheets)
    whole = " ".join(words)
    assert all(f"Chapter {number}." in whole for number in range(40)) and "8:55" in whole and "North" in words[0]
    assert not any(button in whole for button in ("Apply", "Clear filters", "Please explain"))
