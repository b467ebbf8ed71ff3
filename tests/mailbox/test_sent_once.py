"""A form that is sent twice counts once, also thirty-two times at the same moment."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from portal.core.context import tenant
from portal.tenancy.models import Submission
from protocols.models import Protocol
from tests.browse import browse_as, url
from tests.mailbox.test_writing import WORDS, mails_of

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
KEY = re.compile(r'name="form_key" value="([^"]+)"')
PROTOCOL = {
    "kind": "call",
    "title": "Twice",
    "held_at": "2026-11-20T10:00",
    "publish": "",
    "points-TOTAL_FORMS": "0",
    "points-INITIAL_FORMS": "0",
}


def key_on(member, address: str) -> str:
    return KEY.search(browse_as(member).get(address).content.decode())[1]


def post_at_once(member, address: str, data: dict, count: int = 32) -> list:
    """The same form from so many threads, all at the same moment."""
    browsers, barrier = [browse_as(member) for _number in range(count)], Barrier(count)

    def post(browser):
        try:
            barrier.wait()
            return browser.post(address, data)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(post, browsers))


def titles(cast) -> list[str]:
    with tenant(cast.north.pk), transaction.atomic():
        return list(Protocol.objects.filter(client=cast.acme).values_list("title", flat=True))


@pytest.mark.parametrize("writer", ["nora", "anna"])
def test_a_mail_leaves_once_and_everybody_is_led_to_it(cast, writer):
    member, address = getattr(cast, writer), url("mailbox:write", cast.acme)
    data = {**WORDS, "to": cast.olaf.user.email, "form_key": key_on(member, address)}

    answers = post_at_once(member, address, data)

    (mail,) = mails_of(cast)
    assert {(one.status_code, one["Location"]) for one in answers} == {(302, url("mailbox:detail", cast.acme, mail.pk))}


def test_a_protocol_is_published_once(cast):
    address = url("protocols:create", cast.acme)
    answers = post_at_once(cast.nora, address, {**PROTOCOL, "form_key": key_on(cast.nora, address)}, 8)

    assert titles(cast) == ["Twice"]
    assert len({one["Location"] for one in answers}) == 1


def test_without_the_key_each_counts(cast):
    """The guard's twin: the race is real."""
    post_at_once(cast.nora, url("protocols:create", cast.acme), PROTOCOL, 4)
    assert titles(cast) == ["Twice"] * 4


def test_who_goes_back_and_writes_on_sends_another_mail(cast, nora):
    address = url("mailbox:write", cast.acme)
    data, browser = {**WORDS, "to": "k@client.example", "form_key": key_on(nora, address)}, browse_as(nora)
    for text in ("One", "Two", "Two"):
        browser.post(address, {**data, "text": text})

    assert [mail.snippet for mail in mails_of(cast)] == ["One", "Two"]
    assert "This was sent already" in browser.get(url("mailbox:index", cast.acme)).content.decode()


def test_what_was_not_taken_can_be_sent_as_it_is(cast, nora, monkeypatch):
    address = url("mailbox:write", cast.acme)
    data = {**WORDS, "to": "k@client.example", "subject": "", "form_key": key_on(nora, address)}

    assert [browse_as(nora).post(address, data).status_code for _time in range(2)] == [422, 422]
    assert browse_as(nora).post(address, {**data, "subject": "Now"}).status_code == 302
    with tenant(cast.north.pk), transaction.atomic():
        assert Submission.objects.count() == 1


def test_the_same_form_of_two_people_counts_twice(cast):
    data = {**PROTOCOL, "form_key": "one"}
    for member in (cast.nora, cast.olaf):
        browse_as(member).post(url("protocols:create", cast.acme), data)
    assert len(titles(cast)) == 2
