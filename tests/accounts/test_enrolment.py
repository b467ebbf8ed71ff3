"""Connecting, moving and disconnecting the app; backup codes; confirming before critical changes."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import actions, decorators, factors, hooks
from portal.accounts.adapters import CONFIRMED_AT
from portal.accounts.models import BackupCode
from portal.accounts.tasks import sweep
from tests.accounts.conftest import PASSWORD, code_of, is_in, mailed_code, type_code, type_password, wrong

CRITICAL = [
    "otp_enrol",
    "otp_backup_codes",
    "otp_remove",
    "account_email",
    "account_change_password",
]


@pytest.fixture
def ida(browser, person):
    """Ida, signed in by mailed code."""
    type_password(browser)
    type_code(browser, mailed_code())
    mail.outbox.clear()
    return browser


def connect(browser):
    browser.get(reverse("otp_enrol"))
    device = TOTPDevice.objects.get(confirmed=False)
    return device, browser.post(reverse("otp_enrol"), {"token": code_of(device)})


def long_ago(browser):
    session = browser.session
    session[CONFIRMED_AT] = 0
    session.save()


def test_the_app_is_connected_with_qr_code_and_key_as_text(ida, person):
    page = ida.get(reverse("otp_enrol"))
    picture = ida.get(page.context["qr_url"])

    assert picture["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content
    assert b"style=" not in picture.content
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.context["secret"])


def test_connecting_needs_a_right_code_and_gives_ten_backup_codes(ida, person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        _device, page = connect(ida)

    assert len(page.context["codes"]) == 10
    assert factors.has_app(person)
    assert BackupCode.objects.count() == 10
    assert [m.subject for m in mail.outbox] == ["An authenticator app was connected"]
    assert is_in(ida)


def test_codes_that_were_never_made_do_not_look_used_up(ida, person):
    assert "none made yet" in ida.get(reverse("account_security")).content.decode()

    actions.make_backup_codes(person)
    assert "10 of 10 are left" in ida.get(reverse("account_security")).content.decode()
    BackupCode.objects.update(used_at=timezone.now())
    assert "0 of 10 are left" in ida.get(reverse("account_security")).content.decode()


def test_a_wrong_code_connects_nothing(ida, person):
    ida.get(reverse("otp_enrol"))
    device = TOTPDevice.objects.get()
    page = ida.post(reverse("otp_enrol"), {"token": wrong(code_of(device))})

    assert page.status_code == 200
    assert not factors.has_app(person)


def test_a_secret_that_somebody_saw_elsewhere_is_not_the_apps(ida, person):
    thief = Browser()
    type_password(thief)
    type_code(thief, mailed_code())
    seen = thief.get(reverse("otp_enrol")).context["secret"]
    picture = thief.get(reverse("otp_qr")).content

    page = ida.get(reverse("otp_enrol"))
    assert page.context["secret"] != seen
    assert ida.get(reverse("otp_enrol")).context["secret"] == page.context["secret"]
    assert ida.get(reverse("otp_qr")).content != picture
    theirs, own = TOTPDevice.objects.order_by("pk")
    ida.post(reverse("otp_enrol"), {"token": code_of(own)})
    assert list(TOTPDevice.objects.values_list("pk", flat=True)) == [own.pk]
    assert theirs.key != own.key


def test_the_picture_is_for_whoever_has_passed_a_factor(ida):
    ida.get(reverse("otp_enrol"))
    session = ida.session
    del session[DEVICE_ID_SESSION_KEY]
    session.save()

    assert ida.get(reverse("otp_qr")).status_code == 404


def test_a_secret_that_was_shown_is_forgotten_after_a_day(ida):
    ida.get(reverse("otp_enrol"))
    sweep()
    assert TOTPDevice.objects.count() == 1

    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        sweep()
    assert TOTPDevice.objects.count() == 0


def test_moving_to_a_new_phone_ends_the_old_one(ida, person):
    connect(ida)
    second, _page = connect(ida)

    assert list(TOTPDevice.objects.values_list("pk", flat=True)) == [second.pk]
    assert is_in(ida)


def test_the_app_is_disconnected_where_the_policy_allows(ida, person):
    connect(ida)
    ida.post(reverse("otp_remove"))

    assert not factors.has_app(person)
    assert BackupCode.objects.count() == 0
    assert is_in(ida)


def test_the_app_stays_where_the_policy_asks_for_it(ida, person, strict):
    connect(ida)
    ida.post(reverse("otp_remove"))

    assert factors.has_app(person)


def test_enrolment_opens_the_door_where_the_app_is_asked(ida, strict):
    assert ida.get(reverse("home")).url.partition("?")[0] == reverse("otp_enrol")
    connect(ida)
    assert is_in(ida)


def test_after_the_forced_enrolment_the_page_that_was_asked_for_opens(ida, strict):
    asked = ida.get(reverse("account_email")).url
    page = ida.get(asked).content.decode()

    assert f'name="next" value="{reverse("account_email")}"' in page
    assert parse_qs(urlsplit(asked).query)["next"] == [reverse("account_email")]


def test_a_password_asked_for_in_between_does_not_lose_it_either(ida, strict):
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        again = ida.post(reverse("otp_enrol"), {"token": "000000", "next": reverse("account_email")}).url

    enrol = urlsplit(parse_qs(urlsplit(again).query)["next"][0])
    assert enrol.path == reverse("otp_enrol")
    assert parse_qs(enrol.query)["next"] == [reverse("account_email")]


def test_a_policy_made_strict_asks_those_who_came_by_mail_for_their_app(browser, person, app, monkeypatch):
    type_password(browser)
    browser.get(reverse("otp_challenge_by", args=["email"]))
    type_code(browser, mailed_code(), "email")
    assert is_in(browser)
    monkeypatch.setattr(hooks, "policy_of", lambda user: "totp")

    to_enrolment = browser.get(reverse("account_security")).url
    assert to_enrolment.partition("?")[0] == reverse("otp_enrol")
    assert (
        browser.get(to_enrolment).url == f"{reverse('otp_step_up')}?next={quote(reverse('account_security'), safe='')}"
    )
    browser.post(reverse("otp_step_up"), {"token": wrong(code_of(app))})
    assert not is_in(browser)
    TOTPDevice.objects.update(throttling_failure_count=0)
    browser.post(reverse("otp_step_up"), {"token": code_of(app)})
    assert is_in(browser)


def test_where_the_app_is_asked_backup_codes_are_none_without_it(person, monkeypatch):
    actions.make_backup_codes(person)
    assert factors.methods_of(person) == ["email", "backup"]

    monkeypatch.setattr(hooks, "policy_of", lambda user: "totp")
    assert factors.methods_of(person) == ["email"]


def test_a_backup_code_is_enough_where_the_app_is_asked(ida, browser, person, strict):
    _device, page = connect(ida)
    code = page.context["codes"][0]
    ida.post(reverse("account_logout"))
    type_password(ida)
    type_code(ida, code, "backup")

    assert is_in(ida)


@pytest.mark.parametrize("name", CRITICAL)
def test_critical_pages_ask_for_the_password_again(ida, name):
    long_ago(ida)
    for response in (ida.get(reverse(name)), ida.post(reverse(name))):
        assert response.url.startswith(reverse("account_reauthenticate"))


def test_a_clock_that_is_put_back_makes_no_confirmation_last(ida):
    session = ida.session
    session[CONFIRMED_AT] = timezone.now().timestamp() + 3600
    session.save()

    assert ida.get(reverse("otp_backup_codes")).url.startswith(reverse("account_reauthenticate"))


def test_the_password_opens_them_for_a_while(ida):
    long_ago(ida)
    url = ida.get(reverse("otp_backup_codes")).url
    page = ida.post(url, {"password": "wrong", "next": reverse("otp_backup_codes")})
    assert page.status_code == 200
    assert ida.get(reverse("otp_backup_codes")).status_code == 302

    response = ida.post(url, {"password": PASSWORD, "next": reverse("otp_backup_codes")})
    assert response.url == reverse("otp_backup_codes")
    assert ida.get(response.url).status_code == 200


def test_guard_off_a_stolen_session_would_change_the_factor(ida, monkeypatch):
    long_ago(ida)
    monkeypatch.setattr(decorators, "is_recent", lambda request: True)

    assert ida.get(reverse("otp_enrol")).status_code == 200


def test_guessing_the_password_there_is_counted_too(ida):
    long_ago(ida)
    pages = [ida.post(reverse("account_reauthenticate"), {"password": "wrong"}) for _ in range(6)]

    assert "Too many tries" in pages[5].content.decode()


def test_without_a_password_a_code_is_asked(ida, person):
    person.set_unusable_password()
    person.save()
    browser = type(ida)()
    browser.force_login(person)
    session = browser.session
    session["otp_device_id"] = factors.device_of(person, "email").persistent_id
    session.save()

    url = browser.get(reverse("otp_backup_codes")).url
    assert browser.get(url).context["method"] == "email"
    browser.post(url, {"token": mailed_code(), "next": reverse("otp_backup_codes")})
    assert browser.get(reverse("otp_backup_codes")).status_code == 200


def test_new_backup_codes_are_shown_once(ida):
    page = ida.post(reverse("otp_backup_codes"))
    assert len(page.context["codes"]) == 10
    again = ida.get(reverse("otp_backup_codes"))
    assert "codes" not in again.context
    assert again.context["remaining"] == 10


def test_the_secret_is_not_shown_any_more_once_it_is_used(ida):
    connect(ida)
    assert ida.get(reverse("otp_qr")).status_code == 404


def test_security_page_says_what_there_is(ida, strict):
    connect(ida)
    lines = {f["label"]: f["line"] for f in ida.get(reverse("account_security")).context["factors"]}

    assert lines["Authenticator app"].startswith("since ")
    assert lines["Code by e-mail"] == "Your agency asks for the app."
    assert lines["Backup codes"] == "10 of 10 are left"
