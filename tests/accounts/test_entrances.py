"""Every entrance leads to the second factor: no session belongs to anybody without it."""

import re

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.core import context
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse

from portal.accounts import actions, factors
from portal.accounts.adapters import AccountAdapter
from portal.accounts.models import User
from tests import world
from tests.accounts.conftest import (
    PASSWORD,
    code_of,
    is_authenticated,
    is_in,
    mailed_code,
    type_code,
    type_password,
    wrong,
)
from tests.routes import AGENCY, GLOBAL, routes_of


def through_password(browser, person):
    return type_password(browser)


def through_reset(browser, person):
    browser.post(reverse("account_reset_password"), {"email": person.email})
    link = re.search(r"http://testserver(\S+)", mail.outbox[-1].body)[1]
    page = browser.get(link)
    new = "a new and very long password"
    return browser.post(page.url, {"password1": new, "password2": new})


def through_agency_address(browser, person):
    return browser.post("/north/accounts/login/", {"login": person.email, "password": PASSWORD})


ENTRANCES = [through_password, through_reset, through_agency_address]


@pytest.fixture
def somewhere(cast):
    """An agency, for the entrance at its address."""


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_every_entrance_asks_for_the_app(browser, person, app, entrance, somewhere):
    response = entrance(browser, person)

    assert response.url.endswith(reverse("otp_challenge"))
    assert not is_authenticated(browser)
    assert not is_in(browser)
    type_code(browser, code_of(app))
    assert is_in(browser)


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_every_entrance_asks_for_the_mailed_code(browser, person, entrance, somewhere):
    response = entrance(browser, person)

    assert response.url.endswith(reverse("otp_challenge"))
    assert not is_authenticated(browser)
    assert not is_in(browser)
    type_code(browser, mailed_code())
    assert is_in(browser)


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_every_entrance_takes_a_backup_code_once(browser, person, app, entrance, somewhere):
    code = actions.make_backup_codes(person)[0]
    entrance(browser, person)
    type_code(browser, wrong(code_of(app)))
    assert not is_authenticated(browser)
    type_code(browser, code, "backup")
    assert is_in(browser)

    other = Browser()
    type_password(other)
    type_password(other, password="a new and very long password")  # of whoever came by the reset
    type_code(other, code, "backup")
    assert not is_authenticated(other)


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_where_the_app_is_asked_the_mailed_code_leads_to_enrolment_only(browser, person, strict, entrance, somewhere):
    entrance(browser, person)
    type_code(browser, mailed_code())

    assert browser.get(reverse("account_security")).url.partition("?")[0] == reverse("otp_enrol")
    assert browser.get(reverse("home")).url.partition("?")[0] == reverse("otp_enrol")
    assert browser.get(reverse("otp_enrol")).status_code == 200


def test_without_the_stage_the_sign_in_is_refused_by_the_adapter(browser, person, app, monkeypatch):
    monkeypatch.setattr(AccountAdapter, "get_login_stages", lambda self: [])

    assert type_password(browser).status_code == 403
    assert not is_authenticated(browser)


def test_the_factor_of_somebody_else_is_refused_by_the_adapter(rf, browser, person, app):
    request = rf.post("/")
    request.session, request.user = browser.session, AnonymousUser()
    eve = world.person("Eve")
    eve.otp_device = app

    with pytest.raises(PermissionDenied), context.request_context(request):
        AccountAdapter(request).login(request, eve)
    assert "_auth_user_id" not in request.session


def test_guard_off_without_stage_and_adapter_the_password_alone_makes_a_session(browser, person, app, monkeypatch):
    monkeypatch.setattr(AccountAdapter, "get_login_stages", lambda self: [])
    monkeypatch.setattr(AccountAdapter, "login", DefaultAccountAdapter.login)
    type_password(browser)

    assert is_authenticated(browser)


def test_a_session_made_past_all_stages_opens_nothing(browser, person, app):
    browser.force_login(person)

    assert browser.get(reverse("account_security")).url.partition("?")[0] == reverse("otp_enrol")
    assert browser.get(reverse("otp_enrol")).url == reverse("account_login")
    assert not is_authenticated(browser)


def test_a_session_past_all_stages_cannot_connect_an_app(browser, person):
    browser.force_login(person)
    browser.get(reverse("otp_enrol"))

    assert not factors.has_app(person)
    assert browser.get(reverse("otp_qr")).status_code in (302, 404)


