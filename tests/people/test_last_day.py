"""After a client's last day everything is shut to its people and its vendors at once, before any task has tidied up."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.notifications.models import Notification
from portal.people.actions import clients
from portal.tenancy.actions import set_access, share_project
from portal.tenancy.models import Client, Member
from portal.tenancy.scope import acting_as
from protocols.meetings import feeds
from protocols.models import Protocol
from tests.browse import browse_as, reload, url
from tests.notifications.conftest import tell_all
from tests.protocols.conftest import _own_storage, write
from tests.protocols.meeting_makers import plan

__all__ = ["_own_storage", "plan", "write"]
OUTSIDERS = ("anna", "vera", "pavel")


@pytest.fixture
def seen(cast, write, plan):
    """A protocol and a meeting of Acme that all outsiders see and were told of."""
    protocol = write("Islands", project=cast.shop)
    plan("Islands again", project=cast.shop, guests=[cast.anna, cast.vera, cast.pavel])
    tell_all(cast.north)
    return protocol


def last_day(client, days: int) -> None:
    """So many days from now."""
    with tenant(client.agency_id), transaction.atomic():
        day = timezone.localdate() + timedelta(days=days)
        Client.objects.filter(pk=client.pk).update(read_only_at=timezone.now(), access_until=day)


def fresh(member) -> Member:
    with tenant(member.agency_id), transaction.atomic():
        return Member.objects.select_related("user", "role", "vendor", "agency").get(pk=member.pk)


def pages(member) -> dict[str, bool]:
    """Where the islands still show."""
    browser, client = browse_as(member), member.agency
    shown = {name: browser.get(url(name, client), query) for name, query in LOOKS.items()}
    with tenant(member.agency_id):
        feed = "/" + feeds.address_of(feeds.feed_of(member)).split("/", 3)[3]
    texts = {name: answer.content.decode() for name, answer in shown.items()}
    texts["feed"] = browser.get(feed).content.decode()
    return {name: "Islands" in text.replace('value="Islands"', "") for name, text in texts.items()}


LOOKS = {"search:index": {"q": "islands"}, "notifications:index": {}}


@pytest.mark.parametrize("name", OUTSIDERS)
def test_search_bell_and_calendar_end_with_the_last_day(cast, seen, name):
    member = getattr(cast, name)

    last_day(cast.acme, 0)
    assert all(pages(fresh(member)).values()), "the last day is an open one"
    last_day(cast.acme, -1)

    assert not any(pages(fresh(member)).values())
    assert pages(fresh(cast.nora))["search:index"], "the agency's people go on"


@pytest.mark.parametrize("name", OUTSIDERS)
def test_the_database_itself_is_shut(cast, seen, name):
    """Also where a view forgets to ask who may see what."""
    last_day(cast.acme, -1)
    with transaction.atomic(), acting_as(fresh(getattr(cast, name))):
        assert not Protocol.objects.exists()
        assert not Client.objects.exists()
        assert not Event.objects.exists()


def test_nobody_outside_is_told_any_more(cast, seen):
    last_day(cast.acme, -1)
    with tenant(cast.north.pk), transaction.atomic():
        Notification.objects.all().delete()
        Event.objects.update(delivered_at=None)
        for pk in Event.objects.values_list("pk", flat=True):
            delivery.deliver(pk)
        assert set(Notification.objects.values_list("member__kind", flat=True)) <= {"specialist"}


def test_another_client_of_the_same_person_stays_open(cast, seen, write):
    with tenant(cast.north.pk):
        set_access(cast.anna, cast.bolt, ["work"])
    write("Islands of Bolt", client=cast.bolt)
    last_day(cast.acme, -1)

    found = browse_as(fresh(cast.anna)).get(url("search:index", cast.north), {"q": "islands"}).content.decode()

    assert "of Bolt" in found and "Jour fixe" not in found
    assert browse_as(cast.anna).get(url("protocols:index", cast.bolt)).status_code == 200


@pytest.mark.parametrize("name", OUTSIDERS)
def test_who_has_nothing_left_still_gets_a_page(cast, seen, name):
    last_day(cast.acme, -1)
    browser = browse_as(getattr(cast, name))
    assert browser.get(url("home", cast.north)).status_code == 200
    assert browser.get(url("client_home", cast.acme)).status_code == 404


def test_a_client_taken_up_again_has_its_people_back(cast, seen):
    """Sharing something else meanwhile forgets nothing."""
    last_day(cast.acme, -1)
    with tenant(cast.north.pk):
        share_project(cast.blog, level="view", vendor=cast.supplier)
        set_access(cast.anna, cast.bolt, ["work"])
        clients.restore_client(cast.acme, by=cast.olaf)

    assert all(pages(fresh(cast.vera)).values())
    assert cast.acme.pk in reload(cast.vera).shared_client_ids
    assert cast.acme.pk in reload(cast.anna).shared_client_ids
