"""From the mail to the ticket and back; the leak test over sixty answers of real mail programs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import parseaddr
from html import escape
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from mailbox.models import Mail
from portal.core.context import current, tenant
from portal.files.checking import FileRefused
from portal.mail import answers, intake, processing, replies
from portal.mail.addresses import address_for
from portal.mail.models import MailReply, OutgoingMail
from portal.mail.sending import queue
from portal.search.asking import understood
from portal.search.finding import find
from portal.tenancy.actions import limit_access, set_access
from portal.tenancy.models import Client, Member, Role
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, reload, url
from tests.limited import lena_in
from tests.mail.makers import raw_letter
from tests.tickets.makers import deliver, mails_to, open_for
from tickets import actions
from tickets.mail_in import address_of
from tickets.models import Comment, Link, Ticket, TicketType, WatchOut

SAMPLES = Path(__file__).parents[1] / "mail" / "replies"
ANSWERED = (SAMPLES / "answered.txt").read_text()
CUT = "=====8<=====\n"
SECRET = "Zobelpreis"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path, monkeypatch):
    """Files of its own, and the reader in this process: that it bounds time and memory is tested elsewhere."""
    from portal.mail import reading
    from portal.mail.parsing import parse

    settings.MEDIA_ROOT = str(tmp_path)
    settings.MAIL_CHECK_SENDERS = False
    monkeypatch.setattr(reading, "read", lambda raw, _envelope_from=None: parse(raw))


@pytest.fixture
def take_in(cast):
    """Let a mail in by the envelope, and process it; the bytes, or the parts of one."""

    def take(to, raw=None, **words):
        raw = raw or raw_letter(to=to, **words)
        for inbound_id in intake.accept(raw, intake.Envelope("x@x.example", {to: cast.north.pk}, "127.0.0.1")):
            processing.process(cast.north.pk, inbound_id)

    return take


@pytest.fixture
def vouched(monkeypatch):
    """The domains of all senders vouch for their mails."""
    _vouch(monkeypatch)


def _vouch(monkeypatch, verdict="verified") -> None:
    from portal.mail import reading
    from portal.mail.parsing import parse

    monkeypatch.setattr(reading, "read", lambda raw, _from=None: replace(parse(raw), verdict=verdict))


def test_answer_becomes_a_comment_of_whoever_was_asked(cast, ticket, say, take_in):
    deliver(cast.north)
    say(ticket, cast.nora, "Which carrier?")
    mail = mails_to(deliver(cast.north), cast.anna)[0]
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    text = f"The post.\n\nOn Thu, 19 Nov 2026 at 09:12, North <no-reply@in.localhost> wrote:\n\n{quoted}\n"

    files = [("Terms.txt", "text/plain", b"31.5 kg")]
    take_in(parseaddr(mail.reply_to)[1], text=text, From="anna@anna.example", Cc="carl@carl.example", files=files)

    said = _comments(ticket)[-1]
    assert (said.text, said.author_id, said.is_private, said.by_mail) == ("The post.", cast.anna.pk, False, True)
    page = browse_as(cast.nora).get(url("tickets:detail", cast.acme, ticket.number)).content.decode()
    assert "Terms.txt" in page and "by e-mail" in page
    raw = browse_as(cast.nora).get(url("tickets:original", cast.acme, ticket.number, said.pk))
    assert b"> " in raw.content and raw.headers["Content-Type"] == "message/rfc822"
    with tenant(cast.north.pk):
        assert cast.carl.pk in ticket.followers.values_list("member_id", flat=True)


def test_sixty_answers_of_real_programs_stay_in_their_circle(cast, ticket, say, take_in, monkeypatch):
    """Each of them to a private mail, whose words it quotes, and every third to a public one too; none of the former reaches anybody
    without the right. Every fifth private one is in HTML too, as Gmail or Outlook quotes, and has the client's portal address in copy.
    """
    for limit in ("MOST_ANSWERS", "MOST_IN_A_DAY"):
        monkeypatch.setattr(answers, limit, 200)  # so many in a minute are else taken for two programs
    with tenant(cast.north.pk):
        actions.add_followers(ticket, [cast.nora, cast.carl, cast.vera], by=cast.olaf)
    exact, wanted = 0, {}
    for address, letter, name, is_private, text in _answers(cast, ticket):
        before = len(_comments(ticket))
        take_in(address, letter)
        added = _comments(ticket)[before:]
        assert len(added) == bool(text), name
        exact += not added or added[0].text == text
        wanted |= {said.pk: (is_private, cast.nora.pk if is_private else cast.anna.pk) for said in added}

    assert len(wanted) >= 65 and exact >= 0.95 * len(wanted)
    assert {one.pk: (one.is_private, one.author_id) for one in _comments(ticket)} == wanted
    with tenant(cast.north.pk):
        assert not Mail.objects.exists()
    _nothing_leaks(cast, ticket)


def _answers(cast, ticket) -> Iterator[tuple[str, bytes, str, bool, str]]:
    """(address, letter, name of the sample, whether it is private, what of it must become a comment)."""
    addresses = _reply_addresses(cast, ticket)
    answered = {private: _answered(cast, private) for private in (True, False)}
    names = sorted(path.stem for path in SAMPLES.glob("*.txt") if path.stem != "answered")
    samples = sorted([(name, True) for name in names] + [(name, False) for name in names[::3]])
    for number, (name, is_private) in enumerate(samples):
        written, _cut, wanted = (SAMPLES / f"{name}.txt").read_text().partition(CUT)
        sender, mine = ("nora", SECRET) if is_private else ("anna", "Frachtpreis")
        written, is_rich = written.replace("Jour fixe", mine), is_private and number % 5 == 0
        letter = raw_letter(
            to=f"{addresses[is_private]}, {address_for(cast.acme)}" if is_rich else addresses[is_private],
            text=written,
            html=_quoted(written, number) if is_rich else "",
            From=f"{sender}@{sender}.example",
            In_Reply_To=answered[is_private].message_id,
            Message_ID=f"<{name}-{is_private}@x.example>",
            Subject=f"Re: {ticket}",
        )
        yield addresses[is_private], letter, name, is_private, wanted.strip("\n").replace("Jour fixe", mine)


def _quoted(text: str, number: int) -> str:
    """The same in HTML, with what it answers as Gmail or Outlook puts it."""
    place = '<div class="gmail_quote"><blockquote>' if number % 20 else '<div id="divRplyFwdMsg"><hr>'
    end = "</blockquote></div>" if number % 20 else "</div>"
    return f"<div>{escape(text)}</div>{place}{escape(ANSWERED.replace('Jour fixe', SECRET))}{end}"


def _nothing_leaks(cast, ticket) -> None:
    for mail in deliver(cast.north):
        if mail.to != [cast.nora.user.email] and mail.to != [cast.olaf.user.email]:
            assert SECRET not in f"{mail.subject} {mail.text} {mail.html}", mail.to
    for who in (cast.anna, cast.carl, cast.vera):
        path = url("tickets:detail", cast.acme, ticket.number)
        while path:
            response = browse_as(who).get(path)
            assert SECRET not in response.content.decode()
            earlier = response.context["earlier"]
            path = earlier and path.partition("?")[0] + earlier
        elsewhere = [url("notifications:index", cast.north), url("tickets:print", cast.acme, ticket.number)]
        elsewhere += [
            url("tickets:index", cast.acme),
            url("tickets:export", cast.acme, "csv"),
            url("client_home", cast.acme),
        ]
        for path in elsewhere[: 3 if who is cast.vera else None]:
            response = browse_as(who).get(path)
            assert response.status_code == 200 and SECRET not in response.content.decode(), path
        with acting_as(who):
            assert not find(who, understood(SECRET)).groups


def test_one_mail_about_public_and_private_words_is_answered_privately(cast, ticket, say, take_in):
    with tenant(cast.north.pk):
        actions.add_followers(ticket, [cast.olaf], by=cast.nora)
    deliver(cast.north)
    say(ticket, cast.anna, "When?")
    say(ticket, cast.nora, SECRET, is_private=True)
    mails = mails_to(deliver(cast.north), cast.olaf)

    take_in(parseaddr(mails[0].reply_to)[1], text="Never.", From="olaf@olaf.example")

    assert len(mails) == 1
    assert [said.is_private for said in _comments(ticket)] == [False, True, True]


@pytest.mark.parametrize("tag", ["", "+ticket"])
def test_answer_to_private_words_goes_nowhere_else_whomever_it_names(cast, ticket, say, take_in, vouched, tag):
    """The client's address in copy is no way out for the words that the answer quotes; not even when it comes there apart."""
    inside = _reply_addresses(cast, ticket)[True]
    outside = address_for(cast.acme).replace("@", f"{tag}@")
    raw = raw_letter(
        to=f"{inside}, {outside}", text=f"No.\n\n> {SECRET}\n", From="nora@nora.example", Subject="Re: Price"
    )

    for to in (outside, inside):
        take_in(to, raw)

    assert [(said.is_private, said.text) for said in _comments(ticket)] == [(True, "No.")]
    with tenant(cast.north.pk):
        assert not Mail.objects.exists()
        assert Ticket.objects.count() == 1
    take_in(outside, text="Yes.", From="nora@nora.example", Message_ID="<2@x.example>")
    with tenant(cast.north.pk):
        assert Mail.objects.get().text.strip() == "Yes."


