"""What a vendor finds: the projects that are shared, each with a page, and a word when one is new."""

import pytest

from portal.core.context import tenant
from portal.mail.models import OutgoingMail
from portal.notifications.models import Notification
from portal.people.actions import members
from portal.tenancy.models import Member
from tests.browse import browse_as, url
from tests.counting import queries_of


def test_the_start_page_lists_shared_projects_with_what_is_new(cast, write):
    write("Kick-off", project=cast.shop)

    rows = browse_as(cast.vera).get(url("home", cast.north)).context["projects"]

    assert [(row.name, row.client, row.level, row.manager, row.news) for row in rows] == [
        ("Shop", "Acme", "Contribute", "Olaf Example", "1 new protocol")
    ]
    assert rows[0].url == url("shared_project", cast.acme, "shop")


def test_the_project_page_shows_this_project_only(cast, write):
    with tenant(cast.north.pk):
        members.share(cast.blog, by=cast.olaf, level="view", vendor=cast.supplier)
    write("Of the shop", project=cast.shop)
    write("Of the blog", project=cast.blog)

    page = browse_as(cast.vera).get(url("shared_project", cast.acme, "shop"))

    text = page.content.decode()
    assert [row.title for row in page.context["protocols"]] == ["Of the shop"]
    assert "Of the blog" not in text
    assert "Olaf Example" in text
    assert page.context["may_write"]
    assert not browse_as(cast.vera).get(url("shared_project", cast.acme, "blog")).context["may_write"]


def test_only_people_of_the_same_vendor_are_named(cast):
    page = browse_as(cast.vera).get(url("shared_project", cast.acme, "shop"))

    assert [str(person) for person in page.context["colleagues"]] == ["Vera Example"]


def test_a_project_that_is_not_shared_is_not_found(cast):
    assert browse_as(cast.vera).get(url("shared_project", cast.acme, "blog")).status_code == 404
    assert browse_as(cast.anna).get(url("shared_project", cast.acme, "shop")).status_code == 404


def test_staff_are_led_to_their_own_page(cast):
    answer = browse_as(cast.nora).get(url("shared_project", cast.acme, "shop"))

    assert answer.url == url("people:project", cast.acme, "shop")


def test_the_list_of_three_asks_as_much_as_of_one(cast):
    path = url("home", cast.north)
    one = queries_of(browse_as(cast.vera), path)
    with tenant(cast.north.pk):
        members.share(cast.blog, by=cast.olaf, level="view", vendor=cast.supplier)

    assert len(queries_of(browse_as(cast.vera), path)) == len(one) <= 12


@pytest.fixture
def share(cast, deliver):
    def share():
        with tenant(cast.north.pk):
            members.share(cast.blog, by=cast.olaf, level="view", vendor=cast.supplier)
        deliver()

    return share


def _told(cast) -> list[tuple]:
    with tenant(cast.north.pk):
        rows = Notification.objects.filter(kind="project.shared")
        return [(row.member.user.name, row.title, row.path) for row in rows]


def test_vendors_are_told_of_a_project_shared_with_them(cast, share):
    share()

    assert [(name, title) for name, title, _path in _told(cast)] == [
        ("Vera Example", "Blog was shared with Vega Studio")
    ]
    assert _told(cast)[0][2].endswith("/acme/shared/blog/")
    with tenant(cast.north.pk):
        assert list(OutgoingMail.objects.values_list("to", flat=True)) == [["vera@vera.example"]]


def test_who_shares_may_leave_the_mail_out_and_the_bell_tells_it(cast, deliver):
    path, vendor = url("people:share", cast.acme, cast.blog.slug), f"vendor-{cast.supplier.pk}"
    assert browse_as(cast.olaf).post(path, {"whom": vendor, "level": "view"}).status_code == 302
    deliver()

    assert [name for name, _title, _path in _told(cast)] == ["Vera Example"]
    with tenant(cast.north.pk):
        assert not OutgoingMail.objects.exists()

    assert browse_as(cast.olaf).post(path, {"whom": vendor, "level": "comment", "by_mail": "on"}).status_code == 302
    deliver()
    with tenant(cast.north.pk):
        assert OutgoingMail.objects.exists()


def test_that_can_be_switched_off(cast, share):
    browser, path = browse_as(cast.vera), url("notifications:preferences", cast.north)
    assert "Projects shared with you" in browser.get(path).content.decode()
    browser.post(path, {"csrfmiddlewaretoken": "as browsers send it"})

    share()

    assert _told(cast) == []
    with tenant(cast.north.pk):
        assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("who", ["anna", "carl"])
def test_contacts_are_not_asked_about_it(cast, who):
    page = browse_as(getattr(cast, who)).get(url("notifications:preferences", cast.north)).content.decode()

    assert "Projects shared with you" not in page


def test_who_is_no_longer_in_the_vendor_is_not_told(cast, share):
    with tenant(cast.north.pk):
        members.end(Member.objects.get(pk=cast.vera.pk), by=cast.olaf)

    share()

    assert _told(cast) == []


@pytest.mark.parametrize(
    ("who", "opened", "posted"),
    [
        ("saul", 404, 404),
        ("bob", 404, 404),
        ("carl", 404, 405),
        ("rita", 302, 405),
        ("fred", 404, 404),
        ("vera", 200, 405),
    ],
)
def test_everybody_else_is_turned_away(cast, who, opened, posted):
    browser, path = browse_as(getattr(cast, who)), url("shared_project", cast.acme, "shop")

    assert (browser.get(path).status_code, browser.post(path).status_code) == (opened, posted)
