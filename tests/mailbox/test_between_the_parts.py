"""What no part sees alone: one mail by several doors, to several clients and agencies, under false names."""

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction

from mailbox import quarantine
from mailbox.models import KnownAddress, Mail, MailAttachment, Thread
from portal.core.context import tenant
from portal.events.models import Event
from portal.mail import intake, processing, replies
from portal.mail.addresses import address_for, route_of
from portal.mail.models import InboundMail
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from tests.mail.makers import letter
from tests.mailbox.conftest import thread_of
from tests.mailbox.test_writing import answer, come_in, delivered, mails_of

FORGED = "mx.north.example; dmarc=fail header.from=anna.example"


@pytest.fixture
def sent(cast, nora, anna, mail):
    """A mail that Nora wrote to Anna in the tab, as it left; and the addresses at which it can be answered."""
    answer(nora, cast, mail, to=anna.user.email)
    row = mails_of(cast)[-1]
    with tenant(cast.north.pk), transaction.atomic():
        token = replies.address_for(anna, "mail", mail.pk)
    return row, delivered(cast, row), token, address_for(cast.acme)


def reply_to(row, *to: str, sender: str, **more) -> bytes:
    words = {"Message_ID": "<yes@anna>", "In_Reply_To": row.message_id, "Subject": "Re: Terms", "text": "Yes\n"}
    return letter(to=None, To=", ".join(to), From=sender, **words | more).as_bytes()


def answers_in(cast) -> list[Mail]:
    return [mail for mail in mails_of(cast) if mail.message_id == "<yes@anna>"]


@pytest.mark.parametrize(
    ("addressed", "deliveries", "is_certain"),
    [
        ("token", ["token"], True),
        ("portal", ["portal"], False),
        ("both", ["token portal"], True),
        ("both", ["token", "portal"], True),
        ("both", ["portal", "token"], True),
        ("both", ["portal", "token", "token portal", "portal"], True),
    ],
    ids=["signed", "plain", "together", "signed first", "plain first", "again and again"],
)
def test_an_answer_is_there_once_in_the_right_thread(cast, anna, sent, addressed, deliveries, is_certain):
    row, _message, token, portal = sent
    ways = {"token": [token], "portal": [portal], "both": [token, portal]}
    raw = reply_to(row, *ways[addressed], sender=f"Anna <{anna.user.email}>")

    for delivery in deliveries:
        come_in(cast, raw, *({"token": token, "portal": portal}[way] for way in delivery.split()))

    (found,) = answers_in(cast)
    assert (found.thread_id, found.author) == (row.thread_id, anna if is_certain else None)
    thread = thread_of(row)
    assert (thread.mail_count, thread.answered_at) == (3, None)


@pytest.mark.parametrize("deliveries", [["portal token"], ["token", "portal"], ["portal", "token"], ["portal"]])
def test_the_signed_address_vouches_where_the_domain_does_not(cast, anna, sent, settings, deliveries):
    """Where senders are examined, the plain address alone brings nobody into the thread; the signed one does, before or after."""
    settings.MAIL_AUTHSERV_ID = "mx.north.example"
    row, _message, token, portal = sent
    raw = reply_to(row, token, portal, sender=f"Anna <{anna.user.email}>")

    for delivery in deliveries:
        come_in(cast, raw, *({"token": token, "portal": portal}[way] for way in delivery.split()))

    (found,) = answers_in(cast)
    is_certain = deliveries != ["portal"]
    assert (found.thread_id == row.thread_id, found.author) == (is_certain, anna if is_certain else None)
    with tenant(cast.north.pk), transaction.atomic():
        assert not Thread.objects.filter(mails=None).exists()
    assert thread_of(row).mail_count == (3 if is_certain else 2)


@pytest.mark.parametrize("first", ["portal", "token"])
def test_an_answer_from_a_second_address_of_ones_own_is_no_strangers(cast, anna, sent, first):
    EmailAddress.objects.create(user=anna.user, email="anna@home.example", verified=True)
    row, _message, token, portal = sent
    raw = reply_to(row, token, portal, sender="Anna <anna@home.example>")

    for to in (token, portal) if first == "token" else (portal, token):
        come_in(cast, raw, to, sender="anna@home.example")

    (found,) = answers_in(cast)
    assert (found.held_at, found.thread_id, found.author) == (None, row.thread_id, anna)