def test_private_address_in_the_hands_of_somebody_else_is_worth_nothing(cast, ticket, say, take_in):
    address = _reply_addresses(cast, ticket)[True]

    take_in(address, text="Let me in", From="anna@anna.example")

    assert _comments(ticket) == []
    with tenant(cast.north.pk):
        assert MailReply.objects.get().reason == "sender"


def test_vendor_who_has_lost_the_right_still_speaks_privately(cast, ticket, take_in):
    with tenant(cast.north.pk), transaction.atomic():
        type(cast.supplier).objects.filter(pk=cast.supplier.pk).update(reads_private=True)
        member = type(cast.vera).objects.select_related("user", "role", "vendor", "agency").get(pk=cast.vera.pk)
        address = replies.address_for(member, "note", ticket.pk)
        type(cast.supplier).objects.filter(pk=cast.supplier.pk).update(reads_private=False)

    take_in(address, text="Between us", From="vera@vera.example")

    assert [said.is_private for said in _comments(ticket)] == [True]


def test_answer_to_a_closed_ticket_opens_it_again_or_begins_another(cast, ticket, take_in):
    address = _reply_addresses(cast, ticket)[False]
    with tenant(cast.north.pk):
        actions.close(ticket, by=cast.nora)
    take_in(address, text="Not yet", From="anna@anna.example", Message_ID="<1@x.example>")
    assert not reload(ticket).is_closed
    with tenant(cast.north.pk):
        actions.close(ticket, by=cast.nora)
        Ticket.objects.filter(pk=ticket.pk).update(closed_at=timezone.now() - timedelta(days=15))

    take_in(address, text="Again broken", From="anna@anna.example", Message_ID="<2@x.example>")

    assert reload(ticket).is_closed
    with tenant(cast.north.pk):
        link = Link.objects.select_related("ticket").get()
        assert (link.kind, link.other_id) == ("follows", ticket.pk)
        assert [said.text for said in link.ticket.comments.all()] == ["Again broken"]


