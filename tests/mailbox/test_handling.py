"""Assigning, moving, setting aside: the agency's own, and what others see of it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from mailbox import handling
from mailbox.models import Mail
from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.notifications.models import Notification
from tests.browse import browse_as, events_of, url
from tests.limited import fresh
from tests.mailbox.conftest import thread_of


def listed(member, cast, **filters) -> str:
    """The list as this person sees it."""
    page = browse_as(member).get(url("mailbox:index", cast.acme), filters).content.decode()
    return page.partition('id="list"')[2].partition("<article")[0]


def test_not_relevant_leaves_list_and_search_for_everybody_and_comes_back(cast, nora, anna, mail):
    staff, place = browse_as(nora), url("mailbox:hiding", cast.acme, mail.pk)

    staff.post(place, {"hidden": "1"})

    assert "Terms of delivery" not in listed(anna, cast)
    assert "Terms of delivery" not in listed(nora, cast)
    assert "Terms of delivery" in listed(nora, cast, hidden="1")
    assert "Terms of delivery" not in listed(anna, cast, hidden="1")
    found = browse_as(anna).get(url("search:index", cast.north), {"q": "delivery"}).content.decode()
    assert url("mailbox:detail", cast.acme, mail.pk) not in found
    assert mail.subject not in browse_as(anna).get(url("client_home", cast.acme)).content.decode().partition("<main")[2]
    assert "Terms.txt" not in browse_as(anna).get(url("mailbox:files", cast.acme)).content.decode()
    assert browse_as(anna).get(url("mailbox:detail", cast.acme, mail.pk)).status_code == 200

    staff.post(place)

    assert "Terms of delivery" in listed(anna, cast)
    assert events_of(thread_of(mail)) == [("mail.hidden", nora.pk), ("mail.unhidden", nora.pk)]


def test_it_is_undone_where_it_was_said(cast, nora, mail):
    browser, place = browse_as(nora), url("mailbox:hiding", cast.acme, mail.pk)

    page = browser.post(place, {"hidden": "1"}, follow=True).content.decode()

    toast = page.partition('class="toast"')[2].partition("</div>")[0]
    assert f'action="{place}"' in toast
    assert page.count(f'action="{place}"') == 2
    assert "Back to the list" in page
    assert 'name="hidden"' not in page.partition("<article")[2]


def test_moving_changes_who_sees_it(cast, nora, vera, deliver):
    mail = deliver(project="blog", files=[("plan.txt", "text/plain", b"x")])[-1]
    browser, place = browse_as(vera), url("mailbox:detail", cast.acme, mail.pk)
    assert browser.get(place).status_code == 404

    browse_as(nora).post(url("mailbox:project", cast.acme, mail.pk), {"project": cast.shop.pk})
    with tenant(cast.north.pk), transaction.atomic():
        attachment = Mail.objects.get(pk=mail.pk).attachments.get()
    file = url("mailbox:attachment", cast.acme, mail.pk, attachment.pk)
    assert browser.get(place).status_code == 200
    assert browser.get(file).status_code == 200

    browse_as(nora).post(url("mailbox:project", cast.acme, mail.pk), {"project": ""})
    assert browser.get(place).status_code == 404
    assert browser.get(file).status_code == 404
    with tenant(cast.north.pk), transaction.atomic():
        assert {event.project_id for event in Event.objects.filter(kind="mail.received")} == {None}


def test_the_project_of_another_client_is_refused(cast, nora, mail):
    with tenant(cast.north.pk), transaction.atomic():
        from portal.tenancy import actions

        foreign = actions.create_project(cast.bolt, name="Launch")

    response = browse_as(nora).post(url("mailbox:project", cast.acme, mail.pk), {"project": foreign.pk})

    assert response.status_code == 422
    with tenant(cast.north.pk), transaction.atomic(), pytest.raises(handling.OtherClient):
        handling.move(Mail.objects.get(pk=mail.pk).thread, by=nora, project=foreign)


def test_whoever_is_to_answer_is_told_and_finds_it(cast, olaf, nora, anna, mail):
    browse_as(olaf).post(url("mailbox:assignment", cast.acme, mail.pk), {"assignee": nora.pk})

    with tenant(cast.north.pk), transaction.atomic():
        event = Event.objects.get(kind="mail.assigned")
        delivery.deliver(event.pk)
        assert [row.member_id for row in Notification.objects.filter(kind="mail.assigned")] == [nora.pk]
    assert event.internal
    assert "Terms of delivery" in listed(nora, cast, mine="1")
    assert "Terms of delivery" not in listed(olaf, cast, mine="1")
    assert "Nora Example is to answer" in listed(olaf, cast)
    assert "is to answer" not in listed(anna, cast)
    assert "is to answer" in browse_as(nora).get(url("mailbox:detail", cast.acme, mail.pk)).content.decode()
    assert "is to answer" not in browse_as(anna).get(url("mailbox:detail", cast.acme, mail.pk)).content.decode()


def test_nobody_is_assigned_who_does_not_see_the_client(cast, olaf, fred, anna, mail):
    for stranger in (fred, anna):
        response = browse_as(olaf).post(url("mailbox:assignment", cast.acme, mail.pk), {"assignee": stranger.pk})
        assert response.status_code == 422
        with tenant(cast.north.pk), transaction.atomic(), pytest.raises(handling.CannotAssign):
            handling.assign(Mail.objects.get(pk=mail.pk).thread, by=olaf, to=stranger)
    thread, gone = thread_of(mail), fresh(cast.nora)
    gone.ended_at = timezone.now()
    with tenant(cast.north.pk), transaction.atomic(), pytest.raises(handling.CannotAssign):
        handling.assign(thread, by=olaf, to=gone)
    with tenant(cast.north.pk), transaction.atomic(), pytest.raises(PermissionDenied):
        handling.hide(thread, by=cast.rita)


@pytest.mark.parametrize(
    ("name", "status"), [("anna", 404), ("pavel", 404), ("rita", 403), ("bob", 404), ("saul", 404)]
)
def test_handling_is_for_staff_who_write(cast, mail, name, status):
    browser = browse_as(getattr(cast, name))

    for view, data in (("hiding", {"hidden": "1"}), ("project", {}), ("assignment", {})):
        assert browser.post(url(f"mailbox:{view}", cast.acme, mail.pk), data).status_code == status
    assert thread_of(mail).hidden_at is None
