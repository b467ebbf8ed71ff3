"""Two agencies whose portals write to each other, every mail through the SMTP door: it ends after two automatic mails."""

from email.utils import parseaddr

import pytest
from django.core import mail as django_mail
from django.db import transaction

from portal.accounts.models import User
from portal.core.context import tenant
from portal.mail import answers, regrets, replies, tasks
from portal.mail.addresses import split
from portal.mail.models import InboundMail, OutgoingMail
from portal.mail.replies import Purpose, purposes
from tests.mail.makers import raw_letter

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
MOST_ROUNDS = 6


@pytest.fixture
def crossed(cast, monkeypatch):
    """Anna's mail goes to South's portal and Sofia's to North's, and neither may answer any more: each would be told so."""
    monkeypatch.setitem(purposes, "work", Purpose(lambda *_a: None, lambda *_a: True))
    places = {}
    for member in (cast.anna, cast.sofia):
        with tenant(member.agency_id), transaction.atomic():
            places[member.pk] = replies.address_for(member, "work", 1)
            type(member).objects.filter(pk=member.pk).update(ended_at="2026-11-01T00:00Z")
    for member, other in ((cast.anna, cast.sofia), (cast.sofia, cast.anna)):
        User.objects.filter(pk=member.user_id).update(email=places[other.pk])
    return places


MARKS = ("Auto-Submitted", "X-Auto-Response-Suppress", "In-Reply-To", "References")


def as_sent(sent, senders) -> bytes:
    return sent.message().as_bytes()


def stripped(sent, senders) -> bytes:
    """As a gateway passes it on that keeps no marks and writes as the person whose mailbox it serves."""
    message = sent.message()
    for name in (*MARKS, "From"):
        del message[name]
    message["From"] = senders[sent.to[0]]
    return message.as_bytes()


def work_off(agency, door, passed_on=as_sent, senders=None) -> int:
    """Read what came in, send what is to go out through the door; the number of mails that went out."""
    with tenant(agency.pk), transaction.atomic():
        came = list(InboundMail.objects.undone().values_list("pk", flat=True))
    for pk in came:
        tasks.process(agency.pk, pk)
    with tenant(agency.pk), transaction.atomic():
        waiting = list(OutgoingMail.objects.waiting().values_list("pk", flat=True))
    for pk in waiting:
        tasks.deliver(agency.pk, pk)
        sent = django_mail.outbox[-1]
        sender = senders[sent.to[0]] if senders else parseaddr(sent.from_email)[1]
        door.send(passed_on(sent, senders), *sent.to, sender=sender)
    return len(waiting)


def test_it_ends_after_two_automatic_mails(cast, crossed, door):
    first = raw_letter(From=crossed[cast.sofia.pk], to=crossed[cast.anna.pk], Subject="Re: Protocol", text="I agree.\n")
    door.send(first, crossed[cast.anna.pk], sender=crossed[cast.sofia.pk])

    rounds = [work_off(cast.north, door) + work_off(cast.south, door) for _round in range(MOST_ROUNDS)]

    assert 1 <= sum(rounds) <= 2
    assert rounds[2:] == [0] * (MOST_ROUNDS - 2)
    assert len(django_mail.outbox) == sum(rounds)
    assert all(sent.message()["Auto-Submitted"] == "auto-replied" for sent in django_mail.outbox)
    assert {split(sent.to[0])[0] for sent in django_mail.outbox} == {"reply"}


def test_it_ends_after_two_although_the_marks_are_lost_on_the_way(cast, crossed, door):
    """Each portal takes the other's automatic mail for the word of the person; the limit of one a day ends it."""
    first = raw_letter(From=crossed[cast.sofia.pk], to=crossed[cast.anna.pk], Subject="Re: Protocol", text="I agree.\n")
    door.send(first, crossed[cast.anna.pk], sender=crossed[cast.sofia.pk])
    senders = {crossed[cast.anna.pk]: crossed[cast.sofia.pk], crossed[cast.sofia.pk]: crossed[cast.anna.pk]}

    rounds = [
        sum(work_off(agency, door, stripped, senders) for agency in (cast.north, cast.south))
        for _ in range(MOST_ROUNDS)
    ]

    assert sum(rounds) == 2


def test_without_that_limit_it_would_go_on(cast, crossed, door, monkeypatch):
    monkeypatch.setattr(answers, "_was_told", lambda member: False)
    monkeypatch.setattr(regrets, "may_go_to", lambda member: True)
    first = raw_letter(From=crossed[cast.sofia.pk], to=crossed[cast.anna.pk], Subject="Re: Protocol", text="I agree.\n")
    door.send(first, crossed[cast.anna.pk], sender=crossed[cast.sofia.pk])
    senders = {crossed[cast.anna.pk]: crossed[cast.sofia.pk], crossed[cast.sofia.pk]: crossed[cast.anna.pk]}

    for _round in range(MOST_ROUNDS):
        assert sum(work_off(agency, door, stripped, senders) for agency in (cast.north, cast.south)) == 2
