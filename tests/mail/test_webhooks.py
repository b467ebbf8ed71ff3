"""Mail that providers post: kept byte for byte where they send it as it was, once, and answered with 200 only when it is stored."""

import base64
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connections, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from portal.core.context import tenant
from portal.mail import tasks, webhook_requests, webhooks
from portal.mail.addresses import address_for
from portal.mail.intake_routes import keeper_of_strays
from portal.mail.models import ProviderRequest
from portal.mail.parsing import parse
from portal.mail.stray_models import Stray
from portal.mail.webhook_requests import MOST_BYTES
from portal.tenancy.models import Agency, AgencyAddress
from tests.mail.makers import raw_letter
from tests.mail.test_door import stored

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
SECRET = "hooks:a-long-secret"
BASE = Path(__file__).resolve().parents[2]
LATIN = raw_letter(text="x").replace(b"\n", b"\r\n").replace(b"x\r\n", "Grüße\r\n".encode("latin-1"))


@pytest.fixture(autouse=True)
def secret(settings):
    settings.MAIL_WEBHOOK_SECRETS = [SECRET]
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET]}


def post(provider, data, content_type="application/json", secret=SECRET, name="mail_webhook"):
    """The answer's code. As a provider does it: no cookies, no token, another site's form."""
    header = {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()} if secret else {}
    body = json.dumps(data) if content_type == "application/json" and not isinstance(data, bytes) else data
    address = reverse(name, args=[provider], urlconf="portal.urls_global")
    browser = Browser(enforce_csrf_checks=True)
    return browser.post(address, body, content_type=content_type, headers=header).status_code


def postmark(to, raw=None, key="73e6d360", **more):
    event = {"FromFull": {"Email": "k@client.example", "Name": "K"}, "MessageID": key, "OriginalRecipient": to}
    event |= {"Subject": "Terms", "TextBody": "Dear Bence", "Headers": [], "Date": "Thu, 19 Nov 2026 09:12:00 +0100"}
    return event | ({"RawEmail": raw.decode()} if raw else {}) | more


def form(**fields) -> tuple[bytes, str]:
    """multipart/form-data with the bytes as they are."""
    parts = [
        b'--cut\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.replace("_", "-").encode(), value)
        for name, value in fields.items()
    ]
    return b"".join(parts) + b"--cut--\r\n", "multipart/form-data; boundary=cut"


def test_a_mail_with_its_source_is_kept_byte_for_byte(cast, acme_address):
    raw = raw_letter(to=acme_address, text="Grüße\n").replace(b"\n", b"\r\n")

    assert post("postmark", postmark(acme_address, raw)) == 200

    (mail,) = stored(cast.north)
    assert (bytes(mail.raw), mail.recipients, mail.source) == (raw, [acme_address], "webhook")


def test_the_same_webhook_again_is_the_same_mail(cast, acme_address):
    for key in ("one", "one", "two"):
        assert post("postmark", postmark(acme_address, raw_letter(), key)) == 200

    assert len(stored(cast.north)) == 2


def test_bytes_that_are_no_utf8_survive_the_form(cast, acme_address, settings):
    bolt = address_for(cast.bolt)
    envelope = json.dumps({"from": "k@client.example", "to": [acme_address, bolt]}).encode()

    assert post("sendgrid", *form(email=LATIN, envelope=envelope)) == 200
    assert post("sendgrid", *form(email=LATIN, envelope=envelope)) == 200

    (mail,) = stored(cast.north)
    assert (bytes(mail.raw), mail.recipients, mail.envelope_from) == (LATIN, [acme_address, bolt], "k@client.example")


def test_bytes_that_the_library_cannot_read_are_kept_all_the_same(cast, acme_address):
    raw = LATIN.replace(b"acme@in.localhost", acme_address.encode())

    assert post("sparkpost", [_relayed(raw, acme_address)]) == 200

    assert bytes(stored(cast.north)[-1].raw) == raw


def _relayed(raw, to):
    content = {"email_rfc822": base64.b64encode(raw).decode(), "email_rfc822_is_base64": True}
    return {"msys": {"relay_message": {"content": content, "protocol": "smtp", "rcpt_to": to, "msg_from": "k@c.x"}}}


def test_a_mail_of_25_mb_passes_and_one_without_end_does_not(cast, acme_address, monkeypatch):
    raw = raw_letter(to=acme_address) + b"y" * 76 * 300_000

    assert post("sendgrid", *form(email=raw)) == 200
    assert stored(cast.north)[0].size == len(raw)

    monkeypatch.setattr(webhook_requests, "MOST_BYTES", 10_000)
    assert post("sendgrid", *form(email=raw)) == 413


def test_a_mail_without_its_source_is_put_together_and_the_request_kept(cast, acme_address):
    for _time in range(2):
        assert post("postmark", postmark(acme_address, key=None)) == 200

    (mail,) = stored(cast.north)
    assert "Dear Bence" in parse(bytes(mail.raw)).text
    with tenant(cast.north.pk), transaction.atomic():
        kept = ProviderRequest.objects.get(inbound=mail)
    assert json.loads(bytes(kept.body))["TextBody"] == "Dear Bence"


def test_a_request_that_cannot_be_read_is_kept_for_the_quarantine(cast, settings):
    settings.MAIL_STRAYS = cast.north.slug
    assert post("postmark", b'{"From": ') == 200

    (mail,) = stored(cast.north)
    assert (bytes(mail.raw), mail.recipients) == (b'{"From": ', [])


