"""Mail that goes out: queued with its cause, sent after commit, tried again, never twice under another Message-ID."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.core.health import queues
from portal.files.actions import store_bytes
from portal.files.models import File
from portal.mail import delivery, replies, tasks
from portal.mail.addresses import split
from portal.mail.models import OutgoingMail
from portal.mail.sending import queue
from portal.tenancy.scope import acting_as


def state(agency) -> OutgoingMail:
    with tenant(agency.pk), transaction.atomic():
        return OutgoingMail.objects.get()


def due_again(agency):
    with tenant(agency.pk), transaction.atomic():
        OutgoingMail.objects.update(next_try_at=timezone.now())


def test_a_mail_leaves_once_from_the_agencys_address(cast):
    cast.north.sender_name, cast.north.sender_address = "North & Söhne", "hello@north.example"
    waiting = queue(
        cast.north, "anna@anna.example", "Hello\nBcc: x@y", "Text", "<p>Text</p>", reply_to="r@north.example"
    )

    for _again in range(2):
        tasks.deliver(cast.north.pk, waiting.pk)

    (sent,) = django_mail.outbox
    headers = sent.message()
    assert headers["From"] == "=?utf-8?q?North_=26_S=C3=B6hne?= <hello@north.example>"
    assert replies.question_at(*split(sent.from_email)).subject_id == waiting.pk, "what comes back is about this mail"
    assert (sent.to, sent.reply_to, sent.subject) == (["anna@anna.example"], ["r@north.example"], "Hello Bcc: x@y")
    assert headers["Message-ID"] == waiting.message_id
    assert [part.get_content_type() for part in headers.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert state(cast.north).sent_at


def test_without_an_address_of_its_own_the_installations_is_used(cast, settings):
    settings.DEFAULT_FROM_EMAIL = "Glasshouse <no-reply@portal.example>"

    assert queue(cast.north, "a@b.example", "Subject", "Text").sender == "North <no-reply@portal.example>"


def test_a_contact_may_cause_a_mail_without_seeing_the_queue(cast, anna):
    with acting_as(anna), transaction.atomic():
        queue(cast.north, "bob@acme.example", "You are invited", "Text")
        assert not OutgoingMail.objects.exists()

    assert state(cast.north).to == ["bob@acme.example"]


@pytest.mark.parametrize("name", ["From", "bcc:", "X\nBcc", "message-id", ""])
def test_headers_that_are_ours_or_none_are_refused(cast, name):
    with pytest.raises(ValueError, match="not a header"):
        queue(cast.north, "a@b.example", "Subject", "Text", headers={name: "x"})


class Refusing:
    """A connection that answers as told."""

    def __init__(self, error):
        self.error = error

    def send_messages(self, _messages):
        raise self.error


@pytest.fixture
def relay_says(monkeypatch):
    def say(error):
        monkeypatch.setattr("django.core.mail.message.EmailMessage.get_connection", lambda *_a, **_k: Refusing(error))

    return say


def test_while_the_relay_is_away_the_pauses_grow_and_the_id_stays(cast, relay_says, monkeypatch):
    waiting, pauses = queue(cast.north, "a@b.example", "Subject", "Text"), []
    with monkeypatch.context():
        relay_says(ConnectionRefusedError(111, "refused"))
        for _try in range(8):
            before = timezone.now()
            tasks.deliver(cast.north.pk, waiting.pk)
            pauses.append(round((state(cast.north).next_try_at - before).total_seconds()))
            due_again(cast.north)
    monkeypatch.undo()

    tasks.deliver(cast.north.pk, waiting.pk)

    assert pauses == [30, 60, 120, 240, 480, 600, 600, 600]
    assert [sent.message()["Message-ID"] for sent in django_mail.outbox] == [waiting.message_id]
    assert (state(cast.north).last_error, state(cast.north).failed_at) == ("", None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"5.1.1 No such user")}), "550 5.1.1 No such user"),
        (smtplib.SMTPDataError(554, b"5.7.1 Spam"), "554 5.7.1 Spam"),
        (TimeoutError("slow"), "TimeoutError: slow"),
    ],
)
def test_the_reason_is_what_the_other_side_said(cast, relay_says, error, words):
    waiting = queue(cast.north, "a@b.example", "Subject", "Text")
    relay_says(error)

    tasks.deliver(cast.north.pk, waiting.pk)

    assert state(cast.north).last_error == words


@pytest.mark.parametrize(
    ("error", "is_final"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"unknown")}), True),
        (smtplib.SMTPRecipientsRefused({"a@b": (450, b"later")}), False),
        (smtplib.SMTPDataError(554, b"spam"), True),
        (smtplib.SMTPDataError(451, b"later"), False),
        (smtplib.SMTPAuthenticationError(535, b"our own mistake"), False),
        (TimeoutError("slow"), False),
    ],
)
def test_only_a_no_for_good_is_final(cast, relay_says, error, is_final):
    waiting = queue(cast.north, "a@b.example", "Subject", "Text")
    relay_says(error)

    tasks.deliver(cast.north.pk, waiting.pk)

    assert bool(state(cast.north).failed_at) is is_final
    assert state(cast.north).last_error


def test_after_three_days_it_is_given_up(cast, relay_says):
    waiting = queue(cast.north, "a@b.example", "Subject", "Text")
    with tenant(cast.north.pk), transaction.atomic():
        OutgoingMail.objects.update(created_at=timezone.now() - delivery.GIVE_UP_AFTER - timedelta(minutes=1))
    relay_says(TimeoutError("slow"))

    tasks.deliver(cast.north.pk, waiting.pk)

    assert state(cast.north).failed_at


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_the_sweeper_finds_what_is_due(cast, monkeypatch):
    resent = []
    monkeypatch.setattr(tasks.deliver, "delay", lambda *ids: resent.append(ids))
    due, pausing = (queue(cast.north, "a@b.example", "Subject", "Text") for _two in range(2))
    with tenant(cast.north.pk), transaction.atomic():
        OutgoingMail.objects.filter(pk=pausing.pk).update(next_try_at=timezone.now() + timedelta(minutes=5))

    tasks.sweep_outgoing()

    assert resent == [(cast.north.pk, due.pk)]
    assert queues["outgoing mail"]() == due.next_try_at


@pytest.fixture
def stored(cast):
    """A file of Acme with its content in the storage."""

    def store(name="terms.pdf", content=b"%PDF-1.4 terms", agency=cast.north, client=cast.acme):
        with tenant(agency.pk):
            return store_bytes(name, content, client=client, area="mails", lenient=True)

    return store


def test_copies_files_and_the_thread_go_along(cast, stored):
    thread = {"In-Reply-To": "<a@b.example>", "References": "<0@b.example> <a@b.example>"}
    files = [stored(), stored("Plan ü.txt", b"plan")]
    waiting = queue(
        cast.north, "a@b.example", "Re: Terms", "Text", headers=thread, cc=["c@b.example"], files=iter(files)
    )

    tasks.deliver(cast.north.pk, waiting.pk)

    (sent,) = django_mail.outbox
    message = sent.message()
    assert (sent.cc, message["Cc"]) == (["c@b.example"], "c@b.example")
    assert {name: message[name] for name in thread} == thread
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in message.walk() if part.get_filename()] == [
        ("terms.pdf", b"%PDF-1.4 terms"),
        ("Plan ü.txt", b"plan"),
    ]


def test_what_may_not_leave_is_refused_before_it_is_queued(cast, stored):
    program = stored("run.exe", b"MZ\x90\x00")
    foreign = stored("their.txt", b"x", cast.south, cast.cosmo)

    assert program.is_blocked
    for file in (program, foreign):
        with pytest.raises(ValueError, match="not a file to send"):
            queue(cast.north, "a@b.example", "Subject", "Text", files=[file])


@pytest.mark.parametrize(("verdict", "is_final"), [("infected", True), ("unknown", False), (None, True)])
def test_a_file_that_may_not_leave_any_more_stops_the_mail(cast, stored, verdict, is_final):
    file = stored()
    waiting = queue(cast.north, "a@b.example", "Subject", "Text", files=[file])
    with tenant(cast.north.pk), transaction.atomic():
        rows = File.objects.filter(pk=file.pk)
        rows.update(scan_verdict=verdict) if verdict else rows.delete()

    tasks.deliver(cast.north.pk, waiting.pk)

    assert django_mail.outbox == []
    assert bool(state(cast.north).failed_at) is is_final
    assert "attachment" in state(cast.north).last_error


def test_a_program_that_came_by_mail_is_kept_from_contacts_alone(cast, stored):
    program = stored("run.exe", b"MZ\x90\x00")

    assert program.hindrance_for(cast.anna)
    assert program.hindrance_for(cast.vera)
    assert not program.hindrance_for(cast.nora)


def test_where_the_relay_only_takes_its_own_sender(cast, settings):
    settings.MAIL_RETURN_PATH = False
    waiting = queue(cast.north, "a@b.example", "Subject", "Text")

    tasks.deliver(cast.north.pk, waiting.pk)

    assert django_mail.outbox[0].from_email == waiting.sender
