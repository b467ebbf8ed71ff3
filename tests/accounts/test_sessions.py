"""Sessions: listed with their device, ended from the list, over after a while; in the database only."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.core import mail
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Session
from portal.accounts.sessions import SessionStore, hashed
from tests import world
from tests.accounts.conftest import (
    PASSWORD,
    code_of,
    is_in,
    mailed_code,
    type_code,
    type_password,
)
from tests.accounts.conftest import (
    hashed as password_hash,
)

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E Safari/604.1"


def enter(user_agent=FIREFOX, email="ida@ida.example"):
    browser = Browser(headers={"user-agent": user_agent})
    type_password(browser, email=email)
    type_code(browser, mailed_code())
    assert is_in(browser)
    return browser


@pytest.fixture
def two(person):
    """Ida at her desk and on her phone."""
    return enter(), enter(IPHONE)


def test_sessions_are_listed_with_device_and_address(two):
    page = two[0].get(reverse("account_security"))
    listed = page.context["sessions"]

    assert [s["device"] for s in listed] == ["Firefox, Linux", "Safari, iPhone"]
    assert [s["icon"] for s in listed] == ["laptop", "mobile"]
    assert [s["current"] for s in listed] == [True, False]
    assert listed[0]["place"] == "127.0.0.1"


def test_a_session_is_ended_from_the_list(two):
    desk, phone = two
    other = next(s for s in desk.get(reverse("account_security")).context["sessions"] if not s["current"])
    desk.post(other["end_url"])

    assert is_in(desk)
    assert not is_in(phone)


def test_all_others_are_ended_at_once(two):
    desk, phone = two
    desk.post(reverse("sessions_end_others"))

    assert is_in(desk)
    assert not is_in(phone)


def test_nobody_sees_or_ends_the_sessions_of_another(two):
    world.person("Eve", hashed=password_hash())
    eve = enter(email="eve@eve.example")
    row = Session.objects.filter(user__email="ida@ida.example").first()

    assert len(eve.get(reverse("account_security")).context["sessions"]) == 1
    assert eve.post(reverse("session_end", args=[row.pk])).status_code == 404
    assert all(is_in(browser) for browser in two)


def test_get_ends_nothing(two):
    desk, phone = two
    assert desk.get(reverse("sessions_end_others")).status_code == 405
    assert is_in(phone)


def test_signing_out_ends_the_session_on_the_server(person):
    browser = enter()
    cookie = browser.cookies["session"].value
    browser.post(reverse("account_logout"))
    browser.cookies["session"] = cookie

    assert not is_in(browser)


def test_the_key_changes_at_sign_in(person):
    browser = Browser()
    type_password(browser)
    before = browser.cookies["session"].value
    type_code(browser, mailed_code())

    assert browser.cookies["session"].value != before


def test_sessions_survive_a_flushed_cache(two):
    cache.clear()
    assert all(is_in(browser) for browser in two)


def test_unused_for_three_days_it_is_over(person):
    browser = enter()
    idle = timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    Session.objects.update(last_used_at=timezone.now() - idle + timedelta(minutes=1))
    assert is_in(browser)
    Session.objects.update(last_used_at=timezone.now() - idle)
    assert not is_in(browser)


def test_after_14_days_it_is_over_however_much_it_was_used(person):
    browser = enter()
    before = Session.objects.get(user=person).expires_at
    browser.post(reverse("set_theme"), {"theme": "dark"})
    session = browser.session
    session["something"] = 1
    session.save()
    row = Session.objects.get(user=person)
    assert row.expires_at == before
    assert timedelta(0) <= timedelta(days=14) - (before - row.created_at) < timedelta(seconds=1)

    Session.objects.update(expires_at=timezone.now())
    assert not is_in(browser)


def test_last_use_is_noted_every_five_minutes(person):
    browser = enter()
    Session.objects.update(last_used_at=timezone.now() - timedelta(minutes=4))
    is_in(browser)
    assert timezone.now() - Session.objects.get(user=person).last_used_at > timedelta(minutes=3)
    Session.objects.update(last_used_at=timezone.now() - timedelta(minutes=6))
    is_in(browser)
    assert timezone.now() - Session.objects.get(user=person).last_used_at < timedelta(minutes=1)


def test_a_session_ended_meanwhile_does_not_come_back(person):
    browser = enter()
    store = SessionStore(browser.cookies["session"].value)
    store["x"] = 1
    Session.objects.all().delete()

    with pytest.raises(UpdateError):
        store.save()


def test_the_table_holds_no_key(person):
    browser = enter()
    key = browser.cookies["session"].value

    assert len(key) == 32
    assert Session.objects.filter(key_hash=hashed(key)).exists()
    assert not Session.objects.filter(key_hash=key).exists()


def test_changing_the_password_ends_all_others_and_keeps_this_one(two, person):
    desk, phone = two
    new = "quite another battery staple"
    response = desk.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    assert response.url == reverse("account_security")
    assert is_in(desk)
    assert not is_in(phone)
    assert Session.objects.filter(user=person).count() == 1


def test_a_reset_password_ends_all(two, person, app):
    desk, phone = two
    other = Browser()
    other.post(reverse("account_reset_password"), {"email": person.email})
    link = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word)
    page = other.get(link.removeprefix("http://testserver"))
    other.post(page.url, {"password1": "a" * 6 + "b c d e f g", "password2": "a" * 6 + "b c d e f g"})

    assert not is_in(desk)
    assert not is_in(phone)
    type_code(other, code_of(app))
    assert is_in(other)