def test_further_answers_to_a_closed_ticket_begin_no_further_ones(cast, ticket, take_in):
    address = _reply_addresses(cast, ticket)[False]
    with tenant(cast.north.pk):
        actions.close(ticket, by=cast.nora)
        Ticket.objects.filter(pk=ticket.pk).update(closed_at=timezone.now() - timedelta(days=15))

    for number, words in enumerate(("Again broken", "Still")):
        take_in(address, text=words, From="anna@anna.example", Message_ID=f"<{number}@x.example>")

    with tenant(cast.north.pk):
        follower = Link.objects.select_related("ticket").get(kind="follows", other=ticket).ticket
        assert [said.text for said in follower.comments.order_by("pk")] == ["Again broken", "Still"]
        actions.close(follower, by=cast.nora)
        Ticket.objects.filter(pk=follower.pk).update(closed_at=timezone.now() - timedelta(days=15))
    take_in(address, text="And again", From="anna@anna.example", Message_ID="<3@x.example>")
    with tenant(cast.north.pk):
        assert Link.objects.filter(kind="follows", other=ticket).count() == 2


def test_answer_to_what_went_on_out_of_sight_goes_on_in_the_own_project(cast, ticket, open_ticket, take_in):
    inner, lena = open_ticket(title="Of the whole company"), lena_in(cast, cast.shop)
    with tenant(cast.north.pk):
        address = replies.address_for(lena, "ticket", ticket.pk)
        actions.merge(ticket, inner, by=cast.nora)

    take_in(address, text="Still broken", From=lena.user.email)

    with tenant(cast.north.pk):
        said = Comment.objects.select_related("ticket").get(author=lena)
        assert said.ticket.project_id == cast.shop.pk and Link.objects.filter(ticket=said.ticket, other=ticket).exists()


