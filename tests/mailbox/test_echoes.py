"""A reader's mailbox that sends our notifications back to the portal: the mails are kept, and it ends at once, marks or not."""

from dataclasses import replace

import pytest
from django.core import mail as django_mail
from django.db import transaction

from mailbox import echoes
from mailbox.models import Mail
from portal.core.context import tenant
from portal.mail import tasks
from portal.mail.addresses import address_for
from portal.mail.models import OutgoingMail
from portal.mail.parsed import AUTOMATIC, ParsedMail
from portal.mail.sending import queue
from portal.notifications.models import Notification
from tests.mail.makers import raw_letter
from tests.mailbox.test_from_smtp_to_page import rows_of, work_off
from tests.notifications.conftest import mail_all, tell_all

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
ROUNDS = 6
MARKS = ("Auto-Submitted", "X-Auto-Response-Suppress", "List-Unsubscribe", "List-Unsubscribe-Post")


def stripped(message, number):
    """As a careless gateway passes it on: no marks, another Message-ID."""
    for name in MARKS:
        del message[name]
    del message["Message-ID"]
    message["Message-ID"] = f"<{number}@gateway.example>"


def nothing(message, number):
    """Passed on as it is."""


def rounds_until_it_ends(cast, door, change, first, sender="no-reply@in.localhost"):
    """How many mails about mails Anna's mailbox sends back before there is none."""
    address, sent_back = address_for(cast.acme), 0
    door.send(first, address)
    for _round in range(ROUNDS):
        work_off(cast.north)
        with transaction.atomic():
            tell_all(cast.north)
            mail_all(cast.north)
        with tenant(cast.north.pk), transaction.atomic():
            waiting = list(OutgoingMail.objects.waiting().values_list("pk", flat=True))
        django_mail.outbox.clear()
        for pk in waiting:
            tasks.deliver(cast.north.pk, pk)
        for mail in django_mail.outbox:
            if mail.to == [cast.anna.user.email]:
                message = mail.message()
                change(message, sent_back)
                door.send(message.as_bytes(), address, sender=sender)
                sent_back += 1
    return sent_back


@pytest.mark.parametrize("change", [nothing, stripped])
def test_it_ends_after_the_first(cast, door, change):
    first = raw_letter(to=address_for(cast.acme))

    assert rounds_until_it_ends(cast, door, change, first) == 1

    mails = rows_of(cast.north)
    assert len(mails) == 2, "what came back is kept"
    with tenant(cast.north.pk), transaction.atomic():
        assert Notification.objects.filter(member=cast.anna, subject_id=mails[1].pk).exists(), "the bell tells of it"


def test_an_address_from_which_people_write_too_may_be_told_of_twice_an_hour(cast, door):
    with tenant(cast.north.pk), transaction.atomic():
        type(cast.north).objects.filter(pk=cast.north.pk).update(sender_address="hello@north.example")

    first = raw_letter(to=address_for(cast.acme))
    assert rounds_until_it_ends(cast, door, stripped, first, sender="hello@north.example") == 3


def test_without_the_rule_it_would_go_on(cast, door, monkeypatch):
    monkeypatch.setattr(echoes, "may_be_one", lambda mail, parsed: False)

    assert rounds_until_it_ends(cast, door, nothing, raw_letter(to=address_for(cast.acme))) == ROUNDS


def test_many_at_once_from_one_sender_are_all_kept_and_told_of_ten_times(cast, door):
    address = address_for(cast.acme)
    for number in range(12):
        door.send(raw_letter(to=address, Message_ID=f"<{number}@client.example>", text=f"Number {number}"), address)
    work_off(cast.north)
    with transaction.atomic():
        tell_all(cast.north)

    with tenant(cast.north.pk), transaction.atomic():
        assert Mail.objects.count() == 12
        told = Notification.objects.filter(member=cast.anna, kind="mail.received").values_list("payload", flat=True)
        assert sorted("quiet" in payload for payload in told) == [False] * 10 + [True] * 2


def test_each_mark_alone_is_enough(cast, deliver, settings):
    mail, parsed = deliver()[-1], ParsedMail("key")
    person = mail.from_address
    with tenant(cast.north.pk), transaction.atomic():
        assert not echoes.may_be_one(mail, parsed)
        assert echoes.may_be_one(mail, replace(parsed, kind=AUTOMATIC))
        for address in ("mailer-daemon@x.example", f"somebody@{settings.MAIL_DOMAIN}"):
            mail.from_address = address
            assert echoes.may_be_one(mail, parsed), address
        mail.from_address, mail.message_id = person, queue(cast.north, ["x@x.example"], "S", "Text", "").message_id
        assert echoes.may_be_one(mail, parsed)
