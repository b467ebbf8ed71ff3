"""The page: two sides, filters, paging, and who finds it at all."""

import pytest

from portal.core.context import tenant
from portal.events.models import Event
from portal.events.record import record
from portal.tenancy import actions as places
from portal.tenancy.models import Vendor
from tests.browse import browse_as, url
from tests.counting import queries_of
from tests.limited import lena_in
from tests.world import person


@pytest.mark.parametrize(("who", "status"), [("bob", 404), ("carl", 404), ("saul", 404), ("fred", 404), ("rita", 200)])
def test_who_finds_the_page(cast, protocol, days_pass, who, status):
    days_pass(10)
    browser = browse_as(getattr(cast, who))
    with tenant(cast.north.pk):
        event = Event.objects.get()

    assert browser.get(url("timeline:index", cast.acme)).status_code == status
    assert browser.get(url("timeline:entry", cast.acme, event.pk)).status_code == status


def test_event_of_another_client_is_not_found_under_this_one(cast, write, days_pass):
    write(client=cast.bolt)
    days_pass(10)
    with tenant(cast.north.pk):
        event = Event.objects.get()

    assert browse_as(cast.nora).get(url("timeline:entry", cast.acme, event.pk)).status_code == 404


def test_sides_are_told_apart_and_chosen(cast, write, days_pass):
    write("By North")
    write("By Acme", by=cast.anna)
    days_pass(10)
    browser, path = browse_as(cast.anna), url("timeline:index", cast.acme)

    day = browser.get(path).context["days"][0]
    assert [item.title for item in day.agency] == ["Protocol: By North"]
    assert [item.title for item in day.client] == ["Protocol: By Acme"]
    only = browser.get(path, {"side": "client"}).context["days"][0]
    assert (only.agency, len(only.client)) == ([], 1)
    assert len(browser.get(path, {"side": "moon", "area": "party"}).context["days"][0].agency) == 1
    assert browser.get(path, {"area": "money"}).context["days"] == []


def test_pages_follow_each_other_without_a_gap(cast, protocol, days_pass):
    with tenant(cast.north.pk):
        for number in range(70):
            record("protocol.published", protocol, by=cast.nora, number=1, title=f"Number {number:02}")
    days_pass(10)
    browser, path = browse_as(cast.anna), url("timeline:index", cast.acme)

    first = browser.get(path)
    second = browser.get(path + first.context["more"])
    third = browser.get(path + second.context["more"], headers={"HX-Request": "true"})

    titles = [[item.title for day in page.context["days"] for item in day.agency] for page in (first, second, third)]
    assert [len(found) for found in titles] == [30, 30, 11]
    assert len({title for found in titles for title in found}) == 71
    assert third.templates[0].name == "timeline/_days.html"


@pytest.mark.parametrize("who", ["anna", "nora", "vera"])
def test_feed_of_three_asks_as_much_as_one(cast, write, days_pass, who):
    write(project=cast.shop)
    days_pass(10)
    browser, path = browse_as(getattr(cast, who)), url("timeline:index", cast.acme)
    browser.get(path), days_pass(1)  # somebody who was here before is told what is new since then, which is one more
    one = queries_of(browser, path)
    write(project=cast.shop)
    write(project=cast.shop)
    days_pass(10)

    three = queries_of(browser, path)

    assert len(one) == len(three) <= 12, "\n".join(three)


def test_contacts_page_reads_the_index_of_what_is_visible(cast, protocol):
    """Page 1,000 must cost what page 1 costs: no OFFSET, no count, and the order that the index has."""
    statement = next(
        q for q in queries_of(browse_as(cast.anna), url("timeline:index", cast.acme)) if "events_event" in q
    )

    assert "OFFSET" not in statement
    assert "COUNT" not in statement
    assert 'ORDER BY "events_event"."visible_from" DESC, "events_event"."id" DESC LIMIT 31' in statement


def test_wrong_method_is_refused(cast):
    assert browse_as(cast.anna).post(url("timeline:index", cast.acme)).status_code == 405


def test_choice_of_people_tells_nobody_which_other_houses_work_for_the_client(cast):
    """Quinn's studio works in another project; whoever is there for the shop has nothing to do with it."""
    with tenant(cast.north.pk):
        studio = Vendor.objects.create(agency=cast.north, name="Quill", engagement="supplier")
        places.add_member(cast.north, person("Quinn"), kind="vendor", role="vendor", vendor=studio)
        places.share_project(cast.blog, level="contribute", vendor=studio)
    readers = {
        "anna": cast.anna,
        "lena": lena_in(cast, cast.shop),
        "vera": cast.vera,
        "pavel": cast.pavel,
        "nora": cast.nora,
    }

    houses = {}
    for name, reader in readers.items():
        choices = browse_as(reader).get(url("timeline:index", cast.acme)).context["choices"]
        houses[name] = {who.split()[0] for _pk, who in choices.people} & {"Quinn", "Vera", "Pavel"}

    assert houses == {
        "anna": {"Pavel"},
        "lena": {"Pavel"},
        "vera": {"Vera"},
        "pavel": {"Pavel"},
        "nora": {"Quinn", "Vera", "Pavel"},
    }