def test_mail_to_the_ticket_address_opens_one(cast, take_in):
    to = address_of(address_for(cast.acme))
    raw = raw_letter(
        to=to, text="On Sylt", From="anna@anna.example", Subject="Wrong price", Cc=f"{to}, carl@carl.example"
    )

    for _twice in range(2):
        take_in(to, raw)

    with tenant(cast.north.pk):
        ticket = Ticket.objects.get()
        assert (str(ticket), ticket.logger_id, ticket.description) == ("ACM-1 Wrong price", cast.anna.pk, "On Sylt")
        assert [row.member_id for row in ticket.followers.all()] == [cast.anna.pk]
        assert "nobody vouches" in WatchOut.objects.get().text


def test_mail_that_is_vouched_for_brings_its_followers(cast, take_in, vouched):
    to = address_of(address_for(cast.acme))

    take_in(to, text="On Sylt", From="anna@anna.example", Cc=f"{to}, carl@carl.example")

    with tenant(cast.north.pk):
        ticket = Ticket.objects.get()
        assert {row.member_id for row in ticket.followers.all()} >= {cast.anna.pk, cast.carl.pk}
        assert not ticket.is_doubted and not WatchOut.objects.exists()


def test_words_of_a_doubtful_mail_stay_with_the_agency_until_somebody_has_made_sure(cast, take_in):
    to = address_of(address_for(cast.acme))
    take_in(to, text="Pay to DE00", From="anna@anna.example", Subject="New account")
    with tenant(cast.north.pk):
        ticket = Ticket.objects.select_related("client").get()
        actions.add_followers(ticket, [cast.carl, cast.olaf], by=cast.nora)
    mails = deliver(cast.north)

    assert "DE00" not in "".join(f"{mail.text}{mail.html}" for mail in mails_to(mails, cast.carl))
    told = mails_to(mails, cast.olaf)[0].text
    assert "DE00" in told and "nobody vouches for the sender" in told
    path = url("tickets:confirm", cast.acme, ticket.number)
    page = lambda who: browse_as(who).get(url("tickets:detail", cast.acme, ticket.number)).content.decode()  # noqa: E731
    assert path in page(cast.nora) and "nobody vouches" not in page(cast.anna)
    assert browse_as(cast.anna).post(path).status_code == 403

    browse_as(cast.nora).post(path)

    assert reload(ticket).confirmed_by_id == cast.nora.pk
    assert "nobody vouches" not in page(cast.nora) and "made sure" not in page(cast.anna)


def test_people_in_copy_of_a_doubtful_mail_follow_once_somebody_has_made_sure(cast, take_in):
    to = address_of(address_for(cast.acme))
    cc = f"{to}, Carl <CARL@carl.example>, bob@bob.example, vera@vera.example, eve@x.example"
    take_in(to, text="On Sylt", From="anna@anna.example", Subject="Wrong price", To=to, Cc=cc)
    with tenant(cast.north.pk):
        ticket = Ticket.objects.select_related("client").get()
    deliver(cast.north)
    assert _followers(ticket) == {cast.anna.pk}

    for _twice in range(2):
        browse_as(cast.nora).post(url("tickets:confirm", cast.acme, ticket.number))

    mails = deliver(cast.north)
    assert _followers(ticket) == {cast.anna.pk, cast.carl.pk}
    assert len(mails_to(mails, cast.carl)) == 1 and not mails_to(mails, cast.bob) and not mails_to(mails, cast.anna)


def test_people_in_copy_of_a_doubtful_mail_that_was_merged_follow_where_it_went_on(cast, open_ticket, take_in):
    ticket = open_ticket()
    to = address_of(address_for(cast.acme))
    take_in(to, text="On Sylt", From="anna@anna.example", Cc=f"{to}, carl@carl.example")
    with tenant(cast.north.pk):
        doubted = Ticket.objects.get(content_key__gt="")
        actions.merge(doubted, ticket, by=cast.nora)
        assert cast.carl.pk not in _followers(ticket)

        actions.confirm(ticket, by=cast.nora)

    assert _followers(ticket) >= {cast.anna.pk, cast.carl.pk}


