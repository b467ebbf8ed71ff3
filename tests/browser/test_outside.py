"""Pages of an installation without an agency yet, and of a demo."""

import re

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import clear_url_caches, include, path
from playwright.sync_api import expect

from portal import urls_global
from portal.people import setup
from tests.browser.windows import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]


@pytest.mark.empty_house
def test_first_run(windows):
    windows.expect_status(422)
    page = windows.open()

    page.goto(f"/first-run/?key={setup.secret_key()}")

    wrong = look(page)
    assert not wrong, wrong
    page.get_by_role("button", name="Create agency").click()
    expect(page).to_have_title(re.compile("^Error:"))
    wrong = look(page)
    assert not wrong, wrong


@pytest.fixture
def outbox(settings, tmp_path, monkeypatch):
    settings.OUTBOX_DIR = tmp_path / "outbox"
    others = [entry for entry in urls_global.urlpatterns if str(entry.pattern) != "outbox/"]
    monkeypatch.setattr(urls_global, "urlpatterns", [*others, path("outbox/", include("portal.demo.urls"))])
    clear_url_caches()
    yield get_connection("portal.demo.outbox.EmailBackend")
    monkeypatch.undo()
    clear_url_caches()


def test_outbox(windows, outbox):
    page = windows.open()
    page.goto("/outbox/")
    wrong = look(page)
    assert not wrong, wrong

    mail = EmailMultiAlternatives("Minutes of the call", "Hello", "hello@north.example", ["anna@acme.example"])
    mail.attach_alternative("<html><head></head><body><p>Hello</p></body></html>", "text/html")
    mail.attach("Terms.pdf", b"%PDF-1.4 tiny", "application/pdf")
    outbox.send_messages([mail])
    page.reload()
    wrong = look(page)
    assert not wrong, wrong
    page.get_by_role("link", name="Minutes of the call").click()
    expect(page.frame_locator("iframe").get_by_text("Hello")).to_be_visible()
    wrong = look(page)
    assert not wrong, wrong
