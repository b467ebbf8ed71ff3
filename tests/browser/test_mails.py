"""A specialist on a phone reads a mail, answers it and sets it aside, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("js", [True, False], ids=["with scripts", "without scripts"])
def test_reading_answering_and_setting_aside(scenery, windows, js):
    page = windows.open(width=390, js=js, cookies=scenery.cookies["nora"])
    page.goto(f"/north/{scenery.acme.slug}/mails/")

    page.locator(".mail-list .row-title a").first.click()
    expect(page.locator("#mail-h")).to_be_visible()
    page.get_by_role("link", name="Answer").click()
    page.get_by_label("To", exact=True).fill("katrin@client.example")
    page.get_by_label("Subject").fill(f"Scripts: {js}")
    page.get_by_label("Text").fill("The **surcharge** is shown now.")
    page.get_by_role("button", name="Send mail").click()
    expect(page.locator("#mail-h")).to_have_text(f"Scripts: {js}")
    expect(page.get_by_text("Written by this person")).to_be_visible()

    page.get_by_label("More about this mail").click()
    panel = page.locator(".mail-read .menu-panel").bounding_box()
    card = page.locator(".mail").bounding_box()
    assert card["x"] <= panel["x"]
    assert panel["x"] + panel["width"] <= card["x"] + card["width"]
    page.get_by_role("button", name="Not relevant").click()
    expect(page.locator("p.flex").get_by_text("Not relevant")).to_be_visible()
    page.goto(f"/north/{scenery.acme.slug}/mails/")
    expect(page.get_by_text(f"Scripts: {js}")).to_have_count(0)
    page.go_back()
    page.get_by_role("button", name="Back to the list").click()
    page.get_by_role("link", name="All mails").click()
    expect(page.locator(".mail-list").get_by_text(f"Scripts: {js}")).to_be_visible()


def test_the_keys_lead_from_mail_to_mail(scenery, windows):
    page = windows.open(cookies=scenery.cookies["nora"])
    page.goto(f"/north/{scenery.acme.slug}/mails/")
    first, second = page.locator(".mail-list .row-title a").all()[:2]
    places = [first.get_attribute("href"), second.get_attribute("href")]

    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(f"{places[0]}$"))
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(f"{places[1]}$"))
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(f"{places[0]}$"))
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile("/answer/$"))
    expect(page.get_by_label("Text")).to_be_focused()
