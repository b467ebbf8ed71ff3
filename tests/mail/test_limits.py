"""The door's limits and its TLS: whoever asks too much is told to come back, everybody else is served."""

import smtplib
import ssl
import subprocess
from itertools import count

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.mail.door_tls import Certificate, certificate
from portal.mail.limits import Peers, Rate, peer_of
from tests.mail.makers import raw_letter
from tests.mail.test_door import stored

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
STRANGERS = ["203.0.113.0/24"]


def make_certificate(place, name="mail.example"):
    """Self-signed files (certificate, key)."""
    cert, key = place / "cert.pem", place / "key.pem"
    words = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={name}"
    words += f" -addext subjectAltName=DNS:{name},DNS:localhost,IP:127.0.0.1"
    subprocess.run(["openssl", *words.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def trusting(cert) -> ssl.SSLContext:
    """Trusts this certificate alone."""
    return ssl.create_default_context(cafile=cert)


def name_seen_by(door, cert) -> str:
    """The name in the certificate that a sender sees."""
    with door.connect() as smtp:
        smtp.starttls(context=trusting(cert))
        return dict(entry[0] for entry in smtp.sock.getpeercert()["subject"])["commonName"]


def test_a_mail_comes_in_encrypted(cast, open_door, acme_address, tmp_path):
    cert, key = make_certificate(tmp_path)
    raw = raw_letter(to=acme_address).replace(b"\n", b"\r\n")
    with open_door(certificate=Certificate(cert, key)).connect() as smtp:
        smtp.ehlo()
        assert smtp.has_extn("starttls")
        smtp.starttls(context=trusting(cert))
        smtp.sendmail("katrin@client.example", [acme_address], raw)

    assert [bytes(mail.raw) for mail in stored(cast.north)] == [raw]


def test_a_renewed_certificate_is_taken_up_and_a_broken_one_is_not(open_door, tmp_path):
    door = open_door(certificate=Certificate(*make_certificate(tmp_path)))
    assert name_seen_by(door, tmp_path / "cert.pem") == "mail.example"

    cert, key = make_certificate(tmp_path, "new.example")
    assert name_seen_by(door, cert) == "new.example"

    trusted = cert.read_bytes()
    key.write_text("half wri")
    (tmp_path / "old.pem").write_bytes(trusted)
    assert name_seen_by(door, tmp_path / "old.pem") == "new.example"


def test_without_a_certificate_encryption_is_not_offered(door, settings, tmp_path):
    with door.connect() as smtp:
        smtp.ehlo()
        assert not smtp.has_extn("starttls")
    assert certificate() is None
    settings.MAIL_TLS_CERT = str(tmp_path / "nowhere")
    with pytest.raises(ImproperlyConfigured):
        certificate()
    settings.MAIL_TLS_KEY = str(tmp_path / "nowhere")
    with pytest.raises(ImproperlyConfigured):
        certificate()


def test_one_peer_has_only_so_many_connections(cast, open_door, settings):
    settings.MAIL_TRUSTED_PEERS, settings.MAIL_CONNECTIONS_PER_PEER = STRANGERS, 2
    door = open_door()
    with door.connect() as first, door.connect():
        with pytest.raises(smtplib.SMTPConnectError) as refused:
            door.connect()
        assert refused.value.smtp_code == 421
        assert first.noop()[0] == 250
    with door.connect() as again:
        assert again.noop()[0] == 250


def test_starttls_counts_as_the_same_connection(cast, open_door, settings, tmp_path):
    settings.MAIL_TRUSTED_PEERS, settings.MAIL_CONNECTIONS_PER_PEER = STRANGERS, 1
    door = open_door(certificate=Certificate(*make_certificate(tmp_path)))
    with door.connect() as smtp:
        smtp.starttls(context=trusting(tmp_path / "cert.pem"))
        smtp.ehlo()
        assert smtp.noop()[0] == 250


def test_one_peer_sends_only_so_many_mails_a_minute(cast, open_door, acme_address, settings):
    settings.MAIL_TRUSTED_PEERS, settings.MAIL_RATE_PER_MINUTE = STRANGERS, 2
    with open_door().connect() as smtp:
        smtp.sendmail("a@b.example", [acme_address], raw_letter())
        smtp.sendmail("a@b.example", [acme_address], raw_letter())
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            smtp.sendmail("a@b.example", [acme_address], raw_letter())

    assert refused.value.smtp_code == 450
    assert len(stored(cast.north)) == 2


def test_guessing_addresses_uses_up_the_same_allowance(cast, open_door, settings):
    settings.MAIL_TRUSTED_PEERS, settings.MAIL_RATE_PER_MINUTE = STRANGERS, 4
    with open_door().connect() as smtp:
        smtp.ehlo()
        smtp.mail("a@b.example")
        codes = [smtp.rcpt(f"guess-{number}@in.localhost")[0] for number in range(5)]

    assert codes == [550, 550, 550, 450, 450]


def test_who_is_trusted_is_never_slowed_down(cast, open_door, acme_address, settings):
    settings.MAIL_RATE_PER_MINUTE = settings.MAIL_CONNECTIONS_PER_PEER = 1
    door = open_door()
    with door.connect() as smtp, door.connect():
        for _mail in range(3):
            smtp.sendmail("a@b.example", [acme_address], raw_letter())

    assert len(stored(cast.north)) == 3


def test_the_allowance_comes_back_with_time():
    now = [0.0]
    rate = Rate(60, clock=lambda: now[0])
    assert [rate.allows("a") for _try in range(61)] == [True] * 60 + [False]
    now[0] = 2.0
    assert [rate.allows("a") for _try in range(3)] == [True, True, False]


def test_a_crowd_of_peers_takes_bounded_memory():
    clock = count()
    rate = Rate(60, most_peers=100, clock=lambda: float(next(clock)))
    for number in range(1000):
        rate.allows(f"peer {number}")

    assert len(rate) == 100


def test_ipv6_peers_are_counted_by_network():
    assert peer_of(("2001:db8:1:2:3::4", 25, 0, 0)) == peer_of(("2001:db8:1:2:9::9", 25, 0, 0)) == "2001:db8:1:2::/64"
    assert peer_of(("::ffff:203.0.113.7", 25, 0, 0)) == "203.0.113.7"
    assert peer_of("") == ""
    assert Peers(["127.0.0.0/8", "::1/128"]).is_trusted(peer_of(("127.0.0.1", 25)))
