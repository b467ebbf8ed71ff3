"""Mails that answer each other stand together, and nobody comes in who does not take part."""

import pytest
from django.db import transaction

from mailbox import handling, threading
from mailbox.models import Mail, Thread
from mailbox.threading import Known
from portal.core.context import tenant
from portal.mail import reading
from portal.mail.parsed import FAILED, UNVERIFIED, VERIFIED, ParsedMail, Person
from tests.browse import browse_as, events_of, reload, url
from tests.mailbox.conftest import thread_of

LATER = {
    "Message_ID": "<2@north.example>",
    "In_Reply_To": "<terms-1@client.example>",
    "Subject": "Re: Terms",
    "text": "Yes\n",
}
BENCE = "Bence <nora@nora.example>"


def threads_of(cast) -> list[tuple[int, int]]:
    """(mails counted, mails there) of each thread of Acme."""
    with tenant(cast.north.pk), transaction.atomic():
        rows = Thread.objects.of(cast.acme).order_by("pk")
        return [(row.mail_count, row.mails.count()) for row in rows]


def test_an_answer_of_somebody_who_takes_part_joins_the_thread(cast, anna, mail, deliver):
    answer = deliver(From=BENCE, **LATER)[-1]

    assert answer.thread_id == mail.thread_id
    assert threads_of(cast) == [(2, 2)]
    page = browse_as(anna).get(url("mailbox:index", cast.acme)).content.decode()
    assert page.count("Re: Terms") >= 1
    assert "Terms of delivery" not in page.partition("<article")[0]


def test_a_stranger_who_knows_the_message_id_begins_a_thread_of_his_own(cast, mail, deliver):
    answer = deliver(From="Eve <eve@elsewhere.example>", **LATER)[-1]

    assert answer.thread_id != mail.thread_id
    assert threads_of(cast) == [(1, 1), (1, 1)]


def test_a_forged_sender_never_joins(cast, mail, deliver, monkeypatch):
    """The sender's domain says that the mail is not from there; the name of somebody who takes part does not help."""
    read = reading.read

    def judged(raw, envelope_from):
        parsed = read(raw, envelope_from)
        parsed.verdict = FAILED
        return parsed

    monkeypatch.setattr(reading, "read", judged)
    answer = deliver(From=BENCE, **LATER)[-1]

    assert answer.verdict == FAILED
    assert answer.thread_id != mail.thread_id


def test_the_subject_alone_joins_nothing(cast, mail, deliver):
    answer = deliver(From=BENCE, Message_ID="<3@x>", Subject="Re: Terms of delivery", text="Yes\n")[-1]

    assert answer.thread_id != mail.thread_id


def test_an_answer_lies_where_its_thread_lies_unless_it_names_another_project(cast, nora, mail, deliver):
    with tenant(cast.north.pk):
        handling.move(thread_of(mail), by=nora, project=cast.blog)

    plain = deliver(From=BENCE, **LATER)[-1]
    elsewhere = deliver(From=BENCE, project="shop", **LATER | {"Message_ID": "<4@x>", "text": "For the shop\n"})[-1]

    assert (plain.thread_id, plain.project_id) == (mail.thread_id, cast.blog.pk)
    assert elsewhere.thread_id != mail.thread_id
    assert elsewhere.project_id == cast.shop.pk


def test_a_new_mail_brings_back_what_was_set_aside(cast, nora, anna, mail, deliver):
    with tenant(cast.north.pk):
        handling.hide(thread_of(mail), by=nora)

    deliver(From=BENCE, **LATER)

    assert "Re: Terms" in browse_as(anna).get(url("mailbox:index", cast.acme)).content.decode()
    assert [kind for kind, _actor in events_of(thread_of(mail))] == ["mail.hidden", "mail.unhidden"]


