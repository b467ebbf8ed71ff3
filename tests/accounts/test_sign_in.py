"""Signing in: password, then the second factor."""

from django.core import mail
from django.urls import reverse

from tests.accounts.conftest import (
    code_of,
    is_authenticated,
    is_in,
    mailed_code,
    type_code,
    type_password,
    wrong,
)


def test_password_alone_opens_nothing(browser, person, app):
    response = type_password(browser)

    assert response.url == reverse("otp_challenge")
    assert not is_authenticated(browser)
    assert not is_in(browser)


def test_password_and_app_let_in(browser, person, app):
    type_password(browser)
    assert type_code(browser, code_of(app)).url == reverse("home")
    assert is_in(browser)


def test_without_an_app_the_code_comes_by_mail(browser, person):
    type_password(browser)

    assert mail.outbox[-1].to == [person.email]
    assert type_code(browser, mailed_code()).status_code == 302
    assert is_in(browser)


def test_wrong_code_says_so_and_names_the_wait(browser, person, app):
    type_password(browser)
    page = type_code(browser, wrong(code_of(app)))

    assert b"wrong, too old or used up" in page.content
    assert page.context["wait_seconds"] == 1
    assert not is_in(browser)


def test_sign_in_works_while_redis_is_away(browser, person, app, settings):
    away = dict(settings.CACHES["default"], LOCATION="redis://127.0.0.1:1/0")
    settings.CACHES = {"default": away}
    type_password(browser)
    type_code(browser, code_of(app))

    assert is_in(browser)


def test_pages_of_accounts_are_never_stored_and_run_no_inline_script(browser, person, app):
    type_password(browser)
    page = browser.get(reverse("otp_challenge"))

    assert "no-store" in page["Cache-Control"]
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert b"style=" not in page.content
