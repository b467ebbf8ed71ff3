"""Writing and answering from the tab; answers come back into the thread."""

from datetime import timedelta
from email import message_from_bytes
from email.utils import parseaddr

import pytest
from django.core import mail as outbox
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from mailbox.models import Draft, Mail
from portal.core.context import tenant
from portal.mail import delivery, intake, processing, replies
from portal.mail.addresses import address_for, replace, route_of
from portal.mail.models import OutgoingMail
from tests.browse import browse_as, events_of, url
from tests.counting import queries_of
from tests.mail.makers import letter
from tests.mailbox.conftest import thread_of

WORDS = {"to": "katrin@client.example", "subject": "Re: Terms of delivery", "text": "The **surcharge** is shown now."}


def answer(member, cast, mail, **words):
    """Answer a mail from the tab."""
    return browse_as(member).post(url("mailbox:answer", cast.acme, mail.pk), WORDS | words)


def mails_of(cast) -> list[Mail]:
    with tenant(cast.north.pk), transaction.atomic():
        return list(Mail.objects.filter(client=cast.acme).select_related("outgoing", "author").order_by("pk"))


def delivered(cast, row: Mail):
    """Send what waits for this mail, as the worker does; the message as it left."""
    with tenant(cast.north.pk):
        delivery.deliver(row.outgoing_id)
    return outbox.outbox[-1]


def come_in(cast, raw: bytes, *to: str, sender="x@y.example") -> None:
    """The mail arrives by the door and is processed."""
    routes = {address: route_of(address) for address in to}
    for inbound_id in intake.accept(raw, intake.Envelope(sender, routes)):
        processing.process(cast.north.pk, inbound_id)


def test_an_answer_leaves_under_the_agencys_address_and_stands_in_the_thread(cast, nora, anna, mail):
    response = answer(nora, cast, mail, cc="Anna Example")

    row = mails_of(cast)[-1]
    assert response["Location"] == url("mailbox:detail", cast.acme, row.pk)
    assert (row.thread_id, row.author, thread_of(mail).mail_count) == (mail.thread_id, nora, 2)
    message = delivered(cast, row)
    assert message.extra_headers["From"].startswith("Nora Example via North")
    assert message.to == ["katrin@client.example"]
    assert message.cc == [anna.user.email, address_for(cast.acme)]
    assert message.extra_headers["In-Reply-To"] == mail.message_id
    assert message.reply_to == [address_for(cast.acme)]
    assert "> Dear Bence" in message.body
    assert "<strong>surcharge</strong>" in message.alternatives[0][0]
    assert thread_of(mail).answered_at
    assert events_of(row) == [("mail.sent", nora.pk)]
    page = browse_as(anna).get(url("mailbox:detail", cast.acme, row.pk)).content.decode()
    assert "Written by this person" in page
    assert ">Sent<" in page


def test_an_answer_begins_with_everybody_who_is_in_the_conversation(cast, nora, anna, deliver):
    to = f'"Vogel, Katrin" <katrin@client.example>, {nora.user.email}'
    old = address_for(cast.acme)
    with tenant(cast.north.pk):
        replace(cast.acme, valid_until=timezone.now() + timedelta(days=30))
    mail = deliver(From="Lena <lena@client.example>", To=to, Cc=f"Thomas <t@client.example>, Team, {old}")[-1]
    place = url("mailbox:answer", cast.acme, mail.pk)

    form = browse_as(nora).get(place).context["form"]

    assert form["to"].value() == "Lena <lena@client.example>"
    assert form["cc"].value() == '"Vogel, Katrin" <katrin@client.example>, Thomas <t@client.example>'
    assert "autofocus" in str(form["text"])
    browse_as(nora).post(place, {"to": form["to"].value(), "cc": form["cc"].value(), "subject": "Re", "text": "Yes"})
    row = mails_of(cast)[-1]
    assert [one["address"] for one in row.cc] == ["katrin@client.example", "t@client.example"]
    own = browse_as(nora).get(url("mailbox:answer", cast.acme, row.pk)).context["form"]
    assert (own["to"].value(), own["cc"].value()) == (form["to"].value(), form["cc"].value())


def test_the_page_for_an_answer_asks_no_more_in_a_long_conversation(cast, nora, mail, deliver):
    place, found = url("mailbox:answer", cast.acme, mail.pk), []
    for number in range(4):
        found.append(len(queries_of(browse_as(nora), place)))
        others = ", ".join(f"p{number}{n}@client.example" for n in range(5))
        deliver(From="katrin@client.example", To=others, In_Reply_To=mail.message_id, Message_ID=f"<r{number}@x>")
    assert thread_of(mail).mail_count == 5
    assert found == found[:1] * 4


