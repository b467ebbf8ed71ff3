"""From the notification through the SMTP door to the comment; and what never becomes one."""

import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connections, transaction
from django.utils import timezone

from mailbox.models import Mail
from portal.core.context import current, tenant
from portal.events.models import Event
from portal.files.models import File
from portal.mail import processing
from portal.mail.addresses import address_for
from portal.mail.models import InboundMail, MailReply, OutgoingMail
from portal.mail.replies import Purpose, purposes
from portal.people.actions import members
from portal.tenancy.actions import set_access
from protocols import actions
from protocols.models import Comment, ProtocolFile
from tests.browse import browse_as, url
from tests.files.makers import picture
from tests.mail.makers import raw_letter
from tests.notifications.conftest import mail_all, tell_all

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)

QUOTE = (
    "\n\nOn Thu, 19 Nov 2026 at 09:12, North <no-reply@in.localhost> wrote:\n\n> Protocol: Jour fixe\n> Nora Example\n"
)


@pytest.fixture
def asked(cast, monkeypatch):
    """Nora has published a protocol; Anna has been told by a mail that she can answer."""
    with tenant(cast.north.pk), transaction.atomic():
        held = datetime(2026, 11, 12, 10, 0, tzinfo=UTC)
        actions.write(
            cast.acme, by=cast.nora, publish=True, title="Jour fixe", kind="call", held_at=held, key_points="-"
        )
    with transaction.atomic():
        tell_all(cast.north)
        mail_all(cast.north)
        with tenant(cast.north.pk):
            return OutgoingMail.objects.get(to=[cast.anna.user.email])


@pytest.fixture
def answer(cast, asked, door):
    """Answer through the door, and let the worker do its part; gives the comments and what was kept back."""

    def answer(text="It was the 27th." + QUOTE, *, to="", sender="anna@anna.example", envelope=None, **more):
        to = to or parseaddr(asked.reply_to)[1]
        words = {"From": f"Anna <{sender}>", "In-Reply-To": asked.message_id, "Subject": "Re: Jour fixe", **more}
        raw = raw_letter(to=to, text=text, **words)
        door.send(raw, *([to] if isinstance(to, str) else to), sender=sender if envelope is None else envelope)
        return worked_off(cast.north)

    return answer


def worked_off(agency):
    with tenant(agency.pk), transaction.atomic():
        waiting = list(InboundMail.objects.undone().values_list("pk", flat=True))
    for pk in waiting:
        processing.process(agency.pk, pk)
    with tenant(agency.pk), transaction.atomic():
        kept = MailReply.objects.kept_back().order_by("pk").values_list("reason", flat=True)
        return list(Comment.objects.order_by("pk").values_list("author__user__name", "text")), list(kept)


def queued_since(mail, to) -> list[OutgoingMail]:
    with tenant(mail.agency_id), transaction.atomic():
        return list(OutgoingMail.objects.filter(pk__gt=mail.pk, to=[to]))


def test_an_answer_becomes_a_comment_of_that_person_and_others_hear_of_it(cast, answer):
    comments, kept = answer()

    assert (comments, kept) == ([("Anna Example", "It was the 27th.")], [])
    page = browse_as(cast.nora).get(url("protocols:detail", cast.acme, 1)).content.decode()
    assert "It was the 27th." in page
    assert "no-reply@in.localhost" not in page
    with tenant(cast.north.pk), transaction.atomic():
        event = Event.objects.get(kind="protocol.commented")
        assert (event.actor_id, event.side) == (cast.anna.pk, "client")


