"""Guessing passwords: counted in the database, per network and account; the honest person still gets in."""

import time

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connections
from django.test import Client as Browser
from django.urls import reverse

from portal.accounts import limits
from portal.accounts.models import Attempt
from tests.accounts.conftest import PASSWORD, code_of, is_in, type_code, type_password

HERE, ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": "198.51.100.9"}


@pytest.fixture
def guessed(person, app):
    """Somebody has typed five wrong passwords from HERE."""
    for _ in range(5):
        type_password(Browser(), password="not the password", **HERE)


def test_sixth_guess_is_refused_after_the_cache_is_flushed(guessed, browser):
    cache.clear()
    page = type_password(browser, **HERE)

    assert page.status_code == 200
    assert "Too many tries" in page.content.decode()


def test_guard_off_without_the_counter_the_sixth_guess_is_taken(guessed, browser):
    Attempt.objects.using(limits.ALIAS).all().delete()

    assert type_password(browser, **HERE).url == reverse("otp_challenge")


def test_forged_forwarding_headers_change_nothing(guessed, browser):
    for number in range(10):
        page = type_password(browser, headers={"X-Forwarded-For": f"203.0.113.{number}"}, **HERE)
        assert "Too many tries" in page.content.decode()


def test_behind_one_proxy_its_entry_counts_and_not_the_forged_one(person, app, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(5):
        forged = {"X-Forwarded-For": f"203.0.113.{number}, 192.0.2.7"}
        type_password(Browser(), password="wrong", headers=forged)
    page = type_password(Browser(), headers={"X-Forwarded-For": "203.0.113.200, 192.0.2.7"})
    assert "Too many tries" in page.content.decode()

    response = type_password(Browser(), headers={"X-Forwarded-For": "192.0.2.7, 198.51.100.9"})
    assert response.url == reverse("otp_challenge")


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("198.51.100.9:5512", "198.51.100.9"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", None),
    ],
)
def test_whatever_the_proxy_writes_is_no_reason_to_keep_anybody_out(browser, person, app, settings, entry, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    header = {"X-Forwarded-For": entry}
    type_password(browser, headers=header)
    browser.post(reverse("otp_challenge"), {"token": code_of(app)}, headers=header)

    assert is_in(browser)
    assert person.sessions.get().ip == address


def test_the_person_gets_in_from_elsewhere(guessed, browser, app):
    assert type_password(browser, **ELSEWHERE).url == reverse("otp_challenge")
    type_code(browser, code_of(app))
    assert is_in(browser)


def test_the_person_gets_in_with_a_reset_mail(guessed, browser, person):
    browser.post(reverse("account_reset_password"), {"email": person.email}, **HERE)
    link = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word)
    page = browser.get(link.removeprefix("http://testserver"), **HERE)
    new = "a new and very long password"
    response = browser.post(page.url, {"password1": new, "password2": new}, **HERE)

    assert response.url == reverse("otp_challenge")
    assert type_password(Browser(), password=new, **HERE).url == reverse("otp_challenge")


def test_many_networks_guess_one_account_and_a_known_network_still_gets_in(person, app, browser, monkeypatch):
    monkeypatch.setattr(limits, "SIGN_IN_ACCOUNT", limits.Limit("sign-in-account", 10, 3600))
    type_password(browser, **HERE)
    type_code_from(browser, code_of(app), HERE)
    for number in range(10):
        type_password(Browser(), password="wrong", REMOTE_ADDR=f"203.0.113.{number}")

    refused = type_password(Browser(), REMOTE_ADDR="203.0.113.99")
    assert "Too many tries" in refused.content.decode()
    assert type_password(Browser(), **HERE).url == reverse("otp_challenge")


def test_one_network_guessing_for_long_locks_out_nobody_elsewhere(person, app, browser, monkeypatch):
    monkeypatch.setattr(limits, "SIGN_IN_ACCOUNT", limits.Limit("sign-in-account", 6, 3600))
    for _ in range(12):
        type_password(Browser(), password="wrong", **HERE)

    assert type_password(browser, **ELSEWHERE).url == reverse("otp_challenge")


def test_one_network_guesses_many_accounts(db):
    for number in range(limits.SIGN_IN_NETWORK.amount):
        type_password(Browser(), email=f"p{number}@x.example", password="wrong", **HERE)
    page = type_password(Browser(), email="another@x.example", password="wrong", **HERE)

    assert "Too many tries" in page.content.decode()


