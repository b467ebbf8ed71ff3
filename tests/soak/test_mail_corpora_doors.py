"""The whole corpora through the other doors: every mail is kept byte for byte, by IMAP with the line ends that IMAP has."""

import imaplib
import smtplib
import time

import pytest
from django.db import connections, transaction

from portal.core import jobs
from portal.core.context import tenant
from portal.mail import imap
from portal.mail.addresses import address_for
from portal.mail.lmtp import LocalDoor
from portal.mail.models import ImapMailbox, InboundMail
from tests.mail.conftest import Running
from tests.mail.test_corpora import corpora
from tests.mail.test_webhooks import SECRET, form, post
from tests.soak.dovecot import PASSWORD, USER, dovecot
from tests.soak.wire import stuffed

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.skipif(not corpora(), reason="no corpora here"),
]
CRLF = b"\r\n"


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)


@pytest.fixture(scope="module")
def mails():
    """Those that an SMTP server could have taken: not empty, not larger than 25 MB."""
    found = dict.fromkeys(path.read_bytes() for path in corpora())
    return [raw for raw in found if raw.strip() and len(raw) < 25_000_000]


def kept(agency) -> list[bytes]:
    with tenant(agency.pk), transaction.atomic():
        return [bytes(raw) for raw in InboundMail.objects.order_by("pk").values_list("raw", flat=True)]


def tell(say, door, sent, found, began):
    say(
        f"{door}: {len(sent)} mails, kept byte for byte {len(set(sent) & set(found))}, {time.monotonic() - began:.0f} s"
    )


def test_by_lmtp(cast, mails, say):
    address, door, began = address_for(cast.acme), Running(LocalDoor()), time.monotonic()
    try:
        with smtplib.LMTP("127.0.0.1", door.port, timeout=60) as wire:
            wire.ehlo()
            for raw in mails:
                codes = [wire.mail("a@b.example")[0], wire.rcpt(address)[0], wire.docmd("DATA")[0]]
                wire.send(stuffed(raw) + b"." + CRLF)
                assert [*codes, wire.getreply()[0]] == [250, 250, 354, 250]
    finally:
        door.stop()
        connections["default"].close_pool()
    sent = [raw if raw.endswith(CRLF) else raw + CRLF for raw in mails]
    found = kept(cast.north)
    tell(say, "LMTP", sent, found, began)
    assert found == sent


def test_by_webhook(cast, mails, say, settings):
    settings.MAIL_WEBHOOK_SECRETS, settings.ANYMAIL = [SECRET], {"WEBHOOK_SECRET": SECRET}
    address, began = address_for(cast.acme), time.monotonic()
    envelope = b'{"from": "a@b.example", "to": ["%s"]}' % address.encode()
    sent = [raw for raw in mails if b"--cut" not in raw]
    codes = {post("sendgrid", *form(email=raw, envelope=envelope)) for raw in sent}
    found = kept(cast.north)
    tell(say, "webhook", sent, found, began)
    assert codes == {200}
    assert sorted(found) == sorted(sent)


def test_by_imap(cast, mails, say, settings, monkeypatch):
    settings.IMAP_PRIVATE_HOSTS, began = True, time.monotonic()
    sent = [as_imap_has_it(raw) for raw in mails if b"\0" not in raw]  # no literal of IMAP may hold a NUL
    with dovecot() as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.cert))
        server.put(*sent)
        with tenant(cast.north.pk), transaction.atomic():
            mailbox = ImapMailbox(agency=cast.north, host="localhost", port=server.tls, user=USER)
            mailbox.set_password(PASSWORD)
            mailbox.save()
        with tenant(cast.north.pk):
            for _poll in range(len(sent) // 20 + 2):
                imap.poll(mailbox.pk)
                if server.count("UNSEEN") == 0:
                    break
    found = kept(cast.north)
    tell(say, "IMAP", sent, found, began)
    assert sorted(found) == sorted(sent)


def as_imap_has_it(raw: bytes) -> bytes:
    """Every line ends with CRLF, as Python's client sends it."""
    return imaplib.MapCRLF.sub(CRLF, raw)