def test_nobody_speaks_for_the_agency_without_being_vouched_for(cast, take_in, monkeypatch):
    to = address_of(address_for(cast.acme))
    raw = raw_letter(to=to, text="Transfer", From="nora@nora.example")
    two = raw.replace(b"From: ", b"From: anna@anna.example\nFrom: ", 1)
    for number, letter in enumerate((raw, two)):
        take_in(to, letter.replace(b"<terms-1", f"<{number}".encode()))
    with tenant(cast.north.pk):
        assert not Ticket.objects.exists()

    _vouch(monkeypatch)
    take_in(to, raw.replace(b"<terms-1", b"<3"))

    with tenant(cast.north.pk):
        assert Ticket.objects.get().opened_by_id == cast.nora.pk


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "eve@x.example"},
        {"From": "bob@bob.example"},
        {"From": "anna@anna.example", "Auto_Submitted": "auto-replied"},
        {"From": "vera@vera.example"},
    ],
    ids=lambda headers: " ".join(headers.values()),
)
def test_strangers_and_programs_open_none(cast, take_in, headers):
    take_in(address_of(address_for(cast.acme)), text="Hello", **headers)

    with tenant(cast.north.pk):
        assert not Ticket.objects.exists()


@pytest.mark.parametrize("why", ["forged", "our own", "another address"])
def test_what_is_forged_or_our_own_or_for_another_address_opens_none(cast, take_in, monkeypatch, why):
    """The same mail does open one without that."""
    address = address_for(cast.acme)
    raw = raw_letter(to=address_of(address), text="Hello", From="anna@anna.example", Message_ID="<twice@x.example>")
    with monkeypatch.context() as patch:
        if why == "forged":
            _vouch(patch, "failed")
        if why == "our own":
            with tenant(cast.north.pk):
                ours = queue(cast.north, "anna@anna.example", "Hello", "Hello", "Hello")
                OutgoingMail.objects.filter(pk=ours.pk).update(message_id="<twice@x.example>")
        take_in(address if why == "another address" else address_of(address), raw)
    with tenant(cast.north.pk):
        assert not Ticket.objects.exists()
        OutgoingMail.objects.all().delete()

    take_in(address_of(address), raw.replace(b"Hello", b"Hello again"))

    with tenant(cast.north.pk):
        assert Ticket.objects.count() == 1


def _ended(cast):
    Member.objects.filter(pk=cast.anna.pk).update(ended_at=timezone.now())


def _barred(cast):
    type(cast.anna.user).objects.filter(pk=cast.anna.user_id).update(is_active=False)


def _without_tickets(cast):
    set_access(cast.anna, cast.acme, ["work", "mails"])


def _limited(cast):
    limit_access(cast.anna, cast.acme, {cast.shop: "contribute"}, by=cast.olaf)


def _reading_only(cast):
    Member.objects.filter(pk=cast.anna.pk).update(role=Role.objects.get(kind="contact", code="reader"))


def _closed(cast):
    Client.objects.filter(pk=cast.acme.pk).update(read_only_at=timezone.now())


def _not_for_contacts(cast):
    TicketType.objects.update(is_open_to_contacts=False)


def _of_no_client(_cast):
    return "fred@fred.example"


@pytest.mark.parametrize(
    "change",
    [_ended, _barred, _without_tickets, _limited, _reading_only, _closed, _not_for_contacts, _of_no_client],
)
def test_whoever_opens_none_on_the_page_opens_none_by_mail(cast, take_in, vouched, change):
    """The mail lies in the tab Mails all the same."""
    with tenant(cast.north.pk):
        set_access(
            cast.anna, cast.acme, ["work", "tickets", "mails"]
        )  # of single projects nobody has the company's areas
        sender = change(cast) or "anna@anna.example"

    take_in(address_of(address_for(cast.acme)), text="Hello", From=sender)

    with tenant(cast.north.pk):
        assert not Ticket.objects.exists() and Mail.objects.exists()


def test_mail_ticket_is_opened_with_the_sight_of_whoever_wrote(cast, take_in, vouched, monkeypatch):
    sights, opening = [], actions.open_ticket
    monkeypatch.setattr(actions, "open_ticket", lambda *a, **w: (sights.append(current().scope), opening(*a, **w))[1])

    for name in ("anna", "nora"):
        take_in(address_of(address_for(cast.acme)), text=f"Of {name}", From=f"{name}@{name}.example")

    assert sights == ["client", "agency"]


def test_address_that_is_one_persons_stands_in_no_ticket(cast, ticket, take_in):
    with tenant(cast.north.pk):
        carls = replies.address_for(cast.carl, "ticket", ticket.pk)

    take_in(address_of(address_for(cast.acme)), text=f"Carl wrote from {carls}", From="anna@anna.example")

    with tenant(cast.north.pk):
        asked = Ticket.objects.get(content_key__gt="").description
        assert asked.startswith("Carl wrote from reply@") and carls not in asked


