"""Ten days late for outsiders: on the page, in the detail, on the start page, and in the database itself."""

from dataclasses import replace

import pytest

from portal.core.context import entered, tenant
from portal.events.models import Event
from portal.tenancy.models import Client
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url


def test_contact_sees_nothing_on_day_nine_and_all_on_day_ten(cast, protocol, days_pass):
    browser = browse_as(cast.anna)
    assert "Protocol: Jour fixe" not in _feed(browser, cast.acme)

    days_pass(9)
    assert "Protocol: Jour fixe" not in _feed(browser, cast.acme)

    days_pass(1)
    assert "Protocol: Jour fixe" in _feed(browser, cast.acme)


def test_detail_called_directly_is_not_found_before_its_day(cast, protocol, days_pass):
    path = url("timeline:entry", cast.acme, _event(cast).pk)
    browser = browse_as(cast.anna)

    assert browser.get(path).status_code == 404
    assert browser.get(path, headers={"HX-Request": "true"}).status_code == 404
    days_pass(10)
    assert browser.get(path).status_code == 200
    assert browser.get(path, headers={"HX-Request": "true"}).templates[0].name == "timeline/_entry.html"


def test_start_page_waits_too(cast, protocol, days_pass):
    browser, path = browse_as(cast.anna), url("client_home", cast.acme)
    assert browser.get(path).context["days"] == []

    days_pass(10)

    assert len(browser.get(path).context["days"]) == 1


def test_policy_holds_it_when_the_first_wall_is_off(cast, protocol, days_pass):
    with acting_as(cast.anna):
        assert not Event.objects.exists()
    days_pass(10)
    with acting_as(cast.anna):
        assert Event.objects.count() == 1


def test_without_the_policy_it_would_be_there(cast, protocol):
    """The twin of the test above: only the outsider's policy holds the row back."""
    with acting_as(cast.anna) as sight, entered(replace(sight, scope="agency")):
        assert Event.objects.count() == 1


def test_staff_see_it_at_once_with_the_day_of_the_client(cast, protocol):
    page = _feed(browse_as(cast.nora), cast.acme)

    assert "Protocol: Jour fixe" in page
    assert "Client sees it on" in page


def test_own_act_of_a_contact_waits_in_the_feed(cast, write, days_pass):
    write("Written by Anna", by=cast.anna)
    browser = browse_as(cast.anna)
    assert "Written by Anna" not in _feed(browser, cast.acme)

    days_pass(10)

    assert 'data-side="client"' in _feed(browser, cast.acme)


def test_vendor_sees_the_own_work_at_once_and_that_of_others_late(cast, write, days_pass):
    write("By Vera", by=cast.vera, project=cast.shop)
    write("By Nora", project=cast.shop)
    write("Not shared")
    browser = browse_as(cast.vera)

    page = _feed(browser, cast.acme)
    assert "By Vera" in page
    assert "By Nora" not in page
    days_pass(10)
    page = _feed(browser, cast.acme)
    assert "By Nora" in page
    assert "Not shared" not in page


@pytest.mark.parametrize("days", [0, 3])
def test_each_client_has_its_own_delay(cast, write, days_pass, days):
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(embargo_days=days)
        cast.acme.refresh_from_db(fields=["embargo_days"])
    write("Soon")

    days_pass(days)

    assert "Soon" in _feed(browse_as(cast.anna), cast.acme)


def test_internal_events_never_reach_outsiders(cast, protocol, days_pass):
    with tenant(cast.north.pk):
        Event.objects.update(internal=True)
    days_pass(100)

    for who in ("anna", "pavel", "vera"):
        assert "Jour fixe" not in _feed(browse_as(getattr(cast, who)), cast.acme)
    assert "Only the agency sees this" in _feed(browse_as(cast.nora), cast.acme)


def _feed(browser, client) -> str:
    return browser.get(url("timeline:index", client)).content.decode()


def _event(cast) -> Event:
    with tenant(cast.north.pk):
        return Event.objects.get()
