"""Addresses that can be answered: ours alone, for one person and one thing, and never a client's."""

from string import ascii_lowercase

import pytest

from portal.core.context import tenant
from portal.mail import replies
from portal.mail.addresses import route_of, split
from portal.mail.reply_addresses import Question, address_of


@pytest.fixture
def question(cast):
    return Question(cast.north.pk, cast.anna.pk, 2**40, "protocol")


def test_an_address_says_who_was_asked_what(cast, question):
    address = address_of(question, cast.north)

    assert replies.question_at(*split(address)) == question
    assert replies.question_at(*split(f"<{address.upper()}>")) == question
    assert len(address.partition("@")[0]) <= 64
    assert route_of(address) == cast.north.pk


def test_a_changed_cut_or_guessed_address_is_unknown(cast, question):
    address = address_of(question, cast.north)
    token = address[len("reply+") : address.index("@")]
    for index, letter in enumerate(token):
        other = "b" if letter != "b" else "c"
        assert route_of(address.replace(token, token[:index] + other + token[index + 1 :])) is None
    for local in ("reply", "reply+", f"reply+{token[:-3]}", f"reply+{token}a", "reply+äöü", f"answer+{token}"):
        assert route_of(f"{local}@in.localhost") is None


@pytest.mark.parametrize("subject_bytes", range(1, 6))
def test_no_other_spelling_of_an_address_is_ours(cast, subject_bytes):
    """Each length leaves another number of bits to spare in the last letter."""
    address = address_of(Question(cast.north.pk, cast.anna.pk, 256**subject_bytes - 1, "protocol"), cast.north)
    token = address[len("reply+") : address.index("@")]

    for last in set(ascii_lowercase + "234567") - {token[-1]}:
        assert route_of(address.replace(token, token[:-1] + last)) is None


def test_an_address_of_one_domain_opens_no_other(cast, question, settings):
    token = address_of(question, cast.north).partition("@")[0]
    assert route_of(f"{token}@elsewhere.example") is None

    cast.north.mail_domain = "Post.North.Example"
    own = address_of(question, cast.north)
    assert own.endswith("@post.north.example")
    assert route_of(own) == cast.north.pk


def test_a_new_key_leaves_old_mails_answerable(cast, question, settings):
    address = address_of(question, cast.north)
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "n" * 60
    assert route_of(address) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert route_of(address) == cast.north.pk


def test_an_agency_that_is_gone_takes_nothing(cast):
    nowhere = Question(10**9, cast.anna.pk, 1, "protocol")

    assert route_of(address_of(nowhere, cast.north)) is None


def test_a_purpose_that_nobody_takes_has_no_address(cast):
    with tenant(cast.north.pk):
        assert replies.address_for(cast.anna, "unheard-of", 1) == ""
    assert route_of(address_of(Question(cast.north.pk, cast.anna.pk, 1, "unheard-of"), cast.north)) is None


def test_questions_of_another_agency_are_not_this_ones(cast, question):
    address = split(address_of(question, cast.north))

    assert replies.questions_among(cast.north.pk, [address, address]) == [question]
    assert replies.questions_among(cast.south.pk, [address]) == []
