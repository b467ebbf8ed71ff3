"""Nobody writes in another person's name: not by an address that he reads in a mail, nor by a sender that is forged."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from mailbox.events import _told
from mailbox.models import Mail
from portal.accounts.models import User
from portal.core.context import tenant
from portal.events.models import Event
from portal.mail import replies
from portal.mail.addresses import current_address
from portal.mail.aliases import alias_of
from portal.mail.models import MailReply
from portal.mail.originals import for_outsiders
from portal.mail.personal import unsealed
from portal.tenancy.models import Member
from tests.browse import browse_as, url
from tests.mail.makers import raw_letter
from tests.mailbox.test_between_the_parts import FORGED, answers_in, reply_to, sent  # noqa: F401, a fixture
from tests.mailbox.test_writing import come_in, mails_of

PAGES = ("detail", "print", "answer", "raw")
GITHUB = "reply+AAAABBBBCCCCDDDDEEEEFFFFGGGG@reply.github.com"


def shown(cast, mail) -> str:
    """All that Pavel, who works for a provider of the client, is shown of a mail."""
    browser = browse_as(cast.pavel)
    answers = [browser.get(url(f"mailbox:{page}", cast.acme, mail.pk)) for page in PAGES]
    assert [answer.status_code for answer in answers] == [200] * len(PAGES)
    return "".join(answer.content.decode() for answer in answers)


@pytest.fixture
def alias(cast, anna):
    return alias_of(anna, current_address(cast.acme))


def test_no_other_reader_learns_an_alias(cast, anna, alias):
    html = f'<p>From me</p><a href="mailto:{alias.replace("+", "%2B")}">{alias}</a>'
    come_in(cast, raw_letter(None, html=html, From="phone@home.example", To=alias, text=f"Sent to {alias}\n"), alias)

    (mail,) = mails_of(cast)

    assert mail.author == anna
    seal = alias.partition("+")[2].partition("@")[0]
    assert seal not in shown(cast, mail) + mail.html + mail.text + mail.snippet
    assert str(current_address(cast.acme)) in shown(cast, mail)


def test_mails_that_were_filed_before_lose_it_too(cast, alias):
    """By the migration, which asks the database for few of all mails."""
    come_in(cast, raw_letter(None, From="phone@home.example", To=alias), alias)
    come_in(cast, raw_letter(None, From=f"Anna <{cast.anna.user.email}>"), str(current_address(cast.acme)))
    with tenant(cast.north.pk), transaction.atomic():
        row, other = mails_of(cast)
        sealed = [{"name": "", "address": alias}]
        Mail.objects.filter(pk=row.pk).update(
            to=sealed, cc=sealed, text=f"To {alias}", html=f"<p>{alias}</p>", snippet=alias
        )
        place, words = str(current_address(cast.acme)), (other.to, other.text, other.html)
        import_module("mailbox.migrations.0011_unsealed").unseal(apps, SimpleNamespace(connection=connection))
        row.refresh_from_db()
        other.refresh_from_db()

    assert (row.to, row.cc) == ([{"name": "", "address": place}],) * 2
    assert (row.text, row.html, row.snippet) == (f"To {place}", f"<p>{place}</p>", place)
    assert (other.to, other.text, other.html) == words


@pytest.mark.parametrize("place", ["token", "portal"])
def test_no_other_reader_learns_a_signed_address(cast, anna, sent, place):  # noqa: F811
    row, _message, token, portal = sent
    raw = reply_to(row, token, portal, sender=f"Anna <{anna.user.email}>", text=f"Yes, and to {token} too\n")

    come_in(cast, raw, {"token": token, "portal": portal}[place])

    (found,) = answers_in(cast)
    assert token not in shown(cast, found) + found.text
    assert token not in str(found.to)


def test_what_is_signed_by_others_stays(cast):
    text = f"Answer to {GITHUB}, call +49 40 1234, or me+me-too@x.example"
    assert unsealed(text) == text
    assert for_outsiders(f"To: {GITHUB}\n\nHello".encode()) == f"To: {GITHUB}\n\nHello".encode()


def test_an_alias_makes_no_forgery_the_members(cast, anna, alias, settings):
    settings.MAIL_AUTHSERV_ID = "mx.north.example"
    words = {"From": "ceo@bank.example", "To": alias, "Authentication_Results": FORGED.replace("anna", "bank")}
    come_in(cast, raw_letter(None, **words), alias)

    (mail,) = mails_of(cast)

    assert (mail.verdict, mail.author) == ("failed", None)


def test_a_forged_answer_waits_for_the_agency(cast, anna, sent, settings):  # noqa: F811
    settings.MAIL_AUTHSERV_ID = "mx.north.example"
    row, _message, token, _portal = sent
    raw = reply_to(row, token, sender=f"Anna <{anna.user.email}>", Authentication_Results=FORGED)

    come_in(cast, raw, token)

    assert answers_in(cast) == []
    with tenant(cast.north.pk), transaction.atomic():
        assert list(MailReply.objects.kept_back().values_list("reason", flat=True)) == ["sender"]


def left(member):
    Member.objects.filter(pk=member.pk).update(ended_at=timezone.now())


def shut_out(member):
    User.objects.filter(pk=member.user_id).update(is_active=False)


@pytest.mark.parametrize("end", [left, shut_out])
def test_whoever_of_the_agency_has_gone_answers_nothing(cast, nora, mail, end):
    with tenant(cast.north.pk), transaction.atomic():
        token = replies.address_for(nora, "mail", mail.pk)
        end(nora)

    come_in(cast, reply_to(mail, token, sender=f"Nora <{nora.user.email}>"), token)

    assert answers_in(cast) == []
    with tenant(cast.north.pk), transaction.atomic():
        assert list(MailReply.objects.kept_back().values_list("reason", flat=True)) == ["closed"]


@pytest.mark.parametrize(("verdict", "hears"), [("fail", True), ("pass", False)])
def test_a_forger_does_not_keep_from_the_person_that_a_mail_came(cast, anna, deliver, settings, verdict, hears):
    settings.MAIL_AUTHSERV_ID = "mx.north.example"
    told = FORGED.replace("fail", verdict)
    deliver(From=anna.user.email, Authentication_Results=told)

    with tenant(cast.north.pk), transaction.atomic():
        event = Event.objects.select_related("client").get(kind="mail.received")
        assert (anna in _told(event)) is hears