def test_the_last_word_says_whether_it_is_answered(cast, nora, mail, deliver):
    answer = deliver(From=nora.user.email, To="katrin@client.example", **LATER | {"In_Reply_To": None})[-1]
    assert answer.thread_id != mail.thread_id

    first = deliver(Message_ID="<5@x>", To=nora.user.email, text="A question\n")[-1]
    words = {"In_Reply_To": "<5@x>", "From": nora.user.email}
    deliver(Message_ID="<6@x>", text="An answer\n", **words)
    thread = thread_of(first)
    assert thread.answered_at

    deliver(Message_ID="<7@x>", text="One more question\n", In_Reply_To="<6@x>")
    assert reload(thread).answered_at is None


EXAMINED, UNEXAMINED, BY_ALIAS = (False, True), (False, False), (True, True)


@pytest.mark.parametrize(
    ("verdict", "way", "expected"),
    [
        (VERIFIED, EXAMINED, True),
        (UNVERIFIED, EXAMINED, False),
        (FAILED, EXAMINED, False),
        ("", EXAMINED, False),
        (VERIFIED, UNEXAMINED, True),
        (UNVERIFIED, UNEXAMINED, True),
        (FAILED, UNEXAMINED, False),
        (UNVERIFIED, BY_ALIAS, True),
        (FAILED, BY_ALIAS, False),
    ],
)
def test_who_counts_as_the_sender(verdict, way, expected):
    has_own_address, is_examined = way
    mail = ParsedMail("key", verdict=verdict)

    assert threading.is_vouched(mail, has_own_address=has_own_address, is_examined=is_examined) is expected


@pytest.mark.parametrize("verdict", [VERIFIED, UNVERIFIED, FAILED])
@pytest.mark.parametrize("sender", ["Nora <nora@nora.example>", "Eve <eve@elsewhere.example>"])
@pytest.mark.parametrize("reference", ["<terms-1@client.example>", "<guessed@client.example>", None])
def test_into_a_thread_comes_who_takes_part_is_vouched_for_and_refers_to_it(
    cast, mail, deliver, settings, verdict, sender, reference
):
    settings.MAIL_AUTHSERV_ID = "mx.north.example"
    said = {VERIFIED: "pass", UNVERIFIED: "none", FAILED: "fail"}[verdict]
    domain = sender.rpartition("@")[2].rstrip(">")
    result = f"mx.north.example; dmarc={said} header.from={domain}"

    words = LATER | {"In_Reply_To": reference, "Authentication_Results": result}
    answer = deliver(From=sender, **words)[-1]

    assert answer.verdict == verdict
    is_the_way_in = (verdict, domain, reference) == (VERIFIED, "nora.example", "<terms-1@client.example>")
    assert (answer.thread_id == mail.thread_id) is is_the_way_in


@pytest.mark.parametrize(
    ("sender", "references", "expected"),
    [
        ("Katrin@Client.example", ["<a>"], 1),
        ("katrin@client.example", ["<a>", "<b>"], 2),
        ("katrin@client.example", ["<b>", "<unknown>"], 2),
        ("katrin@client.example", [], None),
        ("eve@x.example", ["<a>"], None),
        ("bence@north.example", ["<a>", "<b>"], 1),
        ("", ["<a>"], None),
    ],
)
def test_the_latest_reference_counts_among_threads_open_to_the_sender(sender, references, expected):
    known = [
        Known(1, "<a>", frozenset({"katrin@client.example", "bence@north.example"})),
        Known(2, "<b>", frozenset({"katrin@client.example"})),
    ]

    assert threading.thread_of(ParsedMail("key", sender=Person("", sender), references=references), known) == expected


def test_an_unread_mail_in_the_thread_is_where_the_list_leads(cast, anna, mail, deliver):
    browser = browse_as(anna)
    browser.get(url("mailbox:detail", cast.acme, mail.pk))
    answer = deliver(From=BENCE, **LATER)[-1]

    row = browser.get(url("mailbox:index", cast.acme)).context["rows"][0]

    assert (row.url, row.is_unread, row.count) == (url("mailbox:detail", cast.acme, answer.pk), True, 2)
    with tenant(cast.north.pk), transaction.atomic():
        assert Mail.objects.count() == 2
