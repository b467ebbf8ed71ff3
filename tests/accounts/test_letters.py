"""Mails about accounts: at once, in the person's language, in the agency's name, in text and HTML."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client as Browser
from django.utils import timezone

from portal.accounts.letters import LETTERS
from portal.accounts.mail import send
from tests.accounts.conftest import type_password

FACTS = {
    "whose": "Ida Example",
    "token": "123456",
    "password_reset_url": "http://x.example/r",
    "activate_url": "http://x.example/a",
    "from_email": "old@x.example",
    "to_email": "new@x.example",
    "deleted_email": "old@x.example",
    "remaining": 3,
    "due_at": timezone.now(),
    "cancel_url": "http://x.example/c",
    "by": "Olga <b>",
}


@pytest.mark.parametrize("letter", sorted(LETTERS))
def test_every_letter_has_text_and_html(person, letter):
    assert send(letter, person.email, user=person, **FACTS)

    message = mail.outbox[0]
    assert message.subject
    assert message.subject in message.body
    html = message.alternatives[0].content
    assert message.subject in html
    assert "<b>" not in html.replace("<body", "")


def test_inside_an_agency_it_signs(cast, person):
    type_password(Browser(), email=person.email)
    Browser().post("/north/accounts/password/reset/", {"email": person.email})

    message = mail.outbox[-1]
    assert message.from_email.startswith("North <")
    assert "http://testserver/north/accounts/password/reset/key/" in message.body


def test_at_an_agencys_own_domain_a_stranger_gets_no_link_into_its_hands(cast, person, anna, settings):
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "portal.north.example"]
    call_command("agency_domain", "north", "portal.north.example")
    for email in (person.email, anna.user.email):
        there = Browser(headers={"host": "portal.north.example"})
        there.post("/accounts/password/reset/", {"email": email})

    to_stranger, to_own = (message.body for message in mail.outbox[-2:])
    assert f"{settings.BASE_URL}/accounts/password/reset/key/" in to_stranger
    assert "http://portal.north.example/accounts/password/reset/key/" in to_own


def test_a_name_cannot_smuggle_headers(cast, in_north, person):
    in_north.name = "North\r\nBcc: eve@eve.example"
    in_north.save()
    Browser().post("/north/accounts/password/reset/", {"email": person.email})

    for message in mail.outbox:
        assert "eve@eve.example" not in message.recipients()
        assert message.message()["Bcc"] is None


def test_a_mail_server_away_gives_no_error_page(person, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    response = Browser().post("/accounts/password/reset/", {"email": person.email})
    assert response.status_code == 302
