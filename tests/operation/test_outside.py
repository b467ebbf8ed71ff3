"""What the doctor sees from outside: certificates as browsers judge them, and an end to the looking."""

import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.operation import outside
from portal.tenancy.models import Agency


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    """This machine trusts the certificate that `serving_tls` makes."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))


@pytest.mark.parametrize("days", [90, 6, -3])
def test_days_left_of_a_certificate_are_read_from_the_host(tmp_path, trusted, days):
    with serving_tls(tmp_path, days) as port:
        assert outside.days_left("localhost", port) in (days, days - 1)


def test_a_certificate_of_another_name_or_of_nobody_is_none(tmp_path, trusted, monkeypatch):
    """The one that a proxy shows when it has none for this name lasts for years; browsers refuse it all the same."""
    with serving_tls(tmp_path, 300, "proxy.example") as port, pytest.raises(OSError, match="mismatch"):
        outside.days_left("localhost", port)
    monkeypatch.delenv("SSL_CERT_FILE")
    with serving_tls(tmp_path, 300) as port, pytest.raises(OSError, match="self-signed"):
        outside.days_left("localhost", port)


def test_the_installations_own_sender_is_looked_at_too(cast, settings):
    """Codes for signing in come from it, and all mails of agencies that have named no address of their own."""
    settings.DKIM_SELECTORS, settings.DEFAULT_FROM_EMAIL = ["gh1"], "Portal <portal@portal.example>"
    (finding,) = outside.sender_domains(lambda name: [])
    assert (finding.name, finding.state) == ("Sender domain of this installation", "broken")
    assert finding.text == "portal.example lacks SPF, DKIM, DMARC"

    settings.DEFAULT_FROM_EMAIL = "Glasshouse <no-reply@in.localhost>"
    assert list(outside.sender_domains(lambda name: [])) == [], "nobody asks DNS about a machine to try things out"


def test_the_installations_own_certificate_is_looked_at_too(monkeypatch, settings):
    monkeypatch.setattr(outside, "days_left", lambda host, port: 40)
    settings.BASE_URL = "https://portal.example"
    assert [finding.name for finding in outside.certificates()] == ["Certificate of portal.example"]

    settings.BASE_URL = "http://localhost:8000"
    assert list(outside.certificates()) == []


def test_a_mail_domain_without_a_mail_server_is_broken(cast, settings):
    """Whoever writes to a client's address would get his mail back."""
    settings.MAIL_DOMAIN = "in.portal.example"
    Agency.objects.using("maint").filter(pk=cast.north.pk).update(mail_domain="Post.north.example")

    lost, known = outside.mail_domains(lambda name: ["mx.relay.example"] if name == "post.north.example" else [])

    assert (lost.name, lost.state) == ("Mail domain in.portal.example", "broken")
    assert (known.name, known.state, known.text) == (
        "Mail domain post.north.example",
        "fine",
        "mails go to mx.relay.example",
    )


def test_many_silent_hosts_and_name_servers_cost_a_bounded_time_and_who_was_left_out_is_said(cast, monkeypatch):
    answers = threading.Event()
    Agency.objects.using("maint").update(host="silent.example", sender_address="office@north.example")
    monkeypatch.setattr(outside, "MOST_SECONDS", 0.1)
    monkeypatch.setattr(outside, "days_left", lambda host, port: answers.wait(20) and 1)

    (host,) = outside.certificates()
    domains = list(outside.sender_domains(lambda name: answers.wait(20) and []))

    answers.set()
    assert [(row.state, row.text) for row in (host, *domains)] == [
        ("soon", "1 of 1 did not answer in time and were not examined"),
        ("soon", "2 of 2 did not answer in time and were not examined"),
    ]


class serving_tls:
    """A TLS server for a few connections whose certificate for this name ends in so many days."""

    def __init__(self, folder, days: int, name: str = "localhost"):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(_certificate(folder / "cert.pem", days, name))

    def __enter__(self) -> int:
        self.server = socket.create_server(("localhost", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return self.server.getsockname()[1]

    def __exit__(self, *exc):
        self.server.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _address = self.server.accept()
                with suppress(ssl.SSLError), self.context.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(1)


def _certificate(path, days: int, host: str):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    end = datetime.now(UTC) + timedelta(days=days, hours=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(end - timedelta(days=365)).not_valid_after(end)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    own_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = builder.add_extension(own_id, critical=False).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, form, plain)
    )
    return path