def test_the_copy_that_comes_back_is_the_same_mail(cast, nora, mail):
    answer(nora, cast, mail, uploads=SimpleUploadedFile("Note.txt", b"31.5 kg", "text/plain"))
    row = mails_of(cast)[-1]
    raw = delivered(cast, row).message().as_bytes()

    come_in(cast, raw, address_for(cast.acme), sender="")

    assert len(mails_of(cast)) == 2
    assert b"Note.txt" in raw


@pytest.mark.parametrize(
    ("changes", "mails"),
    [({}, 2), ({"From": "eve@x.example"}, 3), ({"Subject": "Another matter"}, 3), ({"text": "Something else\n"}, 3)],
)
def test_whoever_knows_our_message_id_cannot_make_a_mail_disappear(cast, nora, mail, changes, mails):
    """Sender, subject and words together tell that it is our own."""
    answer(nora, cast, mail)
    row = mails_of(cast)[-1]
    own = {"From": delivered(cast, row).extra_headers["From"], "Subject": row.subject, "text": row.text}

    come_in(cast, letter(Message_ID=row.message_id, **own | changes).as_bytes(), address_for(cast.acme))

    assert len(mails_of(cast)) == mails


def test_the_answer_to_the_answer_joins_the_thread(cast, nora, mail):
    answer(nora, cast, mail)
    sent = delivered(cast, mails_of(cast)[-1])
    back = letter(
        to=None, To=sent.reply_to[0], Message_ID="<back@client.example>", In_Reply_To=sent.extra_headers["Message-ID"]
    )

    come_in(cast, back.as_bytes(), address_for(cast.acme))

    assert {row.thread_id for row in mails_of(cast)} == {mail.thread_id}
    assert thread_of(mail).answered_at is None


def test_a_member_answers_by_the_signed_address_under_his_name(cast, nora, anna, mail):
    """The token and the sender together say who it is, whatever the name claims."""
    answer(nora, cast, mail, to=anna.user.email)
    sent = delivered(cast, mails_of(cast)[-1])
    token = parseaddr(sent.reply_to[0])[1]
    assert token.startswith("reply+")
    reply = letter(to=None, To=token, From=f"A. <{anna.user.email}>", Message_ID="<a@anna>", text="Fine.\n\n> quoted\n")

    come_in(cast, reply.as_bytes(), token)

    row = mails_of(cast)[-1]
    assert (row.thread_id, row.author, row.text, row.message_id) == (mail.thread_id, anna, "Fine.", "<a@anna>")
    stolen = letter(to=None, To=token, From="eve@x.example", Message_ID="<e@x>", text="Send money\n")
    come_in(cast, stolen.as_bytes(), token)
    assert len(mails_of(cast)) == 3


def test_the_first_mail_to_a_member_is_answered_by_the_signed_address_too(cast, nora, anna, settings):
    """So whoever answers is known to be that person, also where nobody vouches for his domain."""
    settings.MAIL_AUTHSERV_ID = "mx.north.example"
    browse_as(nora).post(url("mailbox:write", cast.acme), {**WORDS, "to": anna.user.email})
    (first,) = mails_of(cast)
    token = parseaddr(delivered(cast, first).reply_to[0])[1]
    assert token.startswith("reply+")

    reply = letter(to=None, To=token, From=f"A. <{anna.user.email}>", Message_ID="<a@anna>", text="Fine.\n")
    come_in(cast, reply.as_bytes(), token)

    row = mails_of(cast)[-1]
    assert (row.thread_id, row.author, row.verdict) == (first.thread_id, anna, "verified")


@pytest.mark.parametrize("to", ["k@client.example", "anna@anna.example, k@client.example"])
def test_strangers_and_several_answer_to_the_clients_address(cast, nora, to):
    browse_as(nora).post(url("mailbox:write", cast.acme), {**WORDS, "to": to})

    assert delivered(cast, mails_of(cast)[0]).reply_to == [address_for(cast.acme)]


def test_an_answer_to_all_is_there_once(cast, nora, anna, mail):
    with tenant(cast.north.pk), transaction.atomic():
        token = replies.address_for(anna, "mail", mail.pk)
    portal = address_for(cast.acme)
    both = letter(
        to=portal, To=token, From=anna.user.email, Message_ID="<b@anna>", In_Reply_To=mail.message_id, text="Yes\n"
    )

    come_in(cast, both.as_bytes(), token, portal)

    assert len([row for row in mails_of(cast) if row.message_id == "<b@anna>"]) == 1


def test_contacts_write_to_people_who_are_known_here_alone(cast, anna, nora, mail):
    browser, place = browse_as(anna), url("mailbox:write", cast.acme)

    strange = browser.post(place, {"to": "victim@elsewhere.example", "subject": "Hello", "text": "Buy"})
    known = browser.post(place, {"to": "Nora Example", "subject": "A question", "text": "When?"})

    assert strange.status_code == 422
    assert "is not known here" in strange.content.decode()
    assert known.status_code == 302
    row = mails_of(cast)[-1]
    assert (row.subject, row.to[0]["address"], row.author) == ("A question", nora.user.email, anna)
    with tenant(cast.north.pk), transaction.atomic():
        assert OutgoingMail.objects.get(pk=row.outgoing_id).to == [nora.user.email]


