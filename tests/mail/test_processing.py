"""Processing: three tries, a lease, quarantine instead of loss, a sweeper for what was forgotten."""

from datetime import timedelta
from email import message_from_bytes

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.core.health import queues
from portal.mail import intake, processing, receiving, tasks
from portal.mail.addresses import address_for
from portal.mail.models import ClientAddress, InboundMail, Reason
from portal.mail.replies import purposes
from portal.mail.reply_addresses import Question, address_of
from tests.mail.makers import letter, raw_letter


@pytest.fixture
def handed(monkeypatch):
    """What was handed on, instead of the tab above."""
    taken = []
    monkeypatch.setattr(receiving, "_handlers", [lambda inbound, mail, to: taken.append((inbound, mail, to))])
    return taken


@pytest.fixture
def arrive(cast):
    """Take a mail in and give its id."""

    def take_in(raw=None, peer="127.0.0.1"):
        envelope = intake.Envelope("k@client.example", {address_for(cast.acme): cast.north.pk}, peer)
        return intake.accept(raw or raw_letter(), envelope)[0]

    return take_in


def state(cast, pk) -> InboundMail:
    with tenant(cast.north.pk), transaction.atomic():
        return InboundMail.objects.get(pk=pk)


def later(cast, pk):
    """The lease has run out."""
    with tenant(cast.north.pk), transaction.atomic():
        InboundMail.objects.filter(pk=pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_mail_is_handed_on_once(cast, arrive, handed):
    pk = arrive()

    for _again in range(3):
        tasks.process(cast.north.pk, pk)

    ((_inbound, mail, (recipient,)),) = handed
    assert (mail.subject, recipient.client) == ("Terms of delivery", cast.acme)
    assert state(cast, pk).processed_at


def test_a_mail_of_ours_that_is_passed_on_as_a_file_tells_nobody_how_to_answer_it(cast, arrive, handed):
    question = Question(cast.north.pk, cast.anna.pk, 7, next(iter(purposes)))
    token_address = address_of(question, cast.north)
    inner = message_from_bytes(
        f"From: north@in.localhost\nReply-To: {token_address}\nSubject: News\n\nWords\n".encode()
    )
    mail = letter()
    mail.add_attachment(inner)
    mail.add_attachment(
        f"Reply-To: {token_address}\n".encode(), maintype="application", subtype="octet-stream", filename="b.eml"
    )
    mail.add_attachment(f"ORGANIZER:mailto:{token_address}\n", subtype="calendar", filename="c.ics")
    tasks.process(cast.north.pk, arrive(mail.as_bytes()))

    passed_on, saved, calendar = (file.content.decode() for file in handed[0][1].attachments)
    assert token_address not in passed_on + saved
    assert "Reply-To: reply@in.localhost" in passed_on
    assert "Words" in passed_on
    assert token_address in calendar


def test_a_mail_kept_as_one_file_says_no_more_than_its_original(cast, arrive, handed):
    mail = letter(Received="from secret.example by mx", Bcc="hidden@client.example")
    for number in range(101):
        mail.add_attachment(b"x", maintype="text", subtype="plain", filename=f"{number}.txt")
    tasks.process(cast.north.pk, arrive(mail.as_bytes()))

    (whole,) = handed[0][1].attachments
    assert b"Terms of delivery" in whole.content
    assert b"hidden@client.example" not in whole.content
    assert b"secret.example" not in whole.content


def test_a_mail_in_work_is_left_alone(cast, arrive, handed):
    pk = arrive()
    with tenant(cast.north.pk):
        assert processing._take(pk)

    tasks.process(cast.north.pk, pk)
    assert handed == []

    later(cast, pk)
    tasks.process(cast.north.pk, pk)
    assert len(handed) == 1


def test_failure_is_tried_three_times_then_kept_in_quarantine(cast, arrive, monkeypatch):
    def fail(*_arguments):
        raise RuntimeError("no room\x00 left")

    monkeypatch.setattr(receiving, "_handlers", [fail])
    pk = arrive()
    seen = []
    for _try in range(4):
        tasks.process(cast.north.pk, pk)
        seen.append((state(cast, pk).attempts, bool(state(cast, pk).quarantined_at)))
        later(cast, pk)

    mail = state(cast, pk)
    assert seen == [(1, False), (2, False), (3, True), (3, True)]
    assert (mail.reason, mail.error) == (Reason.FAILED, "RuntimeError: no room left")
    assert bytes(mail.raw) == raw_letter()


def test_a_mail_that_ends_its_process_each_time_is_put_aside(cast, arrive, handed):
    pk = arrive()
    for _crash in range(3):
        with tenant(cast.north.pk):
            assert processing._take(pk)
        later(cast, pk)

    tasks.process(cast.north.pk, pk)

    assert handed == []
    assert state(cast, pk).reason == Reason.CRASHED


def test_what_half_happened_is_rolled_back(cast, arrive, monkeypatch):
    def half(inbound, _mail, _recipients):
        ClientAddress.objects.filter(client=cast.bolt).delete()
        raise RuntimeError("in the middle")

    address_for(cast.bolt)
    monkeypatch.setattr(receiving, "_handlers", [half])
    tasks.process(cast.north.pk, arrive())

    with tenant(cast.north.pk), transaction.atomic():
        assert ClientAddress.objects.filter(client=cast.bolt).exists()


def test_mail_to_a_retired_address_is_not_thrown_away(cast, arrive, handed):
    pk = arrive()
    with tenant(cast.north.pk), transaction.atomic():
        ClientAddress.objects.update(retired_at=timezone.now())

    tasks.process(cast.north.pk, pk)

    assert handed == []
    assert state(cast, pk).reason == Reason.NO_CLIENT


def test_what_was_accepted_cannot_be_changed(cast, arrive):
    pk = arrive()
    with tenant(cast.north.pk), pytest.raises(DatabaseError), transaction.atomic():
        InboundMail.objects.filter(pk=pk).update(raw=b"something else")


def test_that_a_mail_was_thrown_away_is_in_the_audit_log_without_its_text(cast, arrive):
    pk = arrive()
    with tenant(cast.north.pk), transaction.atomic():
        InboundMail.objects.filter(pk=pk).delete()
    with tenant(cast.north.pk), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT kind, old FROM audit.event WHERE tab = 'mail_inboundmail' AND row_pk = %s", [str(pk)])
        ((kind, old),) = cursor.fetchall()
    assert kind == "delete"
    assert "envelope_from" in old
    assert '"raw"' not in str(old).replace("'", '"')


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_the_sweeper_finds_what_was_forgotten(cast, arrive, handed, monkeypatch):
    resent = []
    monkeypatch.setattr(tasks.process, "delay", lambda *ids: resent.append(ids))
    forgotten, fresh, leased, done = arrive(), arrive(), arrive(), arrive()
    tasks.process(cast.north.pk, done)
    with tenant(cast.north.pk):
        processing._take(leased)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE mail_inboundmail SET received_at = now() - interval '1 minute' WHERE id <> %s", [fresh])

    tasks.sweep_incoming()

    assert resent == [(cast.north.pk, forgotten)]
    assert timezone.now() - queues["incoming mail"]() > timedelta(seconds=50)
