"""Stories of the timeline: work is posted, waits, is shown early, and read in place; with and without scripts."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from portal.core import jobs
from portal.core.context import tenant
from portal.events.models import Event
from tests.browse import browse_as
from timeline.models import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]

PATH = "/north/acme/timeline/"


@pytest.fixture
def open_as(cast, windows, monkeypatch):
    """A window of somebody who is signed in."""
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)

    def open_as(member, **options):
        cookies = browse_as(member).cookies
        return windows.open(cookies={name: cookie.value for name, cookie in cookies.items()}, **options)

    return open_as


@pytest.mark.parametrize("js", [True, False], ids=["with scripts", "without scripts"])
def test_work_is_posted_shown_early_read_and_corrected(cast, open_as, js):
    nora, anna = open_as(cast.nora, js=js), open_as(cast.anna, width=390, js=js)
    nora.goto(PATH)
    nora.get_by_role("link", name="Post an activity").click()
    nora.get_by_label("Kind").select_option("Content published")
    nora.get_by_label("Title").fill("Guide: which wood for which room")
    nora.get_by_label("What was done").fill("On the **blog**, with nine pictures")
    nora.get_by_role("button", name="Post", exact=True).click()
    expect(nora.get_by_text("Client sees it on")).to_be_visible()
    anna.goto(PATH)
    expect(anna.get_by_text("Nothing to see yet")).to_be_visible()

    nora.get_by_text("More").first.click()
    if not js:
        nora.get_by_role("link", name="Open the details").click()
    nora.get_by_role("link", name="Change the day").click()
    nora.get_by_text("Show now").click()
    nora.get_by_label("Reason").fill("Anna asked for it")
    nora.get_by_role("button", name="Save").click()
    expect(nora.get_by_text("Anna asked for it")).to_be_visible()

    anna.goto(PATH)
    anna.get_by_text("More").first.click()
    if not js:
        anna.get_by_role("link", name="Open the details").click()
    expect(anna.get_by_text("with nine pictures")).to_be_visible()
    expect(anna.get_by_text("Anna asked for it")).to_have_count(0)

    _two_hours_later(cast)
    nora.get_by_role("link", name="Edit").click()
    nora.get_by_label("Title").fill("Guide: which oak for which room")
    nora.get_by_role("button", name="Save").click()
    anna.goto(PATH)
    expect(anna.get_by_text("1 changed")).to_be_visible()
    expect(anna.locator("h3 del")).to_have_text("wood")
    expect(anna.locator("h3 ins")).to_have_text("oak")


def test_filters_change_the_list_in_place(cast, open_as):
    page = open_as(cast.nora)
    page.goto(f"{PATH}new/")
    page.get_by_label("Title").fill("Three links")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("heading", name="Three links")).to_be_visible()

    page.get_by_role("combobox", name="Person").select_option("Olaf Example")

    expect(page.get_by_text("Nothing of this kind")).to_be_visible()
    expect(page).to_have_url(re.compile(f"person={cast.olaf.pk}"))
    page.get_by_role("combobox", name="Person").select_option("Nora Example")
    page.get_by_role("combobox", name="Kind").select_option("Backlink built")
    expect(page.get_by_role("heading", name="Three links")).to_be_visible()


def _two_hours_later(cast) -> None:
    passed = timedelta(hours=2)
    with tenant(cast.north.pk), transaction.atomic():
        for event in Event.objects.filter(kind="activity.posted"):
            event.visible_from -= passed
            event.save(update_fields=["visible_from"])
        for visit in Visit.objects.all():
            visit.seen_at = timezone.now() - passed + timedelta(minutes=1)
            visit.save(update_fields=["seen_at"])
