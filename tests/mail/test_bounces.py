"""Mails that come back go to the mail that went out, never to a ticket or the tab; programs' answers are known as such."""

import pytest
from django.core import mail as django_mail
from django.db import transaction

from portal.core.context import tenant
from portal.mail import bounces, intake, tasks
from portal.mail.models import OutgoingMail, Reason
from portal.mail.parsing import parse
from portal.mail.sending import queue
from tests.mail.makers import raw_letter
from tests.mail.test_processing import arrive, handed, state

__all__ = ["arrive", "handed"]


def report(
    message_id="<x@y>", action="failed", status="5.1.1", said="smtp; 550 5.1.1 No such user", own="Not delivered."
) -> bytes:
    """A report of delivery as Postfix writes it."""
    return f"""From: MAILER-DAEMON@mx.client.example
To: reply@in.localhost
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{own}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.client.example

Final-Recipient: rfc822; gone@client.example
Action: {action}
Status: {status}
Diagnostic-Code: {said}

--b
Content-Type: message/rfc822

From: hello@north.example
Subject: Protocol
Message-ID: {message_id}

Dear Gone
--b--
""".replace("\n", "\r\n").encode()


@pytest.fixture
def told(monkeypatch):
    """What the apps were told."""
    calls = []
    monkeypatch.setattr(bounces, "_handlers", [lambda mail, failure: calls.append((mail.pk, failure.kind))])
    return calls


@pytest.fixture
def sent(cast):
    """A mail of ours that has left, and the address it comes back to."""
    mail = queue(cast.north, "gone@client.example", "Protocol", "Dear Gone")
    tasks.deliver(cast.north.pk, mail.pk)
    return mail, django_mail.outbox[-1].from_email


def returned(cast, raw, to, sender="") -> int:
    (pk,) = intake.accept(raw, intake.Envelope(sender, {to: cast.north.pk}))
    tasks.process(cast.north.pk, pk)
    return pk


def outgoing(cast, mail) -> OutgoingMail:
    with tenant(cast.north.pk), transaction.atomic():
        return OutgoingMail.objects.get(pk=mail.pk)


def test_a_bounce_is_told_to_the_mail_by_its_own_return_address(cast, sent, told, handed):
    mail, address = sent
    for _delivery in range(2):
        pk = returned(cast, report(), address)

    after = outgoing(cast, mail)
    assert (after.bounce_kind, after.bounce_text) == ("hard", "550 5.1.1 No such user")
    assert after.bounced_at
    assert told == [(mail.pk, "hard")], "once, however often it is told"
    assert handed == []
    assert state(cast, pk).processed_at


def test_a_bounce_to_the_clients_address_finds_the_mail_by_its_message_id(cast, sent, told, handed, acme_address):
    mail, _address = sent
    returned(cast, report(mail.message_id), acme_address)

    assert told == [(mail.pk, "hard")]
    assert handed == [], "it is no mail of the tab"


def test_for_now_and_later_for_good(cast, sent, told, handed):
    mail, address = sent
    returned(cast, report(action="delayed", status="4.4.1", said="smtp; 451 4.4.1 busy"), address)
    assert outgoing(cast, mail).bounce_kind == "soft"
    returned(cast, report(), address)

    assert told == [(mail.pk, "soft"), (mail.pk, "hard")]


def test_a_bounce_of_somebody_elses_mail_is_a_mail(cast, told, handed, acme_address):
    returned(cast, report("<not@ours>"), acme_address)

    ((_inbound, mail, _to),) = handed
    assert (mail.kind, mail.failure.recipients) == ("bounce", ["gone@client.example"])
    assert told == []


def test_another_agencys_bounce_marks_nothing(cast, sent, told, handed):
    mail, address = sent
    (pk,) = intake.accept(report(mail.message_id), intake.Envelope("", {address: cast.south.pk}))
    tasks.process(cast.south.pk, pk)

    assert told == []
    assert not outgoing(cast, mail).bounced_at


def test_a_person_who_writes_to_a_return_address_is_not_thrown_away(cast, sent, told, handed):
    _mail, address = sent

    assert state(cast, returned(cast, raw_letter(), address, "katrin@client.example")).reason == Reason.NO_CLIENT
    assert state(cast, returned(cast, raw_letter(Auto_Submitted="auto-replied"), address)).processed_at


@pytest.mark.parametrize(
    ("raw", "kind", "text"),
    [
        (report(), "hard", "550 5.1.1 No such user"),
        (report(status="5.2.2", said="smtp; 552 5.2.2 full"), "soft", "552 5.2.2 full"),
        (report(status="4.4.7", said="x"), "soft", "x"),
        (
            raw_letter(
                From="MAILER-DAEMON@x.example",
                Subject="failure notice",
                text="Hi. I'm afraid\n<a@b.example>:\n550 no such user\n",
            ),
            "hard",
            "550 no such user",
        ),
        (
            raw_letter(
                From="Postmaster@x.example", Subject="Unzustellbar: Protokoll", text="Die Nachricht kam nicht an.\n"
            ),
            "hard",
            "",
        ),
        (
            raw_letter(
                From="mailer-daemon@x.example", Subject="Warning: message delayed 24 hours", text="We try on.\n"
            ),
            "soft",
            "",
        ),
    ],
)
def test_what_a_bounce_tells(raw, kind, text):
    failure = parse(raw).failure

    assert (failure.kind, failure.text) == (kind, text)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (raw_letter(), "mail"),
        (raw_letter(Subject="Returned mail: my parcel", text="The parcel could not be delivered.\n"), "mail"),
        (raw_letter(Subject="Fwd: Undelivered Mail Returned to Sender", text="See below: 550 5.1.1 unknown\n"), "mail"),
        (
            raw_letter(From="postmaster@client.example", Subject="Your certificate", text="It runs out on Friday.\n"),
            "mail",
        ),
        (report(action="relayed", status="2.0.0"), "automatic"),
        (raw_letter(Subject="Abwesenheitsnotiz: Protokoll"), "automatic"),
        (raw_letter(Auto_Submitted="auto-generated"), "automatic"),
        (raw_letter(List_Id="<news.client.example>", Precedence="list"), "mail"),
    ],
)
def test_what_is_no_bounce(raw, kind):
    assert parse(raw).kind == kind
