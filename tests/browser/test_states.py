"""What pages look like when something is wrong, missing, open, empty or in German."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from playwright.sync_api import expect

from portal.accounts.actions import make_backup_codes
from portal.accounts.models import User
from portal.core.context import tenant
from portal.tenancy import actions
from portal.tenancy.presets import FIRST_CONTACT_AREAS
from protocols import views
from tests.browser.entrance import type_password
from tests.browser.pages import MAIN, places
from tests.browser.windows import HEIGHT, WIDE, look, on_paper, overflow

pytestmark = pytest.mark.browser


def _committed(work):
    """What the server shall see must be written outside the test's own transaction."""

    def run():
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(run).result()


@pytest.fixture(scope="module", autouse=True)
def empty(scenery, django_db_blocker):
    """A client of north where nothing has happened yet. Fred gets a second place, in south."""
    with django_db_blocker.unblock():
        with tenant(scenery.north.pk), transaction.atomic():
            client = actions.create_client(scenery.north, name="Donaudampfschifffahrtsgesellschaft")
        with tenant(scenery.south.pk), transaction.atomic():
            fred = actions.add_member(scenery.south, scenery.fred.user, kind="contact", role="contact")
            actions.set_access(fred, scenery.cosmo, FIRST_CONTACT_AREAS)
    return client


@pytest.fixture
def signed_in(scenery, visitors):
    """The window of somebody, at an address inside north; each `{client}` in it is Acme."""

    def go(name: str | None, address: str, width=WIDE):
        page = visitors.of(name or "", scenery.cookies[name])
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.goto(f"/north/{address.format(client=scenery.acme.slug)}")
        return page

    return go


def _in_order(page):
    wrong = look(page)
    assert not wrong, wrong


@pytest.mark.parametrize(
    ("who", "address", "code", "words"),
    [
        (None, "nowhere/at/all/", 404, "We cannot show this page"),
        ("anna", "nowhere/", 404, "We cannot show this page"),
        ("rita", "{client}/protocols/new/", 403, "You may look, but not do this"),
        ("anna", "{client}/protocols/", 500, "This is our mistake"),
    ],
)
def test_errors(signed_in, visitors, monkeypatch, who, address, code, words):
    monkeypatch.setattr(views, "FilterForm", None)
    visitors.expect_status(code)

    page = signed_in(who, address)

    expect(page.get_by_role("heading", level=1)).to_have_text(words)
    _in_order(page)


def test_form_that_was_open_too_long(signed_in, visitors):
    visitors.expect_status(403)
    page = signed_in("nora", "{client}/protocols/new/")
    page.context.clear_cookies(name="csrf")

    page.get_by_role("button", name="Publish").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The form was open too long")
    _in_order(page)


@pytest.mark.parametrize(
    ("who", "address", "button"),
    [
        (None, "accounts/login/", "Sign in"),
        ("nora", "{client}/protocols/new/", "Publish"),
        ("olaf", "clients/new/", None),
        ("olaf", "members/invite/contact/", None),
        ("olaf", "members/invite/specialist/", None),
        ("anna", "{client}/people/invite/", None),
        ("anna", "accounts/second-factor/app/", "Connect and continue"),
    ],
)
def test_forms_that_came_back_with_errors(signed_in, visitors, who, address, button):
    visitors.expect_status(422)
    page = signed_in(who, address)

    page.locator("main").get_by_role("button", name=button).last.click()

    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    _in_order(page)


@pytest.fixture
def half_signed_in(scenery, windows, hashed):
    """A window in which Carl has typed his password. He has an app, an address and backup codes."""

    def prepare():
        user = User.objects.get(pk=scenery.carl.user.pk)
        user.password = hashed
        user.save(update_fields=["password"])
        make_backup_codes(user)
        return user.email

    page = windows.open()
    page.goto("/north/accounts/login/")
    type_password(page, _committed(prepare))
    return page


@pytest.mark.parametrize("method", ["", "by/totp/", "by/email/", "by/backup/"])
def test_second_factor(half_signed_in, windows, method):
    page = half_signed_in
    windows.expect_status(422)
    page.goto(f"/north/accounts/second-factor/{method}")
    _in_order(page)

    page.locator("[name=token]").fill("000000")
    page.get_by_role("button", name="Confirm and sign in").click()

    expect(page.locator("[aria-invalid=true]")).to_be_visible()
    _in_order(page)


def test_too_many_tries(signed_in, visitors, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "1/m/ip"}
    visitors.expect_status(422, 429)
    page = signed_in(None, "accounts/login/")
    for _try in range(2):
        page.locator("main").get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Too many tries")
    _in_order(page)


@pytest.mark.parametrize("tab", ["", "protocols/", "protocols/?q=nothing", "mails/", "timeline/", "projects/"])
def test_nothing_here_yet(signed_in, empty, tab):
    _in_order(signed_in("olaf", f"{empty.slug}/{tab}"))


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("menu", ["summary[aria-label]", "summary:has(.avatar)"], ids=["letter", "account"])
def test_open_menus(signed_in, menu, width):
    page = signed_in("anna", "{client}/", width=width)
    page.locator(f".topbar {menu}").click()
    for fold in page.locator(".menu-fold summary").locator("visible=true").all():
        fold.click()
    _in_order(page)


def test_menu_on_a_phone(signed_in):
    page = signed_in("anna", "{client}/", width=390)
    page.get_by_role("button", name="Open menu").click()
    expect(page.locator("#nav")).to_be_visible()
    _in_order(page)


def test_two_places(signed_in):
    page = signed_in("fred", "")
    page.locator(".switcher summary").click()
    _in_order(page)
    page.goto("/")
    expect(page.get_by_role("link", name="South")).to_be_visible()
    _in_order(page)


def test_details_of_the_timeline_that_were_opened(signed_in):
    page = signed_in("anna", "{client}/timeline/")
    page.locator(".tl-more summary").first.click()
    expect(page.locator(".tl-item .facts").first).to_be_visible()
    _in_order(page)


GERMANS = ["", "anna", "nora", "olaf", "vera"]


@pytest.mark.parametrize("who", GERMANS)
def test_german_words_fit_on_a_phone_and_on_paper(who, scenery, visitors):
    user = User.objects.filter(pk=getattr(scenery, who).user.pk if who else None)
    _committed(lambda: user.update(language="de"))
    page, wrong = visitors.of(who, scenery.cookies[who or None]), {}
    page.context.add_cookies([{"name": "language", "value": "de", "url": visitors.server}])

    for place in (place for place in places() if place.is_main and place.who == who):
        page.set_viewport_size({"width": 360, "height": HEIGHT})
        page.goto(place.path(scenery))
        expect(page.locator("html")).to_have_attribute("lang", "de")
        if found := [*overflow(page, 360), *on_paper(page)]:
            wrong[str(place)] = found

    page.context.clear_cookies(name="language")
    _committed(lambda: user.update(language="en"))
    assert wrong == {}


def test_every_main_page_is_among_them():
    assert {place.row.name for place in places() if place.is_main and place.who in GERMANS} == MAIN
