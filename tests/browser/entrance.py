"""Signing in as people do: by the form, with the code from the app or from the mail."""

import re
import time

from django.core import mail
from django_otp.oath import TOTP
from playwright.sync_api import Page

from tests.world import PASSWORD


def type_password(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def type_code(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Confirm and sign in").click()


def code_of_app(device) -> str:
    """What the authenticator app shows now."""
    oath = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    oath.time = time.time()
    return f"{oath.token():06d}"


def mailed_code(email: str) -> str:
    """The code in the last mail to this address."""
    message = next(message for message in reversed(mail.outbox) if message.to == [email])
    return re.search(r"^\d{6}$", message.body, re.MULTILINE)[0]
