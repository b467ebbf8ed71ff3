"""Our own check against the cases of those who write such checks: SPF records of the standard, signatures of real senders."""

import ipaddress
import os
from collections import defaultdict
from pathlib import Path

import dkim
import pytest
from django.conf import settings

from portal.mail.resolver import Away
from portal.mail.vouching import Handover, checked, spf_of

CORPORA = Path(os.environ.get("GLASSHOUSE_CORPORA") or settings.BASE_DIR.parent / "shared" / "corpora")
SPF = CORPORA / "mailauth-stalwart" / "resources" / "spf"
DKIM = CORPORA / "mailauth-stalwart" / "resources" / "dkim"
KEYS = CORPORA / "mailauth-dkimpy"
pytestmark = pytest.mark.skipif(not SPF.exists(), reason="the corpora are kept apart")
POLICY = b"v=DMARC1; p=reject"
STRICTER = {
    "test.org 10.0.0.1": "there is no mechanism ip: (RFC 7208, 4.6)",
    "ok.test.org 172.168.0.1": "ten names without an answer, two are allowed (4.6.4)",
    "mx.test.org 10.0.0.8": "eleven MX records, ten are allowed (4.6.4)",
    "ptr.test.org 10.0.0.11": "nine names without an answer (4.6.4)",
    "ip6.test.org 167.1.2.3": "exists asks for A alone (5.7)",
}
"""Where these cases are more generous than the standard; ours ends in permerror or fail there, so it vouches for nobody."""


def zone(records):
    """`ask` for the lines of one case: "spf: name text", "a: name address, address", "ptr: address name"."""
    known = defaultdict(list)
    for kind, line in records:
        name, _blank, rest = line.strip().partition(" ")
        values = [value.strip().rstrip(".") for value in rest.split(",")]
        if kind in ("spf", "exp"):
            known[name.lower(), "TXT"] = [rest.strip().encode()]
        elif kind == "mx":
            known[name.lower(), "MX"] = [(10, f"{value.replace(':', '-')}.addr.test") for value in values]
            for value in values:
                known[f"{value.replace(':', '-')}.addr.test", "A"] = [value]
        elif kind == "ptr":
            known[ipaddress.ip_address(name).reverse_pointer, "PTR"] = values
        else:
            known[name.lower(), kind.upper()] = values

    def ask(name, kind):
        if name.startswith("_dns_error"):
            raise Away
        return known[name, kind]

    return ask


def cases():
    """(file, records, sender, helo, address, result): a later word of a case changes what was said before."""
    for path in sorted(SPF.glob("*.yml")):
        for block in path.read_text().split("\n---"):
            records, told = [], {}
            for line in block.splitlines():
                kind, colon, value = line.strip().removeprefix("- ").partition(":")
                value = value.strip()
                if kind in ("spf", "a", "aaaa", "mx", "ptr", "exp") and colon:
                    records.append((kind, value))
                elif kind in ("domain", "sender", "ip"):
                    told[kind] = value
                elif kind == "expect":
                    yield path.name, list(records), told["sender"], told["domain"], told["ip"], value.split()[0]


def test_spf_is_as_the_standard_has_it():
    found, wrong = 0, []
    for name, records, sender, domain, address, wanted in cases():
        if sender.partition("@")[2] not in ("", domain) and name == "basic.yml":
            continue  # about the name in HELO alone, which is only asked where there is no sender
        found += 1
        result = spf_of(Handover(address, sender, domain), zone(records))
        is_stricter = f"{domain} {address}" in STRICTER and result in ("permerror", "fail")
        if result != wanted and not is_stricter:
            wrong.append((name, sender, domain, address, result, wanted))

    assert found > 60
    assert not wrong, "\n".join(map(str, wrong))


def published(key, domain):
    def ask(name, kind):
        record = key if "_domainkey" in name else POLICY if name == f"_dmarc.{domain}" else None
        return [record] if record and kind == "TXT" else []

    return ask


def test_signatures_of_real_senders():
    """One that has run out in the meantime vouches for nobody."""
    verdicts = {}
    for path in sorted(DKIM.glob("*.txt")):
        head, _blank, raw = path.read_bytes().partition(b"\n\n")
        name, _blank, key = head.partition(b" ")
        domain = name.decode().partition("._domainkey.")[2]
        verdicts[domain] = checked(raw, published(key.strip(), domain))
        assert checked(raw.replace(b"Subject: ", b"Subject: Re: "), published(key.strip(), domain)) == "unverified"

    assert verdicts == {"github.com": "verified", "topicbox.com": "unverified"}


def test_keys_as_they_are_published():
    raw, key = (KEYS / "test_extra.message").read_bytes(), (KEYS / "2048_testkey.key").read_bytes()
    signed = dkim.sign(raw, b"test", b"example.com", key, include_headers=[b"from", b"subject"]) + raw
    public = (KEYS / "2048_testkey_wo_markers.pub.txt").read_bytes()
    others = ("test.txt", "test_bad.txt", "badk.txt", "badversion.txt", "ed25519test.dns")

    assert checked(signed, published(public, "example.com")) == "verified"
    for name in others:
        assert checked(signed, published((KEYS / name).read_bytes(), "example.com")) == "unverified", name
