"""A link that opens something leaves with the mail and stands nowhere in the database."""

import re
import smtplib

import pytest
from django.core import mail as django_mail
from django.db import connections, transaction

from portal.core.context import tenant
from portal.mail import tasks
from portal.mail.models import OutgoingMail
from portal.mail.seeds import PLACE, new_seed, secret_of, with_secret
from portal.mail.sending import queue
from portal.people.actions import invitations
from portal.people.models import digest_of
from portal.tenancy.models import Role

ROWS = "SELECT row_to_json(o)::text FROM mail_outgoingmail o UNION ALL SELECT row_to_json(i)::text FROM people_invitation i"


@pytest.fixture
def invitation(in_north, olaf, acme):
    """Kim is asked in; the mail waits."""
    role = Role.objects.get(agency=in_north, kind="contact", code="contact")
    fields = {"email": "kim@acme.example", "name": "Kim", "kind": "contact", "areas": ["work"]}
    return invitations.invite(in_north, by=olaf, client=acme, role=role, **fields)


def test_the_link_works_and_no_row_holds_it(invitation, north):
    before = _rows()
    token = _sent_token(north)

    assert invitations.find(north.pk, token).pk == invitation.pk
    assert len(token) == 32
    assert token not in before + _rows()
    assert PLACE in _mail(north).text


def test_after_it_has_left_nothing_is_left_to_make_it_from(invitation, north):
    assert _mail(north).seed
    _sent_token(north)
    assert _mail(north).seed == ""


def test_a_second_try_sends_the_same_link(invitation, north, monkeypatch):
    seen = []

    def refuse_once(message):
        seen.append(message.body)
        if len(seen) == 1:
            raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse_once)
    tasks.deliver(north.pk, _mail(north).pk)
    with tenant(north.pk), transaction.atomic():
        OutgoingMail.objects.update(next_try_at=invitation.sent_at)
    tasks.deliver(north.pk, _mail(north).pk)

    assert len(seen) == 2
    assert seen[0] == seen[1]
    assert digest_of(_token_in(seen[0])) == invitation.digest


def test_a_mail_that_is_refused_for_good_forgets_it_too(invitation, north, monkeypatch):
    def refuse(message):
        raise smtplib.SMTPRecipientsRefused({"kim@acme.example": (550, b"nobody")})

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    tasks.deliver(north.pk, _mail(north).pk)
    assert (_mail(north).failed_at is None, _mail(north).seed) == (False, "")


def test_it_cannot_be_made_without_the_key(settings):
    seed = new_seed()
    ours = secret_of(seed)
    settings.SECRET_KEY = "another installation"
    assert secret_of(seed) != ours
    assert len({secret_of(new_seed()) for _number in range(50)}) == 50


def test_a_changed_key_makes_the_same_link_of_what_waits(invitation, north, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "the key of tomorrow" * 4
    assert digest_of(_sent_token(north)) == invitation.digest


def test_mails_without_a_secret_are_sent_as_they_are(cast, north):
    waiting = queue(north, "a@b.example", "Hello", f"He wrote {PLACE}")
    tasks.deliver(north.pk, waiting.pk)
    assert django_mail.outbox[0].body == with_secret(f"He wrote {PLACE}", "") == f"He wrote {PLACE}"


def _sent_token(north) -> str:
    tasks.deliver(north.pk, _mail(north).pk)
    (sent,) = django_mail.outbox
    assert _token_in(sent.body) in sent.alternatives[0][0]
    return _token_in(sent.body)


def _token_in(text: str) -> str:
    return re.search(r"/people/join/([^/\s]+)/", text)[1]


def _mail(north) -> OutgoingMail:
    with tenant(north.pk), transaction.atomic():
        return OutgoingMail.objects.get()


def _rows() -> str:
    with connections["default"].cursor() as cursor:
        cursor.execute(ROWS)
        return "\n".join(row[0] for row in cursor.fetchall())
