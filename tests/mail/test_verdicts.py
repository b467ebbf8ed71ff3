"""Who is it from: what our own server found, and nothing else that a header says."""

import json
import os
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from portal.mail import tasks
from portal.mail.parsing import parse
from tests.mail.makers import raw_letter
from tests.mail.test_processing import arrive, handed, state

__all__ = ["arrive", "handed"]

OURS = "mx.north.example"
CORPORA = Path(os.environ.get("GLASSHOUSE_CORPORA") or django_settings.BASE_DIR.parent / "shared" / "corpora")
GENERATED = CORPORA / "mail-generated"


def verdict(*results: str, sender="Katrin <katrin@client.example>") -> str:
    head = "".join(f"Authentication-Results: {result}\r\n" for result in results)
    return parse(f"{head}From: {sender}\r\nSubject: x\r\n\r\nText".encode(), authserv_id=OURS).verdict


@pytest.mark.parametrize(
    ("results", "found"),
    [
        ([f"{OURS}; dmarc=pass header.from=client.example"], "verified"),
        ([f"{OURS.upper()} 1; spf=fail; dkim=none; dmarc=pass (p=reject) header.from=Client.Example"], "verified"),
        ([f"{OURS}; dmarc=pass"], "verified"),
        ([f"{OURS}; dmarc=fail header.from=client.example"], "failed"),
        ([f"{OURS}; dmarc=none"], "unverified"),
        ([f"{OURS}; dkim=pass header.d=client.example"], ""),
        ([f"{OURS}; dmarc=pass header.from=evil.example"], "unverified"),
        ([f"{OURS} 2; dmarc=pass"], ""),
        (["mx.evil.example; dmarc=pass header.from=client.example"], ""),
        ([f"mx.evil.example; dmarc=fail; x={OURS}"], ""),
        ([f"{OURS} (a comment; dmarc=pass); dmarc=fail header.from=client.example"], "failed"),
        ([f"{OURS}; spf=pass (dmarc=pass (nested; dmarc=pass)); dmarc=none"], "unverified"),
        ([f'{OURS}; spf=pass smtp.mailfrom="x; dmarc=pass"; dmarc=none'], "unverified"),
        ([f"{OURS}; dmarc=fail", f"{OURS}; dmarc=pass header.from=client.example"], "failed"),
        ([f"{OURS}; dmarc=pass header.from=client.example", f"{OURS}; dmarc=fail"], "failed"),
        ([f"{OURS}; dmarc=none", f"{OURS}; dmarc=pass header.from=client.example"], "unverified"),
        ([], ""),
    ],
)
def test_only_our_own_server_is_believed(results, found):
    assert verdict(*results) == found


@pytest.mark.parametrize(
    "sender", ["a@client.example, b@client.example", "", "a@client.example\r\nFrom: b@client.example"]
)
def test_nobody_speaks_for_several_or_none(sender):
    assert verdict(f"{OURS}; dmarc=pass", sender=sender) == "unverified"


def test_without_a_server_of_our_own_every_header_is_foreign():
    raw = raw_letter(Authentication_Results=f"{OURS}; dmarc=pass header.from=client.example")

    assert parse(raw, authserv_id="").verdict == ""


def test_a_mail_speaks_for_its_sender_only_when_the_domain_vouches(cast, arrive, handed, settings):
    settings.MAIL_AUTHSERV_ID = OURS
    vouched = arrive(raw_letter(Authentication_Results=f"{OURS}; dmarc=pass header.from=client.example"))
    forged = arrive(raw_letter(Authentication_Results=f"{OURS}; dmarc=fail header.from=client.example"))
    silent = arrive(raw_letter())
    for pk in (vouched, forged, silent):
        tasks.process(cast.north.pk, pk)

    assert [mail.speaks_for("Katrin@client.example") for _inbound, mail, _to in handed] == [True, False, False]
    assert not handed[0][1].speaks_for("anna@client.example")
    assert [state(cast, pk).verdict for pk in (vouched, forged, silent)] == ["verified", "failed", "unverified"]


def test_what_somebody_elses_server_brings_along_is_not_our_servers_word(cast, arrive, handed, settings):
    settings.MAIL_AUTHSERV_ID = OURS
    raw = raw_letter(Authentication_Results=f"{OURS}; dmarc=pass header.from=client.example")
    for peer in ("127.0.0.1", "203.0.113.7"):
        tasks.process(cast.north.pk, arrive(raw, peer=peer))

    assert [mail.verdict for _inbound, mail, _to in handed] == ["verified", "unverified"]


@pytest.mark.skipif(not GENERATED.exists(), reason="the corpora are kept apart")
def test_the_table_of_generated_mails():
    words = {"sender trusted": {"verified"}, "NOT attributed": {"failed"}, "fail": {"failed"}}
    cases = [
        case for case in json.loads((GENERATED / "manifest.json").read_text()) if case["stored_as"].startswith("ar-")
    ]
    assert len(cases) == 7
    for case in cases:
        found = parse((GENERATED / case["stored_as"]).read_bytes(), authserv_id="mx.agency.example").verdict
        wanted = next((kinds for word, kinds in words.items() if word in case["expect"]), {"unverified", ""})
        assert found in wanted, case
