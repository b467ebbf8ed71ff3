"""Who may see more or less is changed only by somebody who has just proved to be it; what was chosen is not lost meanwhile."""

import pytest
from django.db import transaction

from portal.core.context import tenant
from portal.tenancy.models import ClientAccess, Role
from tests.browse import browse_as, reload, url
from tests.people.confirming import confirmed
from tests.world import PASSWORD


@pytest.fixture
def manager(north):
    with tenant(north.pk), transaction.atomic():
        return Role.objects.get(agency=north, kind="specialist", code="manager")


def test_another_role_asks_for_the_password_and_keeps_what_was_chosen(olaf, nora, north, manager):
    browser, page = _with_password(olaf), url("people:member", north, nora.pk)
    asked = browser.post(page, {"role": manager.pk, "position": "Lead", "phone": "1"})
    untouched = reload(nora).role_id

    shown = browser.post(asked["Location"], {"password": PASSWORD}, follow=True)

    assert untouched == nora.role_id != manager.pk
    assert shown.redirect_chain == [(page, 302)]
    assert shown.context["form"].initial | {"phone": "1"} == {"role": str(manager.pk), "position": "Lead", "phone": "1"}
    assert "Now press the button once more" in shown.content.decode()
    assert browser.get(page).context["form"].initial["role"] == nora.role_id, "it is told once"


def test_position_and_phone_need_no_password(olaf, nora, north):
    form = {"role": nora.role_id, "position": "Lead", "phone": "1"}
    answer = browse_as(olaf).post(url("people:member", north, nora.pk), form)
    assert answer["Location"] == url("people:member", north, nora.pk)
    assert reload(nora).position == "Lead"


def test_areas_of_a_contact_ask_for_the_password_and_keep_the_boxes(olaf, carl, acme, north):
    browser, page = _with_password(olaf), url("people:member", north, carl.pk)
    asked = browser.post(url("people:areas", north, carl.pk, acme.slug), {"areas": ["work", "money"]})
    untouched = _areas(carl, acme)

    shown = browser.post(asked["Location"], {"password": PASSWORD}, follow=True)

    assert untouched == ["tickets"]
    assert shown.redirect_chain == [(page, 302)]
    assert shown.context["accesses"][0].areas == ["work", "money"]
    assert _areas(carl, acme) == ["tickets"], "shown, not saved"


def test_areas_of_colleagues_ask_for_the_password_and_keep_the_boxes(anna, carl, acme):
    browser, page = _with_password(anna), url("people:team", acme)
    asked = browser.post(url("people:team_areas", acme), {"member": [carl.pk], f"areas-{carl.pk}": ["mails"]})
    untouched = _areas(carl, acme)

    shown = browser.post(asked["Location"], {"password": PASSWORD}, follow=True)

    row = next(row for row in shown.context["rows"] if row["member"].pk == carl.pk)
    assert untouched == ["tickets"]
    assert shown.redirect_chain == [(page, 302)]
    assert [box["code"] for box in row["boxes"] if box["on"]] == ["mails"]


def test_what_was_chosen_is_forgotten_when_the_proof_was_for_something_else(olaf, nora, north, manager):
    browser, page = _with_password(olaf), url("people:member", north, nora.pk)
    browser.post(page, {"role": manager.pk, "position": "", "phone": ""})
    assert browser.get(page).context["form"].initial["role"] == nora.role_id, "not without the proof"

    browser.post(f"{url('account_reauthenticate', north)}?next=/north/", {"password": PASSWORD})

    assert browser.get(page).context["form"].initial["role"] == nora.role_id


def test_after_the_proof_it_is_done_at_once(olaf, carl, acme, north):
    confirmed(olaf).post(url("people:areas", north, carl.pk, acme.slug), {"areas": ["work"]})
    assert _areas(carl, acme) == ["work"]


def _with_password(member):
    member.user.set_password(PASSWORD)
    member.user.save()
    return browse_as(member)


def _areas(member, client) -> list[str]:
    with tenant(client.agency_id), transaction.atomic():
        return ClientAccess.objects.get(member=member, client=client).areas
