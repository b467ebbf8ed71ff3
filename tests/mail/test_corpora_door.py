"""Every mail of the corpora through the SMTP door: kept byte for byte; and each of a sample is filed, with a good mail behind it."""

import random
import time

import pytest
from django.db import transaction

from portal.core.context import tenant
from portal.mail import tasks
from portal.mail.models import InboundMail
from tests.mail.makers import raw_letter
from tests.mail.test_corpora import SECONDS, corpora
from tests.mail.test_processing import handed

__all__ = ["handed"]

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.skipif(not corpora(), reason="no corpora here"),
]
LARGEST = 25_000_000
SAMPLE = 25
CRLF = b"\r\n"


def sendable() -> list[bytes]:
    """What a server could hand over: not empty, not larger than 25 MB, with an end of the last line."""
    found = dict.fromkeys(path.read_bytes() for path in corpora())
    whole = (raw if raw.endswith(CRLF) else raw + CRLF for raw in found if raw.strip() and len(raw) < LARGEST)
    return list(dict.fromkeys(whole))


def stuffed(raw: bytes) -> bytes:
    """Dots at the start of lines are doubled, and nothing else: smtplib would mend the ends of lines."""
    dotted = raw.replace(b"\r\n.", b"\r\n..")
    return b"." + dotted if dotted.startswith(b".") else dotted


def test_all_corpora_by_smtp_are_kept_and_a_sample_is_filed(cast, door, acme_address, handed):
    mails = sendable()
    with door.connect() as wire:
        wire.ehlo()
        for raw in mails:
            codes = [wire.mail("k@client.example")[0], wire.rcpt(acme_address)[0], wire.docmd("DATA")[0]]
            wire.send(stuffed(raw) + b"." + CRLF)
            assert [*codes, wire.getreply()[0]] == [250, 250, 354, 250]
    with tenant(cast.north.pk), transaction.atomic():
        kept = dict(InboundMail.objects.values_list("pk", "raw"))
    assert sorted(map(bytes, kept.values())) == sorted(mails)

    good = raw_letter(to=acme_address)
    for pk in random.Random(6).sample(sorted(kept), min(SAMPLE, len(kept))):
        door.send(good, acme_address)
        with tenant(cast.north.pk), transaction.atomic():
            behind = InboundMail.objects.latest("pk").pk
        for number in (pk, behind):
            began = time.perf_counter()
            tasks.process(cast.north.pk, number)
            assert time.perf_counter() - began < SECONDS
    with tenant(cast.north.pk), transaction.atomic():
        assert not InboundMail.objects.in_quarantine().exists()
    assert len(handed) == 2 * min(SAMPLE, len(kept))
