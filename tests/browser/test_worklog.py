"""Stories of the work log: logged by keyboard, by the week's sheet and by the timer on a phone; with and without scripts."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from portal.core import jobs
from portal.core.context import tenant
from tests.browse import browse_as
from tests.files.makers import picture
from worklog.actions import logging
from worklog.days import Stretch
from worklog.models import Timer, WorkEntry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]

DAY, WEEK = "/north/work-log/", "/north/work-log/week/"
LINES = [
    ("Guide: which wood 1:30", 90),
    ("Answers to Anna 20m", 20),
    ("Outreach to editors 2h", 120),
    ("Structured data 0,75", 45),
    ("Call about the shop 9-10:30", 90),
]


@pytest.fixture
def open_as(cast, windows, monkeypatch):
    """A window of somebody who is signed in."""
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)

    def open_as(member, **options):
        cookies = browse_as(member).cookies
        return windows.open(cookies={name: cookie.value for name, cookie in cookies.items()}, **options)

    return open_as


def test_five_entries_by_keyboard_in_less_than_25_seconds(cast, open_as):
    page = open_as(cast.nora)
    page.goto("/north/my-day/")
    begun = time.monotonic()
    page.keyboard.press("n")  # once: Enter saves and starts the next one
    for text, _minutes in LINES:
        expect(page.get_by_role("textbox", name="What did you do?")).to_be_focused()
        page.keyboard.type(text, delay=30)  # some 330 letters a minute
        page.keyboard.press("Enter")
        expect(page.locator(".rows").get_by_text(text.rsplit(" ", 1)[0])).to_be_visible()
    took = time.monotonic() - begun

    assert _logged(cast) == {text.rsplit(" ", 1)[0]: minutes for text, minutes in LINES}
    assert took < 25, f"{took:.1f} s"


def test_hint_says_how_a_time_is_understood_and_undo_takes_it_back(cast, open_as):
    page = open_as(cast.nora)
    page.goto(DAY)
    page.keyboard.press("n")
    page.keyboard.type("Guide")
    page.get_by_label("Time, for example").fill("1,25")
    expect(page.locator("#understood")).to_contain_text("1:15")
    page.get_by_label("Time, for example").fill("soon")
    expect(page.locator("#understood")).to_contain_text("not yet a time")
    page.get_by_label("Time, for example").fill("9-10:30")
    page.keyboard.press("Enter")
    expect(page.locator(".rows").get_by_text("Guide")).to_be_visible()

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert _logged(cast) == {}


def test_week_is_filled_in_by_the_keyboard_and_saves_itself(cast, open_as):
    page = open_as(cast.nora)
    page.goto(WEEK)
    page.get_by_label("Client").select_option("Acme · Shop")
    page.get_by_label("Kind of work").select_option("Development")
    page.get_by_role("button", name="Add").click()
    page.locator(".sheet .input").first.focus()
    page.keyboard.type("1:30")
    page.keyboard.press("Enter")
    page.keyboard.type("90m")
    page.keyboard.press("Enter")
    page.keyboard.type("soon")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Type a time such as 1:30")).to_be_visible()
    expect(page.locator(".sheet tfoot .cell-end")).to_have_text("3:00")
    assert sum(row["sum"] for row in _sums(cast)) == 180
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)
    page.locator(".sheet .input").nth(2).fill("2h")
    page.keyboard.press("Enter")
    expect(page.locator(".sheet tfoot .cell-end")).to_have_text("5:00")
    expect(page.get_by_text("Type a time such as 1:30")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".sheet tfoot .cell-end")).to_have_text("3:00")


def test_week_without_scripts(cast, open_as):
    page = open_as(cast.nora, js=False)
    page.goto(f"{WEEK}?row=c{cast.acme.pk}:Development")
    page.locator(".sheet .input").nth(0).fill("1:30")
    page.locator(".sheet .input").nth(4).fill("2h")
    page.get_by_role("button", name="Save").click()

    expect(page.locator(".sheet tfoot .cell-end")).to_have_text("3:30")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".sheet tfoot .cell-end")).to_have_text("1:30")


@pytest.mark.parametrize("js", [True, False], ids=["with scripts", "without scripts"])
def test_timer_on_a_phone(cast, open_as, js):
    page = open_as(cast.nora, width=390, js=js)
    page.goto("/north/acme/timeline/")
    page.get_by_role("button", name="Start the timer").click()
    expect(page.get_by_role("timer")).to_be_visible()
    with tenant(cast.north.pk), transaction.atomic():
        timer = Timer.objects.get()
        timer.started_at -= timedelta(minutes=83)
        timer.save()
    page.goto("/north/clients/")  # another page, another day of the tab: it still runs
    page.get_by_role("button", name="Stop the timer").click()

    expect(page.get_by_role("heading", name="Timer", level=1)).to_be_visible()
    page.get_by_label("What are you doing?").fill("Call with Anna")
    page.get_by_label("Client").select_option("Acme")
    page.get_by_label("Kind of work").select_option("Call")
    page.get_by_role("button", name="Stop and log").click()

    expect(page.get_by_text("logged for Acme.")).to_be_visible()
    assert _logged(cast)["Call with Anna"] in (83, 84)  # a minute may have ended meanwhile
    with tenant(cast.north.pk), transaction.atomic():
        assert not Timer.objects.exists()


def test_keys_are_listed_and_can_be_switched_off(cast, open_as):
    page = open_as(cast.nora)
    page.goto(DAY)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("What did you do?")
    expect(page.get_by_role("dialog")).to_contain_text("Start the timer")
    page.get_by_label("Switch single letters off").check()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    expect(page.get_by_role("timer")).to_have_count(0)


PASTE = """([...bytes]) => {
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([new Uint8Array(bytes)], "Shot.png", { type: "image/png" }));
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
}"""


def test_screenshot_is_pasted_and_seen_in_place(cast, open_as):
    with tenant(cast.north.pk), transaction.atomic():
        stretch = Stretch(timezone.localdate(), 30)
        (entry,) = logging.log(cast.acme, [stretch], by=cast.nora, kind="Design", text="Banners")
    page = open_as(cast.nora)
    page.goto(f"/north/acme/work-log/entries/{entry.pk}/")
    page.evaluate(PASTE, list(picture()))
    expect(page.locator("[data-chosen]")).to_have_text("Shot.png")
    page.get_by_role("button", name="Add", exact=True).click()

    seen = open_as(cast.anna, width=390)
    seen.goto(f"/north/acme/work-log/entries/{entry.pk}/")
    expect(seen.get_by_role("img", name="Shot.png")).to_be_visible()
    width = "image => image.decode().then(() => image.naturalWidth)"  # a picture is there a moment before what it shows
    assert seen.get_by_role("img", name="Shot.png").evaluate(width) > 0


def _logged(cast) -> dict[str, int]:
    with tenant(cast.north.pk), transaction.atomic():
        rows = WorkEntry.objects.standing().values_list("text", "minutes")
        found: dict[str, int] = {}
        for text, minutes in rows:
            found[text] = found.get(text, 0) + minutes
        return found


def _sums(cast):
    with tenant(cast.north.pk), transaction.atomic():
        return WorkEntry.objects.sums("spent_on")
