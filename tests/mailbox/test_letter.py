"""The drawer behind the letter icon, and its page: what it explains, and the test of the address."""

import pytest
from django.db import transaction

from mailbox import address_test, tasks
from mailbox.models import AddressTest, Mail
from portal.core.context import tenant
from portal.events.models import Event
from portal.mail import processing
from portal.mail.addresses import address_for, current_address
from portal.mail.aliases import alias_of
from portal.mail.models import InboundMail
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from tests.counting import queries_of


def page_of(cast, member, **headers) -> str:
    answer = browse_as(member).get(url("mailbox:address", cast.acme), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_how_and_who_sees_it(cast, anna):
    page = page_of(cast, anna)

    for words in (
        address_for(cast.acme),
        alias_of(anna, current_address(cast.acme)),
        address_for(cast.acme).replace("@", "+shop@"),
        "Put it in Cc.",
        "North, your colleagues with the area Mails, and the providers that you engaged.",
        "Suppliers of North see only mails of projects shared with them.",
        "Send me a test",
        "address/qr.svg",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nora", "Your colleagues who work for Acme, its people with the area Mails, and its own providers."),
        ("pavel", "You and your colleagues, the people of Acme with the area Mails, and North."),
    ],
)
def test_it_is_said_to_each_reader_in_his_own_way(cast, name, words):
    assert words in page_of(cast, getattr(cast, name))


@pytest.mark.parametrize("name", ["carl", "vera", "bob", "fred", "saul"])
@pytest.mark.parametrize("view", ["address", "address_qr", "test_address"])
def test_whose_it_is_not_finds_nothing(cast, name, view):
    assert browse_as(getattr(cast, name)).get(url(f"mailbox:{view}", cast.acme)).status_code == 404


def test_everybody_has_an_own_alias(cast):
    aliases = {alias_of(member, current_address(cast.acme)) for member in (cast.anna, cast.nora, cast.pavel)}
    assert len(aliases) == 3


def test_in_the_drawer_the_page_around_it_is_left_out(cast, anna):
    part = page_of(cast, anna, **{"HX-Request": "true"})
    assert "<html" not in part
    assert "Open as a page, or get a new address" in part
    assert "Open as a page" in page_of(cast, cast.pavel, **{"HX-Request": "true"})


def test_only_those_who_may_are_offered_a_new_address(cast):
    offered = {
        name: "Get a new address" in page_of(cast, getattr(cast, name)) for name in ("anna", "olaf", "nora", "pavel")
    }
    assert offered == {"anna": True, "olaf": True, "nora": False, "pavel": False}


def test_the_picture_is_of_our_own(cast, anna):
    answer = browse_as(anna).get(url("mailbox:address_qr", cast.acme))
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<?xml")


def test_number_of_queries(cast, anna):
    browser = browse_as(anna)
    browser.get(url("mailbox:address", cast.acme))
    queries = queries_of(browser, url("mailbox:address", cast.acme))
    assert len(queries) == 10, "\n".join(queries)


def test_a_second_press_shows_the_test_that_is_on_its_way(cast, anna, wake_ups):
    browser = browse_as(anna)
    for _time in range(3):
        browser.post(url("mailbox:test_address", cast.acme))
    with tenant(cast.north.pk), transaction.atomic():
        assert AddressTest.objects.count() == 1


def test_each_test_leaves_a_mail_so_the_next_one_waits_unless_it_failed(cast, anna, wake_ups):
    first = ask(cast, anna)
    with tenant(cast.north.pk), transaction.atomic():
        AddressTest.objects.filter(pk=first.pk).update(processed_at=first.asked_at)
    assert ask(cast, anna) == first
    with tenant(cast.north.pk), transaction.atomic():
        AddressTest.objects.filter(pk=first.pk).update(processed_at=None, failed_at=first.asked_at)
    assert ask(cast, anna) != first


def test_without_a_worker_the_step_is_named(cast, anna, monkeypatch):
    with acting_as(anna):
        test = address_test.ask(cast.acme, by=anna)
        assert [step.state for step in address_test.steps_of(test)] == ["now", "open", "open", "open"]
        monkeypatch.setattr(address_test, "ALLOWED", address_test.ALLOWED * 0)
        first = address_test.steps_of(test)[0]
    assert first.state == "failed"
    assert "No worker" in first.remark
    page = page_of(cast, anna)
    assert "Sent to the address: not done. No worker has sent it yet." in page


def test_a_closed_door_is_named(cast, anna, settings, unused_port):
    settings.SMTP_PORT = unused_port
    test = ask(cast, anna)
    tasks.send_test(cast.north.pk, test.pk)

    page = page_of(cast, anna)

    assert "Sent to the address: not done. [Errno 111] Connection refused" in page
    assert "every 1s" not in page


def ask(cast, member) -> AddressTest:
    with acting_as(member):
        return address_test.ask(cast.acme, by=member)


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_it_travels_through_the_real_door_and_only_the_asker_sees_it(cast, door, settings):
    settings.SMTP_PORT = door.port
    anna, path = cast.anna, url("mailbox:test_address", cast.acme)
    browser = browse_as(anna)
    browser.post(path)
    with tenant(cast.north.pk), transaction.atomic():
        test = AddressTest.objects.get()

    tasks.send_test(cast.north.pk, test.pk)
    tasks.send_test(cast.north.pk, test.pk)
    waiting = browser.get(path, headers={"HX-Request": "true"}).content.decode()
    assert waiting.count('class="is-done"') == 2
    assert "every 1s" in waiting
    with tenant(cast.north.pk), transaction.atomic():
        [raw] = InboundMail.objects.all()
    processing.process(cast.north.pk, raw.pk)

    over = browser.get(path, headers={"HX-Request": "true"}).content.decode()
    assert over.count('class="is-done"') == 4
    assert "every 1s" not in over
    assert "Look at the test under Mails" in over
    with tenant(cast.north.pk), transaction.atomic():
        [mail] = Mail.objects.all()
        assert not Event.objects.exists()
    assert "Test: mails to this address arrive" in browser.get(url("mailbox:index", cast.acme)).content.decode()
    assert "A test: only you see it" in browser.get(url("mailbox:detail", cast.acme, mail.pk)).content.decode()
    for other in ("olaf", "nora", "pavel"):
        assert browse_as(getattr(cast, other)).get(url("mailbox:detail", cast.acme, mail.pk)).status_code == 404
    with acting_as(cast.pavel), transaction.atomic():
        assert not Mail.objects.exists()
        assert not AddressTest.objects.exists()


def test_nobody_else_makes_a_test_of_his_mail(cast, deliver, anna):
    test = ask(cast, anna)
    foreign = deliver(Message_ID=f"<test-{test.key}@elsewhere.example>")[-1]
    assert (foreign.tester_id, foreign.held_at) == (None, None)