def test_neighbours_in_one_ipv6_network_count_as_one(person, app):
    for number in range(5):
        type_password(Browser(), password="wrong", REMOTE_ADDR=f"2001:db8::{number:x}")

    page = type_password(Browser(), REMOTE_ADDR="2001:db8::ffff")
    assert "Too many tries" in page.content.decode()
    assert type_password(Browser(), REMOTE_ADDR="2001:db8:1::1").url == reverse("otp_challenge")


def test_right_passwords_do_not_count(person, app):
    for _ in range(8):
        assert type_password(Browser(), **HERE).url == reverse("otp_challenge")


def test_unknown_and_known_people_get_the_same_answers(person, app):
    known, unknown = answers(person.email), answers("nobody@nowhere.example")

    assert known == unknown
    assert "are not correct" in known[0]
    assert "Too many tries" in known[5]


def test_unknown_people_take_as_long_as_known_ones(person, app, monkeypatch):
    """Their password is hashed too, and hashing costs here what it does in a real house. Our own processor's time is
    counted: what a busy machine does beside it tells nobody who has an account."""
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 2)
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 32 * 1024)
    person.set_password(PASSWORD)
    person.save()

    def seconds(email):
        began = time.process_time()
        type_password(Browser(), email=email, password="wrong", REMOTE_ADDR=f"203.0.113.{len(taken)}")
        return time.process_time() - began

    taken: list = []
    for number in range(4):
        taken.append((seconds(person.email), seconds(f"nobody{number}@nowhere.example")))
    known, unknown = (min(column) for column in zip(*taken, strict=True))
    assert 0.5 < known / unknown < 2, (known, unknown)


def test_reset_page_says_the_same_and_mails_both(browser, person):
    pages = [
        browser.post(reverse("account_reset_password"), {"email": email}, follow=True).content
        for email in (person.email, "nobody@nowhere.example")
    ]

    assert strip(pages[0]) == strip(pages[1])
    assert [m.to[0] for m in mail.outbox] == [person.email, "nobody@nowhere.example"]


def test_reset_mails_are_few_even_after_the_cache_is_flushed(browser, person):
    for _ in range(12):
        cache.clear()
        assert browser.post(reverse("account_reset_password"), {"email": person.email}).status_code == 302

    assert len(mail.outbox) == limits.RESET_MAIL.amount


def test_one_network_sends_reset_mails_to_few_people(db):
    for number in range(limits.RESET_MAIL_NETWORK.amount + 5):
        cache.clear()
        Browser().post(reverse("account_reset_password"), {"email": f"nobody{number}@nowhere.example"}, **HERE)
    assert len(mail.outbox) == limits.RESET_MAIL_NETWORK.amount

    Browser().post(reverse("account_reset_password"), {"email": "nobody@nowhere.example"}, **ELSEWHERE)
    assert mail.outbox[-1].to == ["nobody@nowhere.example"]


def test_many_networks_fill_nobodys_mailbox_with_reset_mails(person):
    for number in range(limits.RESET_MAIL_ACCOUNT.amount + 5):
        cache.clear()
        address = {"REMOTE_ADDR": f"203.0.113.{number}"}
        Browser().post(reverse("account_reset_password"), {"email": person.email}, **address)

    assert len(mail.outbox) == limits.RESET_MAIL_ACCOUNT.amount


def test_failures_are_in_the_audit_log(guessed, person):
    with connections["log"].cursor() as cursor:
        cursor.execute("SELECT set_config('app.user_id', %s, true)", [str(person.pk)])
        cursor.execute("SELECT count(*) FROM audit.event WHERE kind = 'sign_in.failed' AND user_id = %s", [person.pk])
        assert cursor.fetchone()[0] == 5


def test_addresses_typed_are_not_kept_readable(db):
    type_password(Browser(), email="secret@typed.example", password="wrong")

    assert not Attempt.objects.using(limits.ALIAS).filter(key__contains="typed").exists()


def answers(email) -> list[str]:
    """Six times the wrong password: what the page says."""
    browser = Browser()
    pages = [type_password(browser, email=email, password="wrong", **HERE) for _ in range(6)]
    return [strip(page.content).replace(email, "") for page in pages]


def strip(content: bytes) -> str:
    """A page without what differs anyway: tokens."""
    lines = content.decode().splitlines()
    return "\n".join(line for line in lines if "csrf" not in line.lower())


def type_code_from(browser, code, where):
    browser.post(reverse("otp_challenge"), {"token": code}, **where)
