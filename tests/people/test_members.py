"""Members: list, change, areas, leaving with a hand-over."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.people.actions import members
from portal.tenancy.models import Client, ClientAccess, ProjectAccess, Role
from tests.browse import browse_as, events_of, reload, url
from tests.people.confirming import confirmed


def test_owner_sees_everybody_by_name(olaf, north):
    page = browse_as(olaf).get(url("people:members", north))

    names = [member.user.name for member in page.context["page"].rows]
    assert page.status_code == 200
    assert names == sorted(names)
    assert {"Anna Example", "Vera Example", "Nora Example"} <= set(names)
    assert "Saul Example" not in names


@pytest.mark.parametrize("name", ["nora", "rita", "anna", "vera", "saul"])
def test_nobody_else_finds_the_members(cast, name):
    browser = browse_as(getattr(cast, name))

    assert browser.get(url("people:members", cast.north)).status_code == 404
    assert browser.get(url("people:member", cast.north, cast.anna.pk)).status_code == 404
    assert browser.post(url("people:end_member", cast.north, cast.anna.pk)).status_code == 404


def test_member_of_another_agency_is_not_found(olaf, north, saul):
    assert browse_as(olaf).get(url("people:member", north, saul.pk)).status_code == 404


def test_owner_changes_role_and_position(olaf, nora, north):
    manager = _role(north, "manager")

    confirmed(olaf).post(
        url("people:member", north, nora.pk), {"role": manager.pk, "position": "Head of search", "phone": "1"}
    )

    fresh = reload(nora)
    assert (fresh.role_id, fresh.position) == (manager.pk, "Head of search")


def test_posted_extra_fields_change_nothing(olaf, nora, north, south):
    browse_as(olaf).post(
        url("people:member", north, nora.pk),
        {"role": nora.role_id, "position": "x", "agency_id": south.pk, "kind": "contact", "user": olaf.user_id},
    )

    fresh = reload(nora)
    assert (fresh.kind, fresh.agency_id, fresh.user_id) == ("specialist", north.pk, nora.user_id)


def test_role_of_another_kind_or_agency_is_refused(olaf, anna, nora, north, south):
    for role in (_role(north, "contact", "contact"), _role(south, "manager")):
        answer = browse_as(olaf).post(url("people:member", north, nora.pk), {"role": role.pk, "position": ""})
        assert answer.status_code == 422
    assert reload(nora).role_id == nora.role_id


def test_last_owner_keeps_the_role_and_the_place(olaf, nora, north):
    browser = confirmed(olaf)
    demoted = browser.post(url("people:member", north, olaf.pk), {"role": nora.role_id, "position": ""})
    ended = browser.post(url("people:end_member", north, olaf.pk), {"to": nora.pk})

    assert (demoted.status_code, ended.status_code) == (422, 422)
    assert reload(olaf).role_id == olaf.role_id
    assert reload(olaf).ended_at is None


def test_nobody_makes_somebody_more_than_himself(in_north, nora, rita):
    helper = Role.objects.create(agency=in_north, kind="specialist", code="h", name="H", permissions=["manage_people"])
    nora.role = helper

    with pytest.raises(PermissionDenied):
        members.change(rita, by=nora, role=_role(in_north, "owner"), position="", phone="")


def test_leaving_specialist_hands_clients_over(olaf, nora, acme, north):
    with tenant(north.pk), transaction.atomic():
        Client.objects.filter(pk=acme.pk).update(manager=nora)
    browser = confirmed(olaf)

    refused = browser.post(url("people:end_member", north, nora.pk), {"to": ""})
    done = browser.post(url("people:end_member", north, nora.pk), {"to": olaf.pk})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert reload(acme).manager_id == olaf.pk
    assert reload(nora).ended_at is not None
    assert events_of(nora) == [("member.ended", olaf.pk)]
    assert browse_as(nora).get(url("people:clients", north)).status_code == 404


def test_ending_takes_access_and_invitations_away(in_north, olaf, vera, anna, acme):
    members.end(anna, by=olaf)

    assert not ClientAccess.objects.filter(member=anna).exists()
    assert not ProjectAccess.objects.filter(member=anna).exists()


def test_who_takes_over_is_not_called_optional_while_something_is_open(olaf, nora, acme, north):
    page = url("people:end_member", north, nora.pk)
    form = confirmed(olaf).get(page).context["form"]
    assert not form.fields["to"].required

    with tenant(north.pk), transaction.atomic():
        Client.objects.filter(pk=acme.pk).update(manager=nora)
    browser = confirmed(olaf)
    form = browser.get(page).context["form"]
    assert form.fields["to"].required
    assert form["to"].value() is None, "nobody is chosen in silence"
    answer = browser.post(page, {"sure": "1"})
    assert answer.status_code == 422
    assert "still open" in answer.context["form"].errors["to"][0]


def test_nobody_hands_over_to_a_stranger(in_north, olaf, nora, anna):
    with pytest.raises(ValidationError):
        members.end(nora, by=olaf, to=anna)


def test_owner_changes_the_areas_of_a_contact(olaf, carl, acme, north):
    confirmed(olaf).post(url("people:areas", north, carl.pk, acme.slug), {"areas": ["work", "money", "nonsense"]})

    with tenant(north.pk), transaction.atomic():
        assert set(ClientAccess.objects.get(member=carl, client=acme).areas) == {"work", "money"}


def test_absence_with_stand_in(olaf, nora, fred, north):
    answer = browse_as(olaf).post(
        url("people:absence", north, nora.pk),
        {"starts_on": "2030-03-29", "ends_on": "2030-04-02", "stand_in": fred.pk, "reason": "Holiday"},
    )

    assert answer.status_code == 302
    with tenant(north.pk), transaction.atomic():
        absence = nora.absences.get()
        assert absence.starts_at.isoformat() == "2030-03-28T23:00:00+00:00"
        assert absence.ends_at.isoformat() == "2030-04-02T22:00:00+00:00"
        assert absence.stand_in_id == fred.pk
        assert (absence.first_day.isoformat(), absence.last_day.isoformat()) == ("2030-03-29", "2030-04-02")
    assert "2 Apr 2030</time>" in browse_as(olaf).get(url("people:member", north, nora.pk)).content.decode()


def test_absence_that_ends_before_it_starts_is_refused(olaf, nora, north):
    form = {"starts_on": "2030-04-02", "ends_on": "2030-04-01"}
    assert browse_as(olaf).post(url("people:absence", north, nora.pk), form).status_code == 422


def test_sick_days_stand_with_the_member_and_can_be_taken_back(olaf, nora, north):
    """Entered afterwards they were saved, but stood nowhere, so a slip of the year stayed for good."""
    browser, today = browse_as(olaf), timezone.localdate()
    sick = {"starts_on": today - timedelta(days=20), "ends_on": today - timedelta(days=18), "reason": "Flu"}
    browser.post(url("people:absence", north, nora.pk), sick)
    page = browser.get(url("people:member", north, nora.pk))
    (absence,) = page.context["absences"]
    assert "Flu" in page.content.decode()
    browser.post(url("people:delete_absence", north, absence.pk))
    assert list(browser.get(url("people:member", north, nora.pk)).context["absences"]) == []

    slip = {"starts_on": today - timedelta(days=735), "ends_on": today - timedelta(days=733), "reason": "Holiday"}
    page = browser.post(url("people:absence", north, nora.pk), slip)
    assert page.status_code == 422
    assert "year" in page.context["form"].errors["ends_on"][0]


def _role(agency, code, kind="specialist"):
    with tenant(agency.pk), transaction.atomic():
        return Role.objects.get(agency=agency, kind=kind, code=code)