def test_admin_sign_in_gives_nothing(browser, cast, person, app):
    person.is_staff = True
    person.save()
    for place in ("/north/admin/login/", "/admin/login/"):
        browser.post(place, {"username": person.email, "password": PASSWORD})
        assert not is_in(browser)
        assert browser.get("/north/admin/").status_code in (302, 404)


def test_invitation_passes_the_stage(rf, browser, person, app):
    request = rf.post("/")
    request.session, request.user = browser.session, AnonymousUser()
    request._messages = FallbackStorage(request)
    request.agency = None
    with context.request_context(request):
        response = actions.sign_in(request, person)

    assert response.url == reverse("otp_challenge")
    assert "_auth_user_id" not in request.session


def test_whoever_was_in_before_is_out_when_somebody_else_signs_in(rf, browser, person, app):
    type_password(browser)
    type_code(browser, code_of(app))
    eve = world.person("Eve")
    request = rf.post("/")
    request.session, request.user, request.agency = browser.session, person, None
    request._messages = FallbackStorage(request)
    with context.request_context(request):
        actions.sign_in(request, eve)

    assert request.user.is_anonymous
    assert "_auth_user_id" not in request.session


def test_confirming_an_address_signs_nobody_in(browser, person, app):
    address = EmailAddress.objects.create(user=person, email="new@ida.example")
    page = reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])

    browser.get(page)
    browser.post(page)

    assert not is_authenticated(browser)
    assert not is_in(browser)


def test_there_is_no_other_entrance():
    """A way in that is switched on later has to be put to these tests first."""
    assert settings.AUTHENTICATION_BACKENDS == ["portal.accounts.backends.Backend"]
    assert not any(name.startswith(("mfa", "account_request_login_code", "usersessions")) for name in _names())


def _names() -> set[str]:
    return {route.name for urlconf in (AGENCY, GLOBAL) for route in routes_of(urlconf)}


def test_closed_account_is_out_at_once(browser, person, app):
    type_password(browser)
    type_code(browser, code_of(app))
    actions.close(person)

    assert not is_in(browser)
    assert type_password(Browser()).url == reverse("account_inactive")


def test_closing_between_password_and_code_keeps_out(browser, person, app):
    type_password(browser)
    actions.close(person)
    type_code(browser, code_of(app))

    assert not is_in(browser)


@pytest.mark.parametrize("change", ["reset", "change"])
def test_a_password_that_is_another_by_now_gets_nobody_past_the_code(browser, person, app, change):
    type_password(browser)
    if change == "reset":
        through_reset(Browser(), person)
    else:
        person.set_password("a new and very long password")
        person.save()

    assert type_code(browser, code_of(app)).url == reverse("account_login")
    assert not is_authenticated(browser)
    assert type_code(browser, code_of(app, ahead=1)).url == reverse("account_login")


def test_expired_session_page_leads_back_through_sign_in(browser, person, app):
    page = browser.get(reverse("session_expired"), {"next": "/accounts/security/"})
    assert page.status_code == 200
    assert b'name="next" value="/accounts/security/"' in page.content

    response = browser.post(
        reverse("account_login"), {"login": person.email, "password": PASSWORD, "next": "/accounts/security/"}
    )
    assert response.url == reverse("otp_challenge")
    assert type_code(browser, code_of(app)).url == "/accounts/security/"


def test_next_never_leads_elsewhere(browser, person, app):
    browser.post(
        reverse("account_login"), {"login": person.email, "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert type_code(browser, code_of(app)).url == reverse("home")
    page = browser.get(reverse("session_expired"), {"next": "https://evil.example/"})
    assert page.url == reverse("home")


def test_next_does_not_lead_to_another_agencys_own_domain(browser, person, app, settings):
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "portal.south.example"]
    target = "http://portal.south.example/accounts/login/"
    browser.post(reverse("account_login"), {"login": person.email, "password": PASSWORD, "next": target})

    assert type_code(browser, code_of(app)).url == reverse("home")
    assert browser.get(reverse("account_login"), {"next": target}).url == reverse("home")


def test_next_is_an_address_and_no_word_of_our_own(browser, person, app):
    type_password(browser)
    type_code(browser, code_of(app))

    assert browser.get(reverse("session_expired"), {"next": "account_logout"}).url == reverse("home")


def test_nobody_signs_up(browser, db):
    page = browser.get(reverse("account_signup"))
    assert "By invitation only" in page.content.decode()
    browser.post(reverse("account_signup"), {"email": "new@new.example", "password1": PASSWORD})
    assert not User.objects.filter(email="new@new.example").exists()
