"""The password of a mailbox: changed in place, and repeated nowhere, even where the server repeats it."""

import base64
import socketserver
import ssl
import threading

import pytest
from django.db import transaction

from portal.core.context import tenant
from portal.mail import imap, imap_server
from portal.mail.models import ImapMailbox
from tests.browse import browse_as, url
from tests.mail.test_limits import make_certificate
from tests.people.test_mailboxes import FORM, audited, mailboxes

PASSWORD = 'open "sesame" ü'


class Echo(socketserver.StreamRequestHandler):
    """An IMAP server that refuses everybody and says back what it heard, plain and encoded."""

    def handle(self):
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline():
            tag, _blank, rest = line.strip().partition(b" ")
            if rest.upper().startswith(b"CAPABILITY"):
                self.wfile.write(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + tag + b" OK done\r\n")
            elif rest.upper().startswith(b"AUTHENTICATE"):
                self.wfile.write(b"+ \r\n")
                token = self.rfile.readline().strip()
                said = base64.b64decode(token).replace(b"\0", b" ")
                self.wfile.write(tag + b" NO refused: " + token + b" that is " + said + b"\r\n")
            else:
                self.wfile.write(tag + b" NO refused: " + rest + b"\r\n")


class EchoServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def get_request(self):
        wire, address = super().get_request()
        return self.tls.wrap_socket(wire, server_side=True), address


@pytest.fixture
def echo(tmp_path, settings, monkeypatch):
    """Its port."""
    cert, key = make_certificate(tmp_path, "localhost")
    settings.IMAP_PRIVATE_HOSTS = True
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    with EchoServer(("127.0.0.1", 0), Echo) as server:
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.tls.load_cert_chain(cert, key)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def box(olaf, north):
    browse_as(olaf).post(url("people:mailboxes", north), FORM)
    return mailboxes(north)[0]


def at(north, box, port, password):
    with tenant(north.pk), transaction.atomic():
        box.host, box.port, box.user = "localhost", port, "portal"
        box.set_password(password)
        box.save()


def test_it_is_changed_in_place(olaf, north, box):
    with tenant(north.pk), transaction.atomic():
        ImapMailbox.objects.update(error="login", failed_at=box.created_at, last_uid=7)

    answer = browse_as(olaf).post(url("people:mailbox_password", north, box.pk), {"password": PASSWORD}, follow=True)

    (changed,) = mailboxes(north)
    assert (changed.opened_password, changed.error, changed.failed_at, changed.last_uid) == (PASSWORD, "", None, 7)
    assert "Password saved" in answer.content.decode()
    assert "sesame" not in answer.content.decode()
    assert "mailbox.password_changed" in {kind for kind, *_rest in audited(north)}
    assert "sesame" not in str(audited(north))


@pytest.mark.parametrize("wrong", ["", "a\nb", "x" * 501])
def test_what_is_no_password_changes_nothing(olaf, north, box, wrong):
    answer = browse_as(olaf).post(url("people:mailbox_password", north, box.pk), {"password": wrong}, follow=True)

    assert mailboxes(north)[0].password == box.password
    assert 'data-tone="bad"' in answer.content.decode() or "alert" in answer.content.decode()


def test_others_change_nothing(north, box, nora, anna, saul):
    for member in (nora, anna, saul):
        answer = browse_as(member).post(url("people:mailbox_password", north, box.pk), {"password": PASSWORD})
        assert answer.status_code == 404
    assert mailboxes(north)[0].password == box.password


@pytest.mark.parametrize("password", [PASSWORD, "open-sesame-1"], ids=["authenticate", "login"])
def test_a_server_that_repeats_it_does_not_get_it_into_the_log_or_the_page(olaf, north, box, echo, caplog, password):
    at(north, box, echo, password)

    answer = browse_as(olaf).post(url("people:test_mailbox", north, box.pk), follow=True)

    told = "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "refused" in told
    assert "***" in told
    for page in (told, answer.content.decode()):
        assert "sesame" not in page
        assert base64.b64encode(f"\0portal\0{password}".encode()).decode()[:-2] not in page
    assert "does not accept this user and password" in answer.content.decode()


def test_without_the_mask_it_would_be_in_the_log(olaf, north, box, echo, caplog, monkeypatch):
    monkeypatch.setattr(imap, "words_of", lambda error, mailbox: str(error))
    at(north, box, echo, "open-sesame-1")
    browse_as(olaf).post(url("people:test_mailbox", north, box.pk))

    assert "sesame" in "".join(str(record.__dict__) for record in caplog.records)


def test_the_mask_knows_every_spelling(north):
    box = ImapMailbox(agency=north, user="portal")
    box.set_password(PASSWORD)
    pair = base64.b64encode(f"\0portal\0{PASSWORD}".encode()).decode()
    for said in (PASSWORD, PASSWORD.encode(), PASSWORD.replace('"', '\\"'), pair.encode(), [PASSWORD.encode()]):
        assert "sesame" not in imap_server.words_of(ValueError("NO", said), box)
        assert pair[:20] not in imap_server.words_of(ValueError("NO", said), box)
