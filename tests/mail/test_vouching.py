"""Who is it from, by our own check: signatures and sending servers against what the domain in From has published."""

import base64

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from portal.core.context import tenant
from portal.mail import tasks
from portal.mail.intake import Envelope, accept
from portal.mail.resolver import Away
from portal.mail.vouching import Handover, checked
from tests.mail.makers import raw_letter
from tests.mail.name_server import name_server
from tests.mail.test_processing import state

SERVER = "192.0.2.10"
REJECT = b"v=DMARC1; p=reject"
DIRECT = Handover(SERVER, "katrin@client.example", "mx.client.example")


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


def dns(key=None, **records):
    """What is published: name -> TXT."""
    domains = ("client.example", "mail.client.example", "evil.example")
    published = {f"s1._domainkey.{domain}": key[1] for domain in domains if key}
    published |= {"_dmarc.client.example": REJECT, "_dmarc.evil.example": b"v=DMARC1; p=none"} | records

    def ask(name, kind):
        found = published.get(name)
        if isinstance(found, Exception):
            raise found
        return [found] if found and kind == "TXT" else []

    return ask


def servers(allowed=f"v=spf1 ip4:{SERVER} -all", **records):
    return dns(**{"client.example": allowed.encode()} | records)


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
    def away(_name, _kind):
        raise Away

    assert checked(signed(key), away, DIRECT) == "unverified"


def test_the_server_of_the_senders_domain_is_enough():
    bounces = Handover(SERVER, "x@bounces.client.example", "mx")
    sends_bounces = {"bounces.client.example": b"v=spf1 ip4:192.0.2.0/24 -all"}

    assert checked(raw_letter(), servers(), DIRECT) == "verified"
    assert checked(raw_letter(), servers(**sends_bounces), bounces) == "verified", "relaxed alignment"
    assert checked(raw_letter(), servers(), Handover(SERVER, "", "client.example")) == "verified", (
        "a mail without sender"
    )


@pytest.mark.parametrize(
    ("policy", "found"),
    [(b"v=DMARC1; p=reject", "failed"), (b"v=DMARC1; p=quarantine", "failed"), (b"v=DMARC1; p=none", "unverified")],
)
def test_a_mail_from_elsewhere_is_called_forged_where_the_domain_wants_that(policy, found):
    elsewhere = Handover("198.51.100.7", "katrin@client.example", "mx.evil.example")

    assert checked(raw_letter(), servers(**{"_dmarc.client.example": policy}), elsewhere) == found


def test_what_a_stranger_sends_for_himself_does_not_vouch_for_another():
    """SPF passes for the stranger each time."""
    may = dict.fromkeys(("evil.example", "client.example-evil.org", "client-evil.example"), b"v=spf1 +all")
    senders = {name: f"x@{name}" for name in may}

    found = {checked(raw_letter(), servers(**may), Handover(SERVER, sender, "mx")) for sender in senders.values()}
    strict = {"_dmarc.client.example": REJECT + b"; aspf=s", "mail.client.example": b"v=spf1 +all"}

    assert found == {"failed"}
    assert checked(raw_letter(), servers(**strict), Handover(SERVER, "x@mail.client.example", "mx")) == "failed"


def test_nothing_is_called_forged_without_knowing(key):
    """Through our own relay the server says nothing; while a name server is away nobody knows."""
    away = {"client.example": Away()}
    broken_key = {"s1._domainkey.client.example": Away()}

    assert checked(raw_letter(), servers()) == "unverified"
    assert checked(raw_letter(), dns(**away), DIRECT) == "unverified"
    elsewhere = Handover("198.51.100.7", "katrin@client.example", "mx")
    assert checked(signed(key), servers(**broken_key), elsewhere) == "unverified"
    assert checked(raw_letter(), servers(**{"_dmarc.client.example": None}), elsewhere) == "unverified"


def test_endless_records_are_given_up():
    asked = []

    def ask(name, kind):
        asked.append(name)
        if name == "_dmarc.client.example":
            return [REJECT]
        return (
            [b"v=spf1 include:a.%{d} include:b.%{d} mx:%{d} -all"]
            if kind == "TXT"
            else [(1, f"{n}.x") for n in range(9)]
        )

    assert checked(raw_letter(), ask, DIRECT) == "failed"
    assert len(asked) < 150


PUBLISHED = {
    ("_dmarc.client.example", "TXT"): ['"v=DMARC1; p=reject"'],
    ("client.example", "TXT"): ['"google-site-verification=x"', '"v=spf1 a:out.client.example mx " "-all"'],
    ("out.client.example", "A"): ["192.0.2.77"],
    ("client.example", "MX"): ["10 mx.client.example."],
    ("mx.client.example", "A"): [SERVER],
}


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_from_the_door_over_the_dns_to_the_verdict(cast, acme_address, settings):
    """Through the bounded process and a real name server: the client's own server, another one, our relay, and a silent DNS."""
    settings.MAIL_CHECK_SENDERS = True
    told = {"own": SERVER, "another": "198.51.100.7", "relay": "127.0.0.1"}

    def verdict(peer, subject):
        raw = raw_letter(to=acme_address, Subject=subject)
        routes = {acme_address: cast.north.pk}
        with tenant(cast.north.pk):
            (pk,) = accept(raw, Envelope("katrin@client.example", routes, peer, "mx.client.example"))
        tasks.process(cast.north.pk, pk)
        return state(cast, pk).verdict

    with name_server(PUBLISHED) as server:
        settings.MAIL_NAME_SERVERS = [server.address]
        found = {who: verdict(peer, who) for who, peer in told.items()}
        assert ("mx.client.example", "A") in server.asked
    with name_server(PUBLISHED, silent=["client.example"]) as server:
        settings.MAIL_NAME_SERVERS = [server.address]
        silent = verdict("198.51.100.7", "silent")

    assert found == {"own": "verified", "another": "failed", "relay": "unverified"}
    assert silent == "unverified"
