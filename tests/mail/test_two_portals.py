"""Two agencies whose portals write to each other, every mail through the SMTP door: it ends after two automatic mails."""

from email.utils import parseaddr

import pytest
from django.core import mail as django_mail
from django.db import transaction

from portal.accounts.models import User
from portal.core.context import tenant
from portal.mail import replies, tasks
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


def work_off(agency, door) -> int:
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
        door.send(sent.message().as_bytes(), *sent.to, sender=parseaddr(sent.from_email)[1])
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
