"""Who is it from: our own server's findings, our own check, and nothing else."""

import base64
import json
import os
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as django_settings

from portal.mail import tasks
from portal.mail.parsing import parse
from portal.mail.senders import checked
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


@pytest.fixture(scope="module")
def key():
    """A private key as PEM, and the record that publishes it."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return pem, b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def signed(key, domain="client.example", raw=None, **more) -> bytes:
    raw = (raw or raw_letter()).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return dkim.sign(raw, b"s1", domain.encode(), key[0], include_headers=[b"from", b"subject"], **more) + raw


def dns(key, **records):
    published = {
        f"s1._domainkey.{domain}": key[1] for domain in ("client.example", "mail.client.example", "evil.example")
    }
    published |= {"_dmarc.client.example": b"v=DMARC1; p=reject", "_dmarc.evil.example": b"v=DMARC1; p=none"}
    published |= records

    def lookup(name, timeout=5):
        return published.get((name.decode() if isinstance(name, bytes) else name).rstrip("."))

    return lookup


def test_a_signature_of_the_senders_domain_is_enough(key):
    assert checked(signed(key), dns(key)) == "verified"
    assert checked(signed(key, "mail.client.example"), dns(key)) == "verified", "relaxed alignment"


def test_what_is_no_proof(key):
    strict = {"_dmarc.client.example": b"v=DMARC1; p=reject; adkim=s"}
    hyphen = raw_letter(From="ceo@client-evil.example")
    cases = {
        "no signature": (raw_letter(), {}),
        "changed": (signed(key).replace(b"terms", b"money"), {}),
        "another domain's": (signed(key, "evil.example"), {}),
        "not strict enough": (signed(key, "mail.client.example"), strict),
        "only the beginning is signed": (signed(key, length=True), {}),
        "no policy": (signed(key), {"_dmarc.client.example": None}),
        "another name with a hyphen": (signed(key, "evil.example", hyphen), {}),
    }
    assert {name for name, (raw, more) in cases.items() if checked(raw, dns(key, **more)) != "unverified"} == set()


def test_a_name_server_that_is_away_leaves_the_mail_unverified(key):
    def away(*_name, **_options):
        raise TimeoutError

    assert checked(signed(key), away) == "unverified"