def test_its_files_come_with_it_but_no_logo_and_no_program(cast, answer):
    with tenant(cast.north.pk), transaction.atomic():
        before = File.objects.count()
    files = [
        ("Terms.txt", "text/plain", b"31.5 kg"),
        ("Tool.exe", "application/x-msdownload", b"MZ\x90\x00" + b"\0" * 60),
        ("smime.p7s", "application/pkcs7-signature", b"seal"),
    ]
    ((_who, text),), _kept = answer("Attached.", files=files)

    assert text.startswith("Attached.\n\nNot taken from the mail: “Tool.exe”")
    with tenant(cast.north.pk), transaction.atomic():
        assert list(ProtocolFile.objects.values_list("file__name", "added_by")) == [("Terms.txt", cast.anna.pk)]
        assert File.objects.count() == before + 1


@pytest.mark.parametrize(("found", "reason"), [("pass", []), ("none", []), ("fail", ["sender"])])
def test_an_answer_that_the_senders_domain_disowns_is_none(answer, settings, found, reason):
    settings.MAIL_AUTHSERV_ID = "mx.north.example"
    told = f"mx.north.example; dmarc={found} header.from=anna.example"
    comments, kept = answer("Yes.", Authentication_Results=told)

    assert kept == reason
    assert len(comments) == (not reason)


def test_files_alone_are_a_comment(answer):
    ((_who, text),), _kept = answer(QUOTE, files=[("Look.png", "image/png", picture())])

    assert text == ""


def test_it_is_taken_with_the_sight_of_that_person_alone(cast, answer, asked, monkeypatch):
    taken = []

    def take(member, subject_id, text, attachments, inbound):
        taken.append((member, current().scope, current().member_id, text))

    monkeypatch.setitem(purposes, "protocol", Purpose(take, lambda *_args: True))
    answer()

    assert taken == [(cast.anna, "client", cast.anna.pk, "It was the 27th.")]


def test_three_deliveries_are_one_comment(cast, answer, asked, door):
    answer()
    to = parseaddr(asked.reply_to)[1]
    with tenant(cast.north.pk), transaction.atomic():
        raw = bytes(InboundMail.objects.get().raw)
    for again in (b"Received: by another way\r\n" + raw, raw.replace(b"\r\n", b"\n")):
        door.send(again, to, sender="anna@anna.example")

    comments, kept = worked_off(cast.north)
    assert (len(comments), kept) == (1, [])


def test_eight_deliveries_at_one_moment_are_one_comment(cast, asked, door):
    to = parseaddr(asked.reply_to)[1]
    raw = raw_letter(to=to, text="Once.", From="anna@anna.example")
    for number in range(8):
        door.send(b"Received: by relay %d\n" % number + raw, to, sender="anna@anna.example")
    with tenant(cast.north.pk), transaction.atomic():
        waiting = list(InboundMail.objects.undone().values_list("pk", flat=True))

    def work(pk):
        try:
            processing.process(cast.north.pk, pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, waiting))

    assert worked_off(cast.north) == ([("Anna Example", "Once.")], [])
    with tenant(cast.north.pk), transaction.atomic():
        assert not InboundMail.objects.filter(processed_at=None).exists()


def test_an_unknown_address_is_refused_at_the_door(door, asked):
    token = parseaddr(asked.reply_to)[1]
    guessed = token.replace("+", "+a", 1)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        door.send(raw_letter(), guessed)
    assert refused.value.recipients[guessed][0] == 550


def test_an_answer_with_the_clients_address_in_copy_is_both(cast, answer, asked):
    comments, _kept = answer(to=[parseaddr(asked.reply_to)[1], address_for(cast.acme)])

    assert len(comments) == 1
    with tenant(cast.north.pk), transaction.atomic():
        assert Mail.objects.get().subject == "Re: Jour fixe"


