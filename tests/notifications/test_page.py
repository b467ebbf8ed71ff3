"""The page behind the bell, and the matrix of wishes."""

import pytest

from portal.core.context import tenant
from portal.notifications.models import Notification, Preference
from portal.tenancy.actions import set_access
from tests.browse import browse_as, url
from tests.counting import queries_of


def test_contact_finds_what_is_new_and_follows_it(cast, protocol, deliver):
    deliver()
    browser, path = browse_as(cast.anna), url("notifications:index", cast.north)
    page = browser.get(path)
    assert "Protocol: Jour fixe" in page.content.decode()
    assert page.context["shell"].unread == 1

    follow = browser.get(page.context["days"][0].lines[0].url)

    assert follow.url == url("protocols:detail", cast.acme, protocol.number)
    assert browser.get(path).context["shell"].unread == 0
    assert browser.get(path, {"show": "new"}).context["days"] == []


def test_all_are_read_at_once_but_only_the_own_ones(cast, write, deliver):
    write()
    write()
    deliver()

    browse_as(cast.anna).post(url("notifications:read_all", cast.north))

    with tenant(cast.north.pk):
        assert not Notification.objects.visible_to(cast.anna).unread().exists()
        assert Notification.objects.visible_to(cast.olaf).unread().count() == 2


def test_nobody_follows_another_ones(cast, protocol, deliver):
    deliver()
    with tenant(cast.north.pk):
        row = Notification.objects.get(member=cast.anna)

    for who in ("bob", "carl", "nora", "olaf"):
        assert browse_as(getattr(cast, who)).get(url("notifications:follow", cast.north, row.pk)).status_code == 404
    assert browse_as(cast.saul).get(url("notifications:follow", cast.north, row.pk)).status_code == 404


def test_what_is_closed_meanwhile_is_gone_from_the_list(cast, protocol, deliver):
    deliver()
    with tenant(cast.north.pk):
        set_access(cast.anna, cast.acme, ["tickets"])

    assert browse_as(cast.anna).get(url("notifications:index", cast.north)).context["days"] == []


def test_member_chooses_channels(cast):
    browser, path = browse_as(cast.anna), url("notifications:preferences", cast.north)
    matrix = browser.get(path)
    assert "protocol.published-email" in matrix.content.decode()
    assert [row["label"] for row in matrix.context["form"].rows()][-1] == "New mails"
    assert "…" not in matrix.content.decode().partition("<main")[2].partition("</main>")[0]

    browser.post(path, {"protocol.published-in_app": "on"})

    with tenant(cast.north.pk):
        row = Preference.objects.get(member=cast.anna, kind="protocol.published")
    assert (row.in_app, row.email) == (True, False)


def test_kinds_of_closed_areas_are_not_offered(cast):
    page = browse_as(cast.carl).get(url("notifications:preferences", cast.north)).content.decode()

    assert "protocol.published" not in page


def test_wrong_methods_are_refused(cast):
    browser = browse_as(cast.anna)

    assert browser.get(url("notifications:read_all", cast.north)).status_code == 405
    assert browser.post(url("notifications:index", cast.north)).status_code == 405
    assert browser.put(url("notifications:preferences", cast.north)).status_code == 405


@pytest.mark.parametrize("who", ["anna", "olaf"])
def test_list_of_three_asks_as_much_as_one(cast, write, deliver, who):
    browser, path = browse_as(getattr(cast, who)), url("notifications:index", cast.north)
    write()
    deliver()
    one = queries_of(browser, path)
    write()
    write()
    deliver()

    three = queries_of(browser, path)

    assert len(one) == len(three) <= 12, "\n".join(three)


def test_pages_follow_each_other(cast, write, deliver):
    for _number in range(35):
        write()
    deliver()
    browser, path = browse_as(cast.anna), url("notifications:index", cast.north)

    first = browser.get(path)
    second = browser.get(path + first.context["more"], headers={"HX-Request": "true"})

    assert [sum(len(day.lines) for day in page.context["days"]) for page in (first, second)] == [30, 5]
    assert second.templates[0].name == "notifications/_days.html"