def test_a_mail_to_nobody_is_kept_where_no_agency_sees_it(cast, settings):
    """It may have been meant for any of them; the provider is told 200, because it would drop the mail at anything else."""
    raw = raw_letter(to="nobody@in.localhost")
    for _time in range(2):
        assert post("postmark", postmark("nobody@in.localhost", raw)) == 200

    assert stored(cast.north) == stored(cast.south) == []
    (stray,) = Stray.objects.using("maint").all()
    assert (bytes(stray.raw), stray.recipients) == (raw, ["nobody@in.localhost"])
    with pytest.raises(ProgrammingError), transaction.atomic():
        Stray.objects.count()

    settings.MAIL_STRAYS = cast.south.slug
    call_command("ingest", "--strays")
    assert not Stray.objects.using("maint").exists()
    (mail,) = stored(cast.south)
    assert (bytes(mail.raw), mail.recipients, mail.source) == (raw, ["nobody@in.localhost"], "webhook")


@pytest.mark.empty_house
def test_the_only_agency_keeps_mails_to_nobody(db):
    north = Agency.objects.using("maint").create(name="North", slug="north")
    AgencyAddress.objects.using("maint").create(agency=north, name="north")
    assert keeper_of_strays() == north.pk


def test_a_stray_is_forgotten_after_90_days(cast):
    post("postmark", postmark("nobody@in.localhost", raw_letter(to="nobody@in.localhost")))
    strays = Stray.objects.using("maint")
    for days, left in ((89, 1), (91, 0)):
        strays.update(received_at=timezone.now() - timedelta(days=days))
        tasks.end_old_strays()
        assert strays.count() == left


def test_a_mail_to_nobody_is_kept_by_the_agency_of_strays(cast, settings):
    settings.MAIL_STRAYS = cast.north.slug
    assert post("postmark", postmark("nobody@in.localhost", raw_letter(to="nobody@in.localhost"))) == 200
    settings.MAIL_STRAYS = cast.south.slug
    assert post("postmark", postmark("noone@in.localhost", raw_letter(to="noone@in.localhost"), "2")) == 200

    assert [mail.recipients for mail in stored(cast.north)] == [["nobody@in.localhost"]]
    assert [mail.recipients for mail in stored(cast.south)] == [["noone@in.localhost"]]


def test_our_own_trouble_is_never_the_providers_fault(cast, acme_address):
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE mail_inboundmail RENAME TO away")
        try:
            assert post("postmark", postmark(acme_address, raw_letter())) == 503
        finally:
            cursor.execute("ALTER TABLE away RENAME TO mail_inboundmail")
    assert post("mailgun", {"x": "y"}) == 503  # its key is missing in the settings
    assert post("postmark", b"") == 503
    assert post("postmark", postmark(acme_address, raw_letter())) == 200


def test_while_the_database_is_away_no_mail_is_taken_for_a_strays(cast, acme_address, monkeypatch):
    """Whom it is for stands in the request alone; without the database nobody can tell, so the provider has to come again."""
    raw = raw_letter(to="somebody@client.example")
    with monkeypatch.context() as patch:
        patch.setattr(webhooks, "routes_among", Mock(side_effect=OperationalError("couldn't get a connection")))
        assert post("postmark", postmark(acme_address, raw)) == 503

    assert not Stray.objects.using("maint").exists()
    assert post("postmark", postmark(acme_address, raw)) == 200
    assert [bytes(mail.raw) for mail in stored(cast.north)] == [raw]


def test_nobody_gets_in_without_the_secret(cast, acme_address, settings):
    for wrong in ("", "hooks:wrong"):
        assert post("postmark", postmark(acme_address, raw_letter()), secret=wrong) == 401
    assert post("unknown", {}) == 404
    settings.MAIL_WEBHOOK_SECRETS = []
    assert post("postmark", postmark(acme_address, raw_letter())) == 404

    assert stored(cast.north) == []


def test_without_the_store_the_answer_would_be_a_lie(cast, acme_address, monkeypatch):
    """The twin: a door that answers without storing shows that the tests above look at the right place."""
    monkeypatch.setattr(webhooks, "accept", lambda raw, told: [])

    assert post("postmark", postmark(acme_address, raw_letter())) == 200
    assert stored(cast.north) == []


def test_the_secret_of_the_environment_is_the_one_that_is_asked_for():
    """Whatever else is set for the provider: without it the library would let everybody in."""
    told = {
        "MAIL_WEBHOOK_SECRET": f"{SECRET}, hooks:the-next",
        "ANYMAIL_MAILGUN_API_KEY": "a",
        "ANYMAIL": '{"MAILGUN_WEBHOOK_SIGNING_KEY": "b"}',
    }
    show = "import json, portal.settings as s; print(json.dumps(s.ANYMAIL))"
    shown = subprocess.run(
        [sys.executable, "-c", show], env=os.environ | told, check=True, capture_output=True, cwd=BASE
    )

    found = json.loads(shown.stdout)
    assert {name: found[name] for name in ("WEBHOOK_SECRET", "MAILGUN_API_KEY", "MAILGUN_WEBHOOK_SIGNING_KEY")} == {
        "WEBHOOK_SECRET": [SECRET, "hooks:the-next"],
        "MAILGUN_API_KEY": "a",
        "MAILGUN_WEBHOOK_SIGNING_KEY": "b",
    }


def test_without_the_secret_nothing_is_read_however_long_it_says_it_is():
    """413 would mean that somebody had begun to look at the body."""
    address = reverse("mail_webhook", args=["postmark"], urlconf="portal.urls_global")
    words = {"content_type": "application/json", "CONTENT_LENGTH": str(MOST_BYTES + 1)}
    assert Browser().post(address, b"{}", **words).status_code == 401
