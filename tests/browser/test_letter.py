"""The drawer behind the letter icon on a phone: it opens, copies, and shows how far a test comes, within ten seconds."""

import re
import time

import pytest
from playwright.sync_api import expect

from portal.core import jobs
from portal.mail.addresses import address_for
from tests.browse import browse_as
from tests.browser.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]


@pytest.fixture
def anna_at(cast, windows, door, settings, monkeypatch):
    """Anna's window, in front of a door and a worker that are really there."""
    worker = Worker()
    monkeypatch.setattr(jobs, "_publish", worker.publish)
    settings.SMTP_PORT = door.port
    cookies = {name: cookie.value for name, cookie in browse_as(cast.anna).cookies.items()}
    yield lambda **options: windows.open(cookies=cookies, width=390, **options)
    worker.stop()


def test_the_drawer_sends_a_test_and_follows_it(cast, anna_at):
    page = anna_at()
    page.goto("/north/acme/")
    page.get_by_label("The portal’s e-mail address").click()
    drawer = page.locator("details.menu[open]")
    expect(drawer.get_by_role("heading", name="Who sees such a mail")).to_be_visible()
    expect(drawer.locator("input").first).to_have_value(address_for(cast.acme))
    began = time.monotonic()
    drawer.get_by_role("button", name="Send me a test").click()
    drawer.get_by_role("link", name="Look at the test under Mails").click()
    assert time.monotonic() - began < 10
    expect(page.get_by_role("heading", level=2, name="Test: mails to this address arrive").first).to_be_visible()


def test_without_scripts_the_page_does_the_same(anna_at):
    page = anna_at(js=False)
    page.goto("/north/acme/mails/address/")
    page.get_by_role("button", name="Send me a test").click()
    link = page.get_by_role("link", name=re.compile("Look"))
    for _time in range(20):
        if link.first.inner_text() != "Look again":
            break
        link.first.click()
    expect(link).to_have_text("Look at the test under Mails")
