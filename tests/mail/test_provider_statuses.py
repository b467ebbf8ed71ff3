"""Mail that leaves by a provider's interface instead of SMTP, and what the provider says came back."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.mail import get_connection
from django.test import Client as Browser

from portal.mail import bounces, tasks
from portal.mail.sending import queue
from tests.mail.test_bounces import outgoing
from tests.mail.test_webhooks import post as post_inbound

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
SECRET = "hooks:a-long-secret"
INVITATION = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


class Provider(HTTPServer):
    """Postmark's interface for sending, as far as it matters here."""

    def __init__(self, answer):
        self.taken, self.answer = [], answer
        super().__init__(("127.0.0.1", 0), Taking)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Taking(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status, told = self.server.answer
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@pytest.fixture
def postmark(settings, monkeypatch):
    """Starts the provider; from then on mail leaves by it. The rest of ANYMAIL is as the settings have it."""
    started = []

    def start(status, **told):
        provider = Provider((status, told))
        started.append(provider)
        address = f"http://127.0.0.1:{provider.server_port}/"
        settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_SERVER_TOKEN": "t", "POSTMARK_API_URL": address}
        way = get_connection("anymail.backends.postmark.EmailBackend")
        monkeypatch.setattr("django.core.mail.message.EmailMessage.get_connection", lambda *_a, **_k: way)
        return provider

    yield start
    for provider in started:
        provider.shutdown()
        provider.server_close()


def test_a_mail_leaves_by_a_provider_that_takes_no_envelope_sender_of_ours(cast, postmark):
    provider = postmark(200, ErrorCode=0, Message="OK", To="a@b.example", MessageID="0a1b")
    mail = queue(
        cast.north, "a@b.example", "Meeting", "Come", "<p>Come</p>", calendar=INVITATION, reply_to="r@n.example"
    )
    tasks.deliver(cast.north.pk, mail.pk)

    assert outgoing(cast, mail).sent_at, outgoing(cast, mail).last_error
    (told,) = provider.taken
    headers = {header["Name"]: header["Value"] for header in told["Headers"]}
    assert (told["From"], told["To"], told["ReplyTo"]) == (mail.sender, "a@b.example", "r@n.example")
    assert (headers["Message-ID"], headers["X-PM-KeepID"]) == (mail.message_id, "true")
    assert [file["Name"] for file in told["Attachments"]] == ["invitation.ics"]
    assert told["Metadata"] == {bounces.METADATA: mail.message_id}


def test_a_provider_that_refuses_every_recipient_refuses_for_good(cast, postmark):
    provider = postmark(422, ErrorCode=300, Message="Invalid 'To' address: 'a@b.example'.")
    mail = queue(cast.north, "a@b.example", "Subject", "Text")
    tasks.deliver(cast.north.pk, mail.pk)

    assert outgoing(cast, mail).failed_at
    assert len(provider.taken) == 1


@pytest.fixture
def told(monkeypatch):
    """What the apps were told."""
    calls = []
    monkeypatch.setattr(
        bounces, "_handlers", [lambda mail, failure: calls.append((mail.pk, failure.kind, failure.text))]
    )
    return calls


@pytest.fixture
def sent(cast, settings):
    """A mail of ours that has left."""
    settings.MAIL_WEBHOOK_SECRETS, settings.ANYMAIL = [SECRET], {"WEBHOOK_SECRET": [SECRET]}
    mail = queue(cast.north, "gone@client.example", "Protocol", "Dear Gone")
    tasks.deliver(cast.north.pk, mail.pk)
    return mail


def status(provider, event, secret=SECRET) -> int:
    return post_inbound(provider, event, secret=secret, name="mail_status_webhook")


def of_postmark(sent_as, record="Bounce", kind="HardBounce", said="smtp;550 5.1.1 No such user"):
    event = {"RecordType": record, "Type": kind, "ID": 42, "MessageID": "0a1b", "Email": "gone@client.example"}
    return event | {"Details": said, "Metadata": {"sent_as": sent_as}}


def of_sendgrid(sent_as, kind="bounce"):
    return [{"event": kind, "email": "gone@client.example", "reason": "452 4.2.2 full", "sent_as": sent_as}]


def test_what_a_provider_says_came_back_is_told_to_the_mail_once(cast, sent, told):
    for _again in range(2):
        assert status("postmark", of_postmark(sent.message_id)) == 200

    assert told == [(sent.pk, "hard", "smtp;550 5.1.1 No such user")]
    after = outgoing(cast, sent)
    assert (after.bounce_kind, bool(after.bounced_at)) == ("hard", True)


def test_for_now_for_good_and_as_unwanted(cast, sent, told):
    assert status("sendgrid", of_sendgrid(sent.message_id)) == 200
    complaint = of_postmark(sent.message_id, "SpamComplaint", "SpamComplaint", "")
    assert status("postmark", complaint) == 200

    assert [(kind, text) for _mail, kind, text in told] == [
        ("soft", "452 4.2.2 full"),
        ("hard", "The recipient reported this mail as unwanted."),
    ]


def test_other_news_and_other_peoples_mails_change_nothing(cast, sent, told):
    delivered = of_postmark(sent.message_id, "Delivery") | {"DeliveredAt": "2026-11-19T09:12:00Z"}
    for event in (
        delivered,
        of_postmark(sent.message_id, kind="Transient"),
        of_postmark("<not@ours>"),
        of_postmark("\x00"),
        of_postmark(sent.message_id) | {"Metadata": {}},
    ):
        assert status("postmark", event) == 200

    assert told == []
    assert not outgoing(cast, sent).bounced_at


def test_nobody_marks_a_mail_without_the_secret(cast, sent, told):
    assert status("postmark", of_postmark(sent.message_id), secret="hooks:wrong") == 401
    assert status("postal", {}) == 404, "it keeps no word of ours with a mail"
    assert Browser().get("/webhooks/mail-status/postmark/").status_code == 405
    assert told == []