@pytest.mark.parametrize(
    ("name", "write", "reply"),
    [
        ("anna", 200, 200),
        ("olaf", 200, 200),
        ("rita", 403, 403),
        ("pavel", 403, 200),
        ("vera", 403, 404),
        ("carl", 404, 404),
    ],
)
def test_who_may_write_and_answer(cast, mail, name, write, reply):
    browser = browse_as(getattr(cast, name))

    assert browser.get(url("mailbox:write", cast.acme)).status_code == write
    assert browser.get(url("mailbox:answer", cast.acme, mail.pk)).status_code == reply


def test_a_supplier_answers_in_the_shared_project(cast, vera, deliver):
    shared = deliver(project="shop")[-1]

    response = answer(vera, cast, shared)

    row = mails_of(cast)[-1]
    assert response.status_code == 302
    assert (row.project_id, row.author) == (cast.shop.pk, vera)
    assert delivered(cast, row).cc == [address_for(cast.acme).replace("@", "+shop@")]


@pytest.mark.parametrize(("name", "knows_anna"), [("vera", False), ("pavel", True), ("anna", True)])
def test_a_supplier_is_not_told_who_works_for_the_client(cast, deliver, name, knows_anna):
    """Nor may it write to them; to the agency's people and to whoever takes part it may."""
    member, shared = getattr(cast, name), deliver(project="shop", Subject="About the shop", To="k@client.example")[-1]

    page = browse_as(member).get(url("mailbox:answer", cast.acme, shared.pk)).content.decode()

    told = {who: getattr(cast, who).user.email in page for who in ("anna", "nora", "olaf")}
    assert told == {"anna": knows_anna, "nora": True, "olaf": True}
    assert answer(member, cast, shared, to=cast.anna.user.email).status_code == (302 if knows_anna else 422)


def test_a_draft_is_kept_for_its_writer_alone_until_it_is_sent(cast, nora, olaf, mail):
    browser, place = browse_as(nora), url("mailbox:answer", cast.acme, mail.pk)

    kept = browser.post(place, WORDS | {"text": "Half a sen", "keep": "1"}, headers={"HX-Request": "true"})

    assert "Draft kept" in kept.content.decode()
    assert "Half a sen" in browser.get(place).content.decode()
    assert "Half a sen" not in browse_as(olaf).get(place).content.decode()
    browser.post(place, WORDS)
    with tenant(cast.north.pk), transaction.atomic():
        assert not Draft.objects.exists()


def test_a_draft_is_kept_without_what_no_database_takes(cast, nora):
    browser, place = browse_as(nora), url("mailbox:write", cast.acme)

    browser.post(place, {"to": "a\0nna", "subject": "Of\0fer", "text": "Half a \0sen", "keep": "1"})

    with tenant(cast.north.pk), transaction.atomic():
        assert [(row.to, row.subject, row.text) for row in Draft.objects.all()] == [("anna", "Offer", "Half a sen")]


def test_a_discarded_draft_is_gone(cast, nora):
    browser, place = browse_as(nora), url("mailbox:write", cast.acme)
    browser.post(place, {"text": "Half a sen", "keep": "1"})

    browser.post(place, {"discard": "1"})

    assert "Half a sen" not in browser.get(place).content.decode()


@pytest.mark.parametrize("to", ["", "nobody", "katrin@client.example, x@", "a@b.example\r\nBcc: c@d.example"])
def test_addresses_that_are_none_send_nothing(cast, nora, mail, to):
    response = answer(nora, cast, mail, to=to)

    assert response.status_code == 422
    assert len(mails_of(cast)) == 1


def test_a_refusal_stands_on_the_mail_with_its_reason(cast, nora, anna, mail):
    answer(nora, cast, mail)
    row = mails_of(cast)[-1]
    with tenant(cast.north.pk), transaction.atomic():
        OutgoingMail.objects.filter(pk=row.outgoing_id).update(failed_at=row.received_at, last_error="550 no such user")

    assert "Refused: 550 no such user" in browse_as(anna).get(url("mailbox:detail", cast.acme, row.pk)).content.decode()


def test_the_page_of_a_mail_of_ours_stays_within_twelve_queries(cast, nora, mail):
    answer(nora, cast, mail)

    asked = queries_of(browse_as(nora), url("mailbox:detail", cast.acme, mails_of(cast)[-1].pk))

    assert len(asked) <= 12, "\n".join(asked)


def test_headers_cannot_be_written_by_a_subject(cast, nora, mail):
    answer(nora, cast, mail, subject="Hello\r\nBcc: c@d.example")

    rows = [row for row in mails_of(cast) if row.author_id]
    for row in rows:
        message = message_from_bytes(delivered(cast, row).message().as_bytes())
        assert message["Bcc"] is None
