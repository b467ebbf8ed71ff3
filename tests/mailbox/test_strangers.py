"""A mail in which nobody is known to the client waits; its people see it only after somebody of the agency has let it in."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from mailbox import quarantine
from mailbox.models import Held, KnownAddress, Mail, MailAttachment
from portal.core.context import tenant
from portal.events.models import Event
from portal.files.models import File
from portal.mail.models import InboundMail
from portal.notifications.models import Notification
from portal.people.actions import merging
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, events_of, reload, url
from tests.notifications.conftest import tell_all
from tests.walls_off import first_wall_off

EVE = {"From": "Eve <eve@x.example>", "To": "Bence <bence@north.example>", "envelope_from": "eve@x.example"}
OUTSIDERS = ("anna", "carl", "gina", "pavel", "vera", "bob", "saul")


@pytest.fixture
def stranger(deliver):
    """A mail of Eve, whom nobody knows, with a file."""
    return deliver(**EVE, Subject="Beeswax offer", files=[("Prices.txt", "text/plain", b"9.90")])[-1]


def known_to(client) -> set[str]:
    with tenant(client.agency_id), transaction.atomic():
        return set(KnownAddress.objects.filter(client=client).values_list("address", flat=True))


def test_it_is_held_without_files_event_or_acquaintance(cast, stranger):
    assert (stranger.held_reason, stranger.attachment_count) == (Held.STRANGER, 1)
    assert stranger.held_at
    assert events_of(stranger) == []
    assert known_to(cast.acme) == set()
    with tenant(cast.north.pk), transaction.atomic():
        assert not MailAttachment.objects.exists()
        assert not File.objects.exists()


@pytest.mark.parametrize(
    "people",
    [
        {"From": "Anna <ANNA@anna.example>"},
        {"From": "Eve <eve@x.example>", "To": "Nora <nora@nora.example>"},
        {"From": "Eve <eve@x.example>", "To": "Pavel <pavel@pavel.example>"},
        {"From": "Vera <vera@vera.example>", "To": "x@x.example"},
    ],
    ids=["contact", "specialist in To", "provider in To", "supplier"],
)
def test_one_known_person_is_enough(deliver, people):
    assert deliver(envelope_from="eve@x.example", **{"To": "x@x.example"} | people)[-1].held_at is None


def test_whoever_has_two_addresses_is_known_by_both_after_they_were_merged(cast, deliver):
    with tenant(cast.north.pk), transaction.atomic():
        merging.merge(cast.anna, cast.carl, by=cast.olaf)

    mail = deliver(From="ANNA@anna.example", To="x@x.example", envelope_from="anna@anna.example")[-1]

    assert mail.held_at is None


@pytest.mark.parametrize("name", ["bob", "saul", "sofia"])
def test_people_of_others_are_strangers(cast, deliver, name):
    address = getattr(cast, name).user.email
    assert deliver(**EVE | {"From": address, "envelope_from": address})[-1].held_at


def test_the_agencys_own_address_is_known_and_the_rule_can_be_switched_off(cast, deliver):
    with tenant(cast.north.pk), transaction.atomic():
        cast.north.sender_address = "office@north.example"
        cast.north.save()
    assert deliver(**EVE | {"From": "office@north.example"})[-1].held_at is None
    with tenant(cast.north.pk), transaction.atomic():
        cast.north.hold_strangers = False
        cast.north.save()
    assert deliver(**EVE, Subject="Now")[-1].held_at is None


def test_letting_in_is_as_if_it_had_come_now(cast, nora, anna, deliver, stranger):
    with acting_as(nora):
        quarantine.let_in(stranger, by=nora)

    mail = reload(stranger)
    assert (mail.held_at, mail.let_in_by_id) == (None, nora.pk)
    assert mail.received_at > stranger.received_at
    assert events_of(mail) == [("mail.received", None)]
    assert known_to(cast.acme) == {"eve@x.example", "bence@north.example"}
    page = browse_as(anna).get(url("mailbox:detail", cast.acme, mail.pk)).content.decode()
    assert "Prices.txt" in page
    tell_all(cast.north)
    with tenant(cast.north.pk), transaction.atomic():
        assert Notification.objects.filter(member=anna, kind="mail.received").count() == 1
    assert deliver(**EVE, Subject="Second offer")[-1].held_at is None
    assert deliver(client=cast.bolt, **EVE)[-1].held_at, "known to Acme is not known to Bolt"


def test_twice_changes_nothing(cast, nora, stranger):
    with acting_as(nora):
        assert quarantine.let_in(stranger, by=nora)
        assert quarantine.let_in(stranger, by=nora) is None
        assert not quarantine.dismiss(stranger, by=nora)
        assert not quarantine.place(stranger, cast.bolt, by=nora)
    assert len(events_of(stranger)) == 1


@pytest.mark.parametrize("name", ["rita", "fred", "anna", "pavel", "vera", "saul"])
def test_only_staff_who_may_write_decide(cast, stranger, name):
    member = getattr(cast, name)
    for decide in (quarantine.let_in, quarantine.dismiss, quarantine.take_back):
        with acting_as(member), transaction.atomic(), pytest.raises(PermissionDenied):
            decide(stranger, by=member)


def test_not_relevant_stays_away_and_is_known_to_nobody(cast, nora, anna, deliver, stranger):
    browser = browse_as(nora)
    browser.post(url("quarantine:sort_strangers", cast.north), {"discard": str(stranger.pk)})

    assert reload(stranger).dismissed_by_id == nora.pk
    assert "Nothing waits here" in browser.get(url("quarantine:strangers", cast.north)).content.decode()
    assert browse_as(anna).get(url("mailbox:detail", cast.acme, stranger.pk)).status_code == 404
    assert deliver(**EVE, Subject="Again")[-1].held_at


def test_what_was_discarded_by_mistake_waits_again(cast, nora, stranger):
    browser = browse_as(nora)
    answer = browser.post(url("quarantine:sort_strangers", cast.north), {"discard": str(stranger.pk)}, follow=True)
    [undo] = [message.extra_tags for message in answer.context["messages"]]

    page = browser.post(undo, follow=True).content.decode()

    assert "Beeswax offer" in page
    assert reload(stranger).dismissed_at is None


def test_a_forged_sender_is_called_one_before_anybody_lets_it_in(cast, nora, stranger):
    with tenant(cast.north.pk), transaction.atomic():
        Mail.objects.filter(pk=stranger.pk).update(verdict="failed")

    page = browse_as(nora).get(url("quarantine:strangers", cast.north)).content.decode()

    assert "Forged sender" in page
    assert "says that this mail is not from there" in page


def test_it_can_be_given_to_another_client(cast, nora, stranger):
    with acting_as(nora):
        quarantine.place(stranger, cast.bolt, by=nora)

    with tenant(cast.north.pk), transaction.atomic():
        placed = Mail.objects.get(client=cast.bolt)
        assert (placed.held_at, placed.subject, placed.attachments.count()) == (None, "Beeswax offer", 1)
    assert reload(stranger).dismissed_at


@pytest.mark.parametrize("name", OUTSIDERS)
def test_outsiders_find_nothing_of_it_anywhere(cast, stranger, name):
    tell_all(cast.north)
    member = getattr(cast, name, None) or cast.anna
    browser = browse_as(member)
    place = cast.acme
    pages = [
        url("mailbox:index", place),
        url("mailbox:detail", place, stranger.pk),
        url("mailbox:body", place, stranger.pk),
        url("mailbox:raw", place, stranger.pk),
        url("mailbox:attachment", place, stranger.pk, 1),
        url("timeline:index", place),
        url("client_home", place),
        url("search:index", cast.north) + "?q=Dear",
        url("notifications:index", cast.north),
        url("quarantine:strangers", cast.north),
        url("quarantine:original", cast.north, stranger.inbound_id),
    ]
    for path in pages:
        answer = browser.get(path)
        assert answer.status_code in (200, 302, 404)
        assert "Beeswax" not in answer.content.decode(), path
        if f"/{stranger.pk}/" in path or "quarantine" in path:
            assert answer.status_code == 404, path
    with acting_as(member), transaction.atomic():
        assert not Mail.held.count()
        assert not InboundMail.objects.exists()
        assert not KnownAddress.objects.exists()
    with tenant(cast.north.pk), transaction.atomic():
        assert not Event.objects.filter(kind="mail.received").exists()
        assert not Notification.objects.exists()


def test_staff_find_it_on_its_own_page_alone(cast, nora, stranger):
    browser = browse_as(nora)

    page = browser.get(url("quarantine:strangers", cast.north)).content.decode()

    for words in ("Beeswax offer", "Eve &lt;eve@x.example&gt;", "to Acme", "files: 1", "Dear Bence", "Stranger"):
        assert words in page
    assert "Beeswax" not in browser.get(url("mailbox:index", cast.acme)).content.decode()
    assert "Beeswax" not in browser.get(url("search:index", cast.north), {"q": "Dear"}).content.decode()


def test_each_wall_is_enough_and_without_both_it_is_seen(anna, cast, deliver, stranger):
    """The twins: each guard alone holds, and without both the test above would notice."""
    path = url("mailbox:detail", cast.acme, stranger.pk)
    with first_wall_off():
        assert browse_as(anna).get(path).status_code == 404
    with tenant(cast.north.pk), transaction.atomic():
        assert not Mail.objects.visible_to(anna).filter(pk=stranger.pk).exists(), "the first wall alone"
        assert Mail.objects.filter(pk=stranger.pk).exists(), "and neither"