# --- What never becomes a comment -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"sender": "mallory@evil.example"}, "sender"),
        ({"sender": "bob@bob.example"}, "sender"),
        ({"From": "anna@anna.example, mallory@evil.example"}, "sender"),
        ({"From": '"anna@anna.example" <mallory@evil.example>'}, "sender"),
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"Subject": "Out of office: back on Monday"}, "automatic"),
        ({"envelope": ""}, "automatic"),
        ({"text": QUOTE}, "empty"),
    ],
)
def test_what_is_kept_back_and_why(cast, answer, asked, words, reason):
    comments, kept = answer(**words)

    assert (comments, kept) == ([], [reason])
    assert queued_since(asked, "anna@anna.example") == queued_since(asked, "mallory@evil.example") == []
    with tenant(cast.north.pk), transaction.atomic():
        reply = MailReply.objects.get()
        assert InboundMail.objects.get().processed_at
    assert (reply.settled_at is not None) is (reason == "automatic")
    if reason == "sender":
        assert reply.text == "It was the 27th."


def test_our_own_mail_that_comes_back_is_no_comment(answer, asked):
    comments, kept = answer("Protocol: Jour fixe", **{"Message-ID": asked.message_id})

    assert (comments, kept) == ([], ["automatic"])


def test_a_verified_second_address_of_the_person_is_the_person(cast, answer):
    EmailAddress.objects.create(user=cast.anna.user, email="anna@private.example", verified=True)
    EmailAddress.objects.create(user=cast.anna.user, email="anna@claimed.example", verified=False)

    answer("From the other one.", sender="Anna@Private.example")
    comments, kept = answer("From a claimed one.", sender="anna@claimed.example")

    assert ([text for _who, text in comments], kept) == (["From the other one."], ["sender"])


def ended(w):
    members.end(w.anna, by=w.olaf)


def without_access(w):
    set_access(w.anna, w.acme, ["tickets"])


def client_closed(w):
    type(w.acme).objects.filter(pk=w.acme.pk).update(read_only_at=timezone.now())


@pytest.mark.parametrize("close", [ended, without_access, client_closed])
def test_who_was_cut_off_is_told_once_a_day_and_the_agency_has_the_mail(cast, answer, asked, close):
    with tenant(cast.north.pk), transaction.atomic():
        close(cast)
    for number in range(3):
        comments, kept = answer(f"Try {number}", **{"Message-ID": f"<{number}@anna.example>"})
    assert (comments, kept) == ([], ["closed"] * 3)

    (regret,) = queued_since(asked, "anna@anna.example")
    assert regret.headers["Auto-Submitted"] == "auto-replied"
    assert regret.headers["In-Reply-To"] == "<0@anna.example>"
    assert "Your answer could not be taken" in regret.text
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        answer("Try 4", **{"Message-ID": "<4@anna.example>"})
    assert len(queued_since(asked, "anna@anna.example")) == 2
    with tenant(cast.north.pk), transaction.atomic():
        assert set(MailReply.objects.values_list("text", flat=True)) == {"Try 0", "Try 1", "Try 2", "Try 4"}


def test_two_portals_that_answer_each_other_stop_at_once(cast, answer, asked):
    """The regret of another portal is automatic, so ours answers nothing; ours says of itself that it is automatic too."""
    with tenant(cast.north.pk), transaction.atomic():
        ended(cast)
    answer("Really?")
    (regret,) = queued_since(asked, "anna@anna.example")

    answer("Your answer could not be taken", **{**regret.headers, "Message-ID": "<other@portal.example>"})

    assert len(queued_since(asked, "anna@anna.example")) == 1


def test_a_trouble_of_ours_is_tried_again_and_then_kept_in_quarantine(cast, answer, asked, monkeypatch):
    def trouble(*_args):
        raise RuntimeError("disk on fire")

    monkeypatch.setitem(purposes, "protocol", Purpose(trouble, lambda *_args: True))
    for _try in range(3):
        answer() if _try == 0 else worked_off(cast.north)
        with tenant(cast.north.pk), transaction.atomic():
            InboundMail.objects.undone().update(lease_until=None)

    with tenant(cast.north.pk), transaction.atomic():
        inbound = InboundMail.objects.get()
        assert (inbound.reason, inbound.attempts) == ("failed", 3)
        assert not MailReply.objects.exists()
