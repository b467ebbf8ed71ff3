"""Trusted browsers: no second factor for 30 days, for this person, this password and this factor only."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import actions, hooks, trust
from portal.accounts.models import TrustedBrowser
from tests import world
from tests.accounts.conftest import code_of, hashed, is_in, mailed_code, type_code, type_password


@pytest.fixture
def trusted(browser, person, app):
    """Ida's browser after she ticked the box, signed out again."""
    type_password(browser)
    type_code(browser, code_of(app), trust="on")
    assert is_in(browser)
    browser.post(reverse("account_logout"))
    assert not is_in(browser)
    return browser


def test_trusted_browser_needs_the_password_only(trusted):
    assert type_password(trusted).url == reverse("home")
    assert is_in(trusted)


def test_trusted_browser_still_needs_the_password(trusted):
    type_password(trusted, password="wrong")
    assert not is_in(trusted)


def test_without_the_box_nothing_is_trusted(browser, person, app):
    type_password(browser)
    type_code(browser, code_of(app))

    assert TrustedBrowser.objects.count() == 0


def test_the_cookie_of_somebody_else_is_worth_nothing(trusted, person):
    eve = world.person("Eve", hashed=hashed())
    thief = Browser()
    thief.cookies[f"trust-{eve.pk}"] = trusted.cookies[f"trust-{person.pk}"].value

    assert type_password(thief, email=eve.email).url == reverse("otp_challenge")


def test_guard_off_a_row_without_its_person_would_let_the_thief_in(trusted, person, monkeypatch):
    eve = world.person("Eve", hashed=hashed())
    thief = Browser()
    thief.cookies[f"trust-{eve.pk}"] = trusted.cookies[f"trust-{person.pk}"].value
    eve_device = TOTPDevice.objects.create(user=eve, name="app")
    monkeypatch.setattr(trust, "trusted_browser", lambda request, user: TrustedBrowser.objects.first())
    monkeypatch.setattr(trust, "device_of", lambda row: eve_device)

    assert type_password(thief, email=eve.email).url == reverse("home")


@pytest.mark.parametrize("forged", ["", "x", "a:b:c", "YWJj:1tT5aF:AAAAAAAAAAAAAAAAAAAAAA"])
def test_forged_cookies_are_worth_nothing(person, app, forged):
    browser = Browser()
    browser.cookies[f"trust-{person.pk}"] = forged

    assert type_password(browser).url == reverse("otp_challenge")


def test_trust_ends_after_30_days(trusted):
    TrustedBrowser.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert type_password(trusted).url == reverse("otp_challenge")


def test_trust_ends_with_the_password(trusted, person):
    person.password = "another"
    assert trust.trusted_browser(with_cookies(trusted), person) is None


def test_trust_ends_with_the_factor(trusted):
    TOTPDevice.objects.all().delete()
    assert type_password(trusted).url == reverse("otp_challenge")


def test_trust_is_ended_from_the_list(trusted, browser, person, app):
    type_password(trusted)
    row = TrustedBrowser.objects.get()
    trusted.post(reverse("trust_end", args=[row.pk]))
    trusted.post(reverse("account_logout"))

    assert type_password(trusted).url == reverse("otp_challenge")


def test_nobody_ends_the_trust_of_another(trusted):
    eve = world.person("Eve", hashed=hashed())
    thief = Browser()
    type_password(thief, email=eve.email)
    type_code(thief, mailed_code())

    assert thief.post(reverse("trust_end", args=[TrustedBrowser.objects.get().pk])).status_code == 404


def test_trust_by_mailed_code_does_not_satisfy_the_policy_app(browser, person, monkeypatch):
    type_password(browser)
    type_code(browser, mailed_code(), trust="on")
    browser.post(reverse("account_logout"))
    monkeypatch.setattr(hooks, "policy_of", lambda user: "totp")

    assert type_password(browser).url == reverse("otp_challenge")


def test_backup_codes_give_no_trust(browser, person, app):
    codes = actions.make_backup_codes(person)
    type_password(browser)
    type_code(browser, codes[0], "backup", trust="on")

    assert is_in(browser)
    assert TrustedBrowser.objects.count() == 0


def test_the_table_alone_opens_nothing(trusted, person):
    cookie = trusted.cookies[f"trust-{person.pk}"].value
    row = TrustedBrowser.objects.get()

    assert row.token_hash not in cookie
    assert trusted.cookies[f"trust-{person.pk}"]["httponly"]


def with_cookies(browser):
    request = Browser().request().wsgi_request
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}
    return request
