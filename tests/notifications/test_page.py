"""The page behind the bell, and the matrix of wishes."""

import pytest

from portal.core.context import tenant
from portal.notifications import actions
from portal.notifications.models import Notification, Preference
from portal.tenancy.actions import set_access, share_project, unshare_project
from protocols import actions as protocols
from protocols.models import Protocol
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


def test_a_specialist_keeps_nothing_of_a_project_that_is_shared_no_longer(cast, write, deliver):
    with tenant(cast.north.pk):
        share_project(cast.shop, level="contribute", member=cast.fred)
    write("Of the shop", project=cast.shop)
    deliver()
    path = url("notifications:index", cast.north)
    page = browse_as(cast.fred).get(path)
    assert "Of the shop" in page.content.decode()
    follow = page.context["days"][0].lines[0].url

    with tenant(cast.north.pk):
        unshare_project(cast.shop, member=cast.fred)

    page = browse_as(cast.fred).get(path)
    assert "Of the shop" not in page.content.decode()
    assert page.context["shell"].unread == 0
    assert browse_as(cast.fred).get(follow).status_code == 404


def test_all_are_read_at_once_but_only_the_own_ones(cast, write, deliver):
    write()
    write()
    deliver()

    browse_as(cast.anna).post(url("notifications:read_all", cast.north))

    with tenant(cast.north.pk):
        assert not Notification.objects.visible_to(cast.anna).unread().exists()
        assert Notification.objects.visible_to(cast.olaf).unread().count() == 2


def test_remarks_on_one_thing_are_one_line_that_leads_to_the_first(cast, protocol, deliver):
    with tenant(cast.north.pk):
        for number in range(3):
            protocols.comment(protocol, by=cast.nora, text=f"Remark {number}")
    deliver()

    page = browse_as(cast.anna).get(url("notifications:index", cast.north))

    first, _published = page.context["days"][0].lines
    assert (first.title, first.line) == ("Comment on: Jour fixe", "Nora Example · 3 times · Acme")
    with tenant(cast.north.pk):
        told = Notification.objects.filter(member=cast.anna, kind="protocol.commented")
        assert first.url == url("notifications:follow", cast.north, told.earliest("pk").pk)


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
    groups = {title: [str(row["label"]) for row in rows] for title, rows in matrix.context["form"].groups()}
    assert groups["Mails"] == [
        "New mails",
        "Mails written in the portal",
        "Mails of mine that did not arrive",
        "New mail addresses",
    ]
    assert "New protocols" in groups["Protocols"]
    assert list(groups).index("Protocols") < list(groups).index("Mails")
    assert "…" not in matrix.content.decode().partition("<main")[2].partition("</main>")[0]

    browser.post(path, {"protocol.published-in_app": "on"})

    with tenant(cast.north.pk):
        row = Preference.objects.get(member=cast.anna, kind="protocol.published")
    assert (row.in_app, row.email) == (True, False)


def test_a_changed_box_is_kept_at_once_and_said_in_a_toast(cast):
    browser, path = browse_as(cast.anna), url("notifications:preferences", cast.north)
    answer = browser.post(path, {"protocol.published-in_app": "on"}, headers={"HX-Request": "true"})

    assert (answer.status_code, "Saved" in answer["HX-Trigger"]) == (204, True)


def test_member_goes_back_to_our_suggestion_and_leaves_others_alone(cast):
    path = url("notifications:preferences", cast.north)
    with tenant(cast.north.pk):
        actions.choose(cast.olaf, "mail.received", in_app=True, email=False)
    browser = browse_as(cast.anna)
    browser.post(path, {"protocol.published-in_app": "on"})
    browser.post(path, {"suggested": "1"})

    with tenant(cast.north.pk):
        assert list(Preference.objects.values_list("member_id", flat=True)) == [cast.olaf.pk]


def test_following_one_reads_all_that_was_told_about_the_same_thing(cast, protocol, write, deliver):
    write("Another")
    with tenant(cast.north.pk):
        protocols.comment(protocol, by=cast.nora, text="One")
        protocols.comment(protocol, by=cast.nora, text="Two")
    deliver()
    with tenant(cast.north.pk):
        one = Notification.objects.filter(member=cast.anna, kind="protocol.commented").first()

    browse_as(cast.anna).get(url("notifications:follow", cast.north, one.pk))

    with tenant(cast.north.pk):
        left = Notification.objects.visible_to(cast.anna).unread()
        assert [str(row) for row in left] == ["Protocol: Another"]
        actions.mark_read_about(cast.anna, Protocol.objects.get(title="Another"))
        assert not left.all().exists()
        assert Notification.objects.visible_to(cast.olaf).unread().count() == 4


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
