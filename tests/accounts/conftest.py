"""People who sign in by form: with a real password and, where a test says so, an authenticator app."""

import re
import time
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import hooks
from tests import world

PASSWORD = world.PASSWORD


@cache
def hashed() -> str:
    """One slow hash for all tests."""
    return make_password(PASSWORD)


@pytest.fixture
def person(db):
    """Ida, whose policy is the code by e-mail."""
    return world.person("Ida", hashed=hashed())


@pytest.fixture
def app(person):
    """Ida's authenticator app."""
    return TOTPDevice.objects.create(user=person, name="app", confirmed=True)


@pytest.fixture
def strict(monkeypatch):
    """Everybody's policy is the app."""
    monkeypatch.setattr(hooks, "policy_of", lambda user: "totp")


@pytest.fixture
def browser():
    return Browser()


def code_of(device, ahead: int = 0) -> str:
    """What the app shows now, or some steps of 30 seconds later."""
    oath = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    oath.time = time.time() + ahead * device.step
    return f"{oath.token():06d}"


def wrong(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 500_000) % 1_000_000:06d}"


def type_password(browser, email="ida@ida.example", password=PASSWORD, **extra):
    return browser.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def type_code(browser, token, method="", **fields):
    name, args = ("otp_challenge_by", [method]) if method else ("otp_challenge", [])
    return browser.post(reverse(name, args=args), {"token": token, **fields})


def mailed_code() -> str:
    """The code in the last mail."""
    return re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]


def is_in(browser) -> bool:
    """Whether the browser has passed everything: a page for signed-in people opens."""
    return browser.get(reverse("account_security")).status_code == 200


def is_authenticated(browser) -> bool:
    """Whether the session belongs to somebody at all."""
    return "_auth_user_id" in browser.session