def test_a_forged_answer_begins_a_thread_and_makes_nobody_known(cast, anna, sent, settings):
    settings.MAIL_AUTHSERV_ID = "mx.north.example"
    row, _message, _token, portal = sent
    raw = reply_to(row, portal, sender=f"Anna <{anna.user.email}>", Cc="eve@x.example", Authentication_Results=FORGED)

    come_in(cast, raw, portal)

    (found,) = answers_in(cast)
    assert (found.verdict, found.author) == ("failed", None)
    assert found.thread_id != row.thread_id
    assert thread_of(row).answered_at
    with tenant(cast.north.pk), transaction.atomic():
        assert not KnownAddress.objects.filter(address="eve@x.example").exists()
        event = Event.objects.get(kind="mail.received", subject_id=found.pk)
        assert (event.side, event.payload["address"]) == ("agency", ""), "Anna herself is told of it"


def test_one_mail_to_two_clients_and_two_agencies(cast, deliver):
    """Each client has a row, a thread and files of its own, and each agency the addresses that are its own."""
    addresses = [address_for(client) for client in (cast.acme, cast.bolt, cast.cosmo)]
    everybody = f"nora@nora.example, {cast.south_owner.user.email}"
    files = [("Terms.txt", "text/plain", b"31.5 kg")]
    raw = letter(to=", ".join(addresses), To=everybody, files=files).as_bytes()
    for _time in range(2):
        routes = {address: route_of(address) for address in addresses}
        for agency_id, inbound_id in _stored(raw, routes):
            processing.process(agency_id, inbound_id)

    for client, others in ((cast.acme, [cast.bolt]), (cast.bolt, [cast.acme]), (cast.cosmo, [])):
        with tenant(client.agency_id), transaction.atomic():
            (mail,) = Mail.objects.filter(client=client).select_related("inbound", "thread")
            (file,) = MailAttachment.objects.filter(client=client).select_related("file")
            assert (mail.held_at, mail.thread.client_id, file.file.client_id) == (None, client.pk, client.pk)
            assert mail.inbound.recipients == [address_for(one) for one in sorted([client, *others], key=_place(cast))]
    assert browse_as(cast.anna).get(url("mailbox:index", cast.acme)).content.decode().count("Terms of delivery") >= 1


def _place(cast):
    return [cast.acme, cast.bolt, cast.cosmo].index


def _stored(raw: bytes, routes: dict[str, int]) -> list[tuple[int, int]]:
    ids = intake.accept(raw, intake.Envelope("k@client.example", routes))
    return list(zip(sorted(set(routes.values())), ids, strict=True))


def test_a_project_that_the_sender_does_not_see_is_named_all_the_same(cast, vera, deliver):
    """Where a mail lies is the address's word, and whoever sent it sees of it as much as before: nothing."""
    mail = deliver(From=f"Vera <{vera.user.email}>", project="blog")[-1]

    assert (mail.project_id, mail.held_at) == (cast.blog.pk, None)
    assert browse_as(vera).get(url("mailbox:detail", cast.acme, mail.pk)).status_code == 404


def test_what_was_dismissed_and_comes_again_stays_dismissed_but_not_for_others(cast, nora, deliver):
    words = {"From": "eve@x.example", "To": "x@x.example", "Message_ID": "<offer@x>", "envelope_from": "eve@x.example"}
    mail = deliver(**words)[-1]
    with acting_as(nora):
        quarantine.dismiss(mail, by=nora)

    assert [row.pk for row in deliver(**words)] == [mail.pk]
    assert [row.held_at is not None for row in deliver(**words, client=cast.bolt)] == [True]
    with tenant(cast.north.pk), transaction.atomic():
        assert not InboundMail.objects.in_quarantine().exists()
