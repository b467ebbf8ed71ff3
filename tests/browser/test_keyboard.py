"""Without a mouse, and with a session that ended while somebody was typing."""

import re

import pytest
from django.contrib.auth.hashers import make_password
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from tests.browse import browse_as
from tests.browser.entrance import code_of_app, type_code, type_password
from tests.world import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def cookies(scenery, django_db_blocker):
    """Everybody is signed in; Anna has a password to sign in again."""
    with django_db_blocker.unblock():
        scenery.anna.user.refresh_from_db()
        scenery.anna.user.password = make_password(PASSWORD)
        scenery.anna.user.save(update_fields=["password"])
        anew = browse_as(scenery.anna).cookies
    return {**scenery.cookies, "anna": {name: morsel.value for name, morsel in anew.items()}}


@pytest.fixture
def signed_in(scenery, cookies, windows):
    """A window of somebody, at an address inside Acme."""

    def go(name: str, address: str = "", **options):
        page = windows.open(cookies=cookies[name], **options)
        page.goto(f"/north/{scenery.acme.slug}/{address}")
        return page

    return go


@pytest.fixture
def protocol(scenery):
    return f"protocols/{scenery.things['acme'].protocol.number}/"


@pytest.mark.parametrize("js", [True, False], ids=["with scripts", "without scripts"])
def test_skip_link_is_the_first_stop_and_leads_past_the_menu(signed_in, js):
    page = signed_in("anna", "protocols/", js=js)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("menu", ["summary:has(.avatar)", "summary[aria-label]"], ids=["account", "letter"])
def test_escape_closes_a_menu_and_gives_the_focus_back(signed_in, menu):
    page = signed_in("anna")
    opener, panel = page.locator(f".topbar {menu}"), page.locator(f".topbar {menu} + .menu-panel")

    opener.focus()
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    expect(panel).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.parametrize("size", [(390, 600), (740, 360)], ids=["upright", "lying"])
@pytest.mark.parametrize("menu", ["summary:has(.avatar)", "summary[aria-label]"], ids=["account", "letter"])
def test_the_end_of_a_menu_is_not_behind_the_bar_at_the_foot(signed_in, menu, size):
    page = signed_in("anna", width=size[0])
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.locator(f".topbar {menu}").click()
    page.wait_for_load_state("networkidle")
    last = page.locator(f".topbar {menu} + .menu-panel :is(a, button):visible").last

    last.scroll_into_view_if_needed()

    bar = page.locator(".bottomnav").bounding_box()
    box = last.bounding_box()
    assert box["y"] + box["height"] <= bar["y"]


def test_menu_on_a_phone_closes_by_escape_and_gives_the_focus_back(signed_in):
    page = signed_in("anna", width=390)
    opener = page.get_by_role("button", name="Open menu")

    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#nav")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("#nav")).to_be_hidden()
    expect(opener).to_be_focused()


def test_slash_leads_to_the_search_where_there_is_one(signed_in, windows):
    page = signed_in("anna")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search everything")).to_have_value("/")

    stranger = windows.open()
    stranger.goto("/accounts/login/")
    stranger.evaluate("document.activeElement.blur()")
    stranger.keyboard.press("/")
    expect(stranger.locator("body")).to_be_focused()


def test_control_and_enter_send_a_comment(signed_in, protocol):
    page = signed_in("anna", protocol)

    page.get_by_label("Your comment").fill("Sent from the keyboard")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".post").last).to_contain_text("Sent from the keyboard")
    expect(page.get_by_label("Your comment")).to_have_value("")


@pytest.mark.parametrize("js", [True, False], ids=["with scripts", "without scripts"])
def test_errors_are_summed_up_and_lead_to_their_fields(signed_in, windows, js):
    windows.expect_status(422)
    page = signed_in("nora", "protocols/new/", js=js)

    page.get_by_role("textbox", name="Key points").fill("Typed with care")
    page.get_by_label("When").fill("1999-01-01T10:00")
    page.get_by_role("button", name="Publish").click()

    expect(page).to_have_title(re.compile("^Error:"))
    summary = page.locator(".page").get_by_role("alert")
    expect(summary).to_contain_text("2 fields need a look.")
    expect(page.get_by_role("textbox", name="Key points")).to_have_value("Typed with care")
    summary.get_by_role("link", name="Topic").press("Enter")
    expect(page.get_by_label("Topic", exact=True)).to_be_focused()
    expect(page.get_by_label("Topic", exact=True)).to_have_attribute("aria-invalid", "true")


def test_session_that_ended_costs_nobody_a_sentence(signed_in, windows, protocol, scenery):
    windows.expect_status(401)
    page = signed_in("anna", protocol)
    page.get_by_label("Your comment").fill("Half an hour of thinking")
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in again, your text is safe")
    expect(page.get_by_role("textbox", name="Your text")).to_have_value("Half an hour of thinking")
    type_password(page, scenery.anna.user.email)
    type_code(page, code_of_app(TOTPDevice.objects.get(user=scenery.anna.user)))

    expect(page).to_have_url(re.compile(f"{protocol}(#.*)?$"))
    expect(page.get_by_label("Your comment")).to_have_value("Half an hour of thinking")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".post").last).to_contain_text("Half an hour of thinking")
    page.reload()
    expect(page.get_by_label("Your comment")).to_have_value("")