def test_file_that_the_scanner_refuses_stops_no_ticket(cast, take_in, monkeypatch):
    opening = actions.open_ticket

    def refusing(client, *, uploads=(), **words):
        if uploads:
            raise FileRefused("virus", "Terms.txt")
        return opening(client, **words)

    monkeypatch.setattr(actions, "open_ticket", refusing)
    files = [("Terms.txt", "text/plain", b"31.5 kg")]
    take_in(address_of(address_for(cast.acme)), text="On Sylt", From="anna@anna.example", files=files)

    with tenant(cast.north.pk):
        assert Ticket.objects.get().description.startswith("On Sylt\n\nNot taken from the mail: ")


def test_mail_ticket_is_in_the_language_of_whoever_wrote(cast, take_in, vouched):
    type(cast.anna.user).objects.filter(pk=cast.anna.user_id).update(language="de")

    take_in(address_of(address_for(cast.acme)), text="Hallo", From="anna@anna.example", Subject="")

    with tenant(cast.north.pk):
        assert Ticket.objects.get().title == "Ohne Betreff"


@pytest.fixture
def crossed(cast, ticket):
    """What North mails to Anna is Sofia's answer in South, and what South mails to Saul is Carl's in North."""
    there = open_for(cast.cosmo, cast.sofia)
    with tenant(cast.north.pk):
        actions.add_followers(ticket, [cast.carl], by=cast.nora)
        to_north = replies.address_for(cast.carl, "ticket", ticket.pk)
    with tenant(cast.south.pk):
        actions.add_followers(there, [cast.saul], by=cast.sofia)
        to_south = replies.address_for(cast.sofia, "ticket", there.pk)
    for member, address in ((cast.anna, to_south), (cast.saul, to_north)):
        type(member.user).objects.filter(pk=member.user_id).update(email=address)
    deliver(cast.north), deliver(cast.south)
    return {cast.north.pk: (cast.south, cast.sofia, to_south), cast.south.pk: (cast.north, cast.carl, to_north)}


@pytest.mark.parametrize(("is_stripped", "answered"), [(False, 0), (True, 8)])
def test_tickets_of_two_portals_do_not_answer_each_other_for_ever(
    cast, ticket, say, crossed, monkeypatch, is_stripped, answered
):
    """Marked as automatic, no mail becomes a comment. Where a gateway takes the marks away and writes as the person, the limit of a
    day ends it, for every mail waits so long that the limit of ten minutes never does.
    """
    monkeypatch.setattr(answers, "MOST_IN_A_DAY", 4)
    monkeypatch.setattr(answers, "MINUTES", timedelta(0))
    say(ticket, cast.nora, "Hello")
    agency = cast.north
    for _leg in range(2 * 4 + 4):
        there, person, address = crossed[agency.pk]
        for sent in [mail for mail in deliver(agency) if mail.to == [address]]:
            words = {} if is_stripped else sent.headers
            sender = person.user.email if is_stripped else sent.sender
            raw = raw_letter(to=address, text=sent.text, From=sender, Message_ID=f"<{sent.pk}@x.example>", **words)
            for pk in intake.accept(raw, intake.Envelope("x@x.example", {address: there.pk}, "127.0.0.1")):
                processing.process(there.pk, pk)
        agency = there

    found = 0
    for one in (cast.north, cast.south):
        with tenant(one.pk):
            found += Comment.objects.filter(by_mail=True).count()
    assert found == answered


def _reply_addresses(cast, ticket) -> dict[bool, str]:
    """Private: Nora's, public: Anna's."""
    with tenant(cast.north.pk):
        return {
            True: replies.address_for(cast.nora, "note", ticket.pk),
            False: replies.address_for(cast.anna, "ticket", ticket.pk),
        }


def _answered(cast, is_private: bool) -> OutgoingMail:
    """The mail that all these people answered, with private words in it if it was about such."""
    text = ANSWERED.replace("Jour fixe", SECRET if is_private else "Frachtpreis")
    with tenant(cast.north.pk):
        return OutgoingMail.objects.create(
            agency=cast.north,
            to=["x@x.example"],
            subject="x",
            text=text,
            next_try_at=timezone.now(),
            message_id=f"<{is_private}@in.localhost>",
        )


def _followers(ticket) -> set[int]:
    with tenant(ticket.agency_id):
        return set(ticket.followers.values_list("member_id", flat=True))


def _comments(ticket) -> list[Comment]:
    with tenant(ticket.agency_id):
        return list(Comment.objects.filter(ticket=ticket).order_by("pk"))
