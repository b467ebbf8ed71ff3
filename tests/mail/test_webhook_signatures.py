"""Who may post: whoever has one of the secrets, and whoever signs as the provider does. What is posted again adds nothing."""

import hashlib
import hmac
import json
from base64 import b64encode
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser

from tests.mail.makers import raw_letter
from tests.mail.test_door import stored
from tests.mail.test_webhooks import SECRET, form, post, postmark

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
KEY = "a-signing-key"
NEXT = "hooks:the-next-secret"


@pytest.fixture(autouse=True)
def secrets(settings):
    """Also a provider that signs has to know one of the two."""
    settings.MAIL_WEBHOOK_SECRETS = [SECRET, NEXT]
    keys = {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY, "MANDRILL_WEBHOOK_KEY": KEY}
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET, NEXT], **keys}


def test_while_a_secret_is_replaced_the_old_and_the_new_one_are_good(cast, acme_address):
    answers = {
        secret: post("postmark", postmark(acme_address, raw_letter(), secret), secret=secret)
        for secret in (SECRET, NEXT, f"{SECRET},{NEXT}", "hooks:another")
    }

    assert list(answers.values()) == [200, 200, 401, 401]
    assert len(stored(cast.north)) == 2


def by_mailgun(to, key=KEY, token="t" * 50, **changes):
    stamp = b"1795000000"
    signature = hmac.new(key.encode(), stamp + token.encode(), hashlib.sha256).hexdigest().encode()
    mail = {"recipient": to.encode(), "sender": b"k@client.example", "body_mime": raw_letter(to=to)}
    fields = mail | {"timestamp": stamp, "token": token.encode(), "signature": signature} | changes
    return post("mailgun_mime", *form(**{name: value for name, value in fields.items() if value is not None}))


def test_mailgun_signs_and_nobody_else(cast, acme_address):
    assert by_mailgun(acme_address, key="another") == 401
    assert by_mailgun(acme_address, signature=None) == 401
    assert by_mailgun(acme_address, timestamp=b"1795000001") == 401
    assert stored(cast.north) == []

    assert [by_mailgun(acme_address) for _again in range(2)] == [200, 200]
    (mail,) = stored(cast.north)
    assert bytes(mail.raw) == raw_letter(to=acme_address), "an old request that somebody posts again adds nothing"


def by_mandrill(to, url="https://hooks:a-long-secret@localhost/webhooks/mail/mandrill/", key=KEY, posted=None):
    """As Mandrill does it: the address with the secret in it is part of what is signed."""
    told = {"raw_msg": raw_letter(to=to).decode(), "email": to}
    events = json.dumps([{"event": "inbound", "ts": 1795000000, "msg": told}])
    signature = b64encode(hmac.new(key.encode(), f"{url}mandrill_events{events}".encode(), hashlib.sha1).digest())
    header = {"Authorization": "Basic " + b64encode(SECRET.encode()).decode()}
    return (
        Browser()
        .post(
            "/webhooks/mail/mandrill/",
            urlencode({"mandrill_events": posted or events}),
            content_type="application/x-www-form-urlencoded",
            headers=header | {"X-Mandrill-Signature": signature.decode()},
            secure=True,
            SERVER_NAME="localhost",
        )
        .status_code
    )


def test_mandrill_signs_the_address_and_what_it_posts(cast, acme_address):
    assert by_mandrill(acme_address, key="another") == 401
    assert by_mandrill(acme_address, url="https://elsewhere.example/webhooks/mail/mandrill/") == 401
    assert by_mandrill(acme_address, posted="[]") == 401
    assert stored(cast.north) == []

    assert [by_mandrill(acme_address) for _again in range(2)] == [200, 200]
    (mail,) = stored(cast.north)
    assert bytes(mail.raw) == raw_letter(to=acme_address)


def test_while_a_signing_key_is_replaced_the_old_and_the_new_one_are_good(cast, acme_address, settings):
    for name in ("MAILGUN_WEBHOOK_SIGNING_KEY", "MANDRILL_WEBHOOK_KEY"):
        settings.ANYMAIL[name] = f"{KEY}, the-next-key"

    for sent_by in (by_mailgun, by_mandrill):
        answers = {
            key: sent_by(acme_address, key=key) for key in (KEY, "the-next-key", f"{KEY}, the-next-key", "", " ")
        }
        assert list(answers.values()) == [200, 200, 401, 401, 401], sent_by


def test_once_it_is_replaced_the_old_one_is_good_for_nothing(cast, acme_address, settings):
    settings.ANYMAIL["MAILGUN_WEBHOOK_SIGNING_KEY"] = settings.ANYMAIL["MANDRILL_WEBHOOK_KEY"] = "the-next-key,"

    assert [by_mailgun(acme_address), by_mandrill(acme_address), by_mailgun(acme_address, key="")] == [401, 401, 401]
    assert stored(cast.north) == []
