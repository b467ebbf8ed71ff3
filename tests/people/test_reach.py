"""Contacts to whom only some projects of their client are open: who opens which, on which page."""

from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.core.context import tenant
from portal.people.actions import asking, invitations, members, merging
from portal.people.models import AccessRequest, Invitation
from portal.tenancy import actions as places
from portal.tenancy.models import ClientAccess, Member, ProjectAccess
from tests.browse import browse_as, events_of, reload, url
from tests.counting import queries_of
from tests.limited import fresh, lena_in
from tests.people.confirming import confirmed
from tests.tickets.makers import deliver, mails_to, open_for
from tests.world import person


@pytest.mark.parametrize("who", ["olaf", "anna"])
def test_staff_and_whoever_looks_after_the_team_choose_projects(cast, who):
    browser, page = confirmed(getattr(cast, who)), url("people:team_projects", cast.acme, cast.carl.pk)

    shown = browser.get(page)
    browser.post(page, {"reach": "some", f"project-{cast.blog.pk}": "comment"})

    assert shown.context["form"].initial["reach"] == "all"
    carl = fresh(cast.carl)
    assert {row.project_id: row.level for row in carl.project_accesses.values()} == {cast.blog.pk: "comment"}
    assert [(row.limited_by_id, row.areas) for row in carl.accesses] == [(getattr(cast, who).pk, ["tickets"])]
    assert events_of(cast.carl)[-1] == ("member.changed", getattr(cast, who).pk)
    assert "Only Blog (Comment)" in _words(browser.get(url("people:team", cast.acme)))

    browser.post(page, {"reach": "all"})

    assert fresh(cast.carl).projects_of("tickets") == () and fresh(cast.carl).clients_of("tickets") == (cast.acme.pk,)


def test_only_one_of_both_is_saved_and_never_nothing(cast):
    browser, page = confirmed(cast.olaf), url("people:team_projects", cast.acme, cast.carl.pk)

    assert browser.post(page, {"reach": "some"}).status_code == 422
    assert browser.post(page, {"reach": "some", f"project-{cast.shop.pk}": "own"}).status_code == 422
    assert browser.post(page, {"reach": "maybe"}).status_code == 422
    assert fresh(cast.carl).clients_of("tickets") == (cast.acme.pk,)


def test_nobody_else_comes_to_the_page(cast):
    lena = lena_in(cast, cast.shop)
    page = url("people:team_projects", cast.acme, lena.pk)

    for member in (cast.carl, lena, cast.vera, cast.nora, cast.bob, cast.saul):
        assert confirmed(member).get(page).status_code == 404, member
        assert confirmed(member).post(page, {"reach": "all"}).status_code == 404, member
    own = url("people:team_projects", cast.acme, cast.anna.pk)
    assert confirmed(cast.anna).get(own).status_code == 404
    assert confirmed(cast.olaf).get(url("people:team_projects", cast.bolt, lena.pk)).status_code == 404
    assert browse_as(cast.olaf).post(page, {"reach": "all"}).status_code == 302
    assert fresh(lena).limited_client_ids == (cast.acme.pk,)


def test_money_and_security_go_and_cannot_be_ticked(cast):
    with tenant(cast.north.pk), transaction.atomic():
        members.set_areas(cast.carl, cast.acme, {"work", "money", "security"}, by=cast.olaf)
        members.set_projects(cast.carl, cast.acme, {cast.shop: "view"}, by=cast.olaf)
    team = url("people:team_areas", cast.acme)

    confirmed(cast.anna).post(team, {"member": cast.carl.pk, f"areas-{cast.carl.pk}": ["work", "money", "security"]})

    assert fresh(cast.carl).accesses[0].areas == ["work"]
    boxes = confirmed(cast.anna).get(url("people:team", cast.acme)).context["rows"]
    carl = next(row for row in boxes if row["member"] == cast.carl)
    assert [box["code"] for box in carl["boxes"] if box["open"]] == ["work", "tickets", "mails"]


def test_projects_of_another_client_cannot_be_given(cast):
    with tenant(cast.north.pk), transaction.atomic():
        launch = places.create_project(cast.bolt, name="Launch")
    with tenant(cast.north.pk), pytest.raises(PermissionDenied), transaction.atomic():
        members.set_projects(cast.carl, cast.acme, {launch: "view"}, by=cast.olaf)
    with tenant(cast.north.pk), pytest.raises(PermissionDenied), transaction.atomic():
        members.set_projects(cast.bob, cast.acme, {cast.shop: "view"}, by=cast.olaf)


def test_pages_ask_as_much_for_three_as_for_one(cast):
    browser, asked = confirmed(cast.olaf), []
    for name in ("Lu", "Mia", "Ida"):
        with tenant(cast.north.pk), transaction.atomic():
            one = places.add_member(cast.north, person(name), kind="contact", role="contact")
            places.set_access(one, cast.acme, ["work"])
            places.limit_access(one, cast.acme, {cast.shop: "view", cast.blog: "view"}, by=cast.olaf)
        pages = [url("people:team", cast.acme), url("people:team_projects", cast.acme, one.pk)]
        pages += [url("people:project", cast.acme, "shop"), url("people:member", cast.north, one.pk)]
        asked.append([len(queries_of(browser, page)) for page in pages])

    assert asked[0] == asked[2] and max(asked[0]) <= 12, asked


# --- The sharing page of a project -------------------------------------------------------------------------------------


def test_project_is_shared_with_limited_contacts_alone_and_they_are_told(cast):
    lena = lena_in(cast, cast.blog)
    browser, share = browse_as(cast.olaf), url("people:share", cast.acme, cast.shop.slug)
    page = browser.get(url("people:project", cast.acme, cast.shop.slug))
    offered = [key for _title, rows in page.context["share_form"].fields["whom"].choices[1:] for key, _name in rows]
    assert f"member-{lena.pk}" in offered and f"member-{cast.anna.pk}" not in offered

    assert browser.post(share, {"whom": f"member-{cast.anna.pk}", "level": "view"}).status_code == 422
    assert browser.post(share, {"whom": f"member-{lena.pk}", "level": "comment", "by_mail": "on"}).status_code == 302

    assert set(fresh(lena).project_ids) == {cast.shop.pk, cast.blog.pk}
    (mail,) = mails_to(deliver(cast.north), lena)
    assert "Shop was shared with Lena Example" in mail.text
    told = browse_as(lena).get(url("shared_project", cast.acme, cast.shop.slug))
    assert (told.status_code, told.url) == (302, url("client_home", cast.acme))
    assert browse_as(cast.anna).get(url("shared_project", cast.acme, cast.shop.slug)).status_code == 404
    assert "Projects shared with you" in _words(browse_as(lena).get(url("notifications:preferences", cast.north)))

    with tenant(cast.north.pk), transaction.atomic():
        pk = ProjectAccess.objects.get(member=lena, project=cast.shop).pk
    browser.post(url("people:unshare", cast.acme, cast.shop.slug, pk))
    assert fresh(lena).project_ids == (cast.blog.pk,)


def test_action_shares_no_project_with_whoever_sees_all_of_them(cast):
    for member in (cast.anna, cast.bob):
        with tenant(cast.north.pk), pytest.raises(PermissionDenied), transaction.atomic():
            members.share(cast.shop, by=cast.olaf, level="view", member=member)


def test_managing_contact_shares_with_limited_colleagues_and_nobody_else(cast):
    lena = lena_in(cast, cast.shop, level="manage")
    with tenant(cast.north.pk), transaction.atomic():
        places.limit_access(cast.carl, cast.acme, {cast.blog: "view"}, by=cast.olaf)
    browser, share = browse_as(lena), url("people:share", cast.acme, cast.shop.slug)
    page = url("people:project", cast.acme, cast.shop.slug)
    assert page in browser.get(url("tickets:project", cast.acme, cast.shop.slug)).content.decode()
    shown = browser.get(page)
    offered = [key for _title, rows in shown.context["share_form"].fields["whom"].choices[1:] for key, _name in rows]
    assert offered == [f"member-{cast.carl.pk}"] and "Vega" not in shown.content.decode()

    for whom, level in (
        (cast.carl, "manage"),
        (cast.anna, "view"),
        (cast.bob, "view"),
        (cast.vera, "view"),
        (lena, "view"),
    ):
        assert browser.post(share, {"whom": f"member-{whom.pk}", "level": level}).status_code == 422
    assert browser.post(share, {"whom": f"vendor-{cast.provider.pk}", "level": "view"}).status_code == 422
    assert browser.post(share, {"whom": f"member-{cast.carl.pk}", "level": "comment"}).status_code == 302

    assert {row.project_id: row.level for row in fresh(cast.carl).project_accesses.values()} == {
        cast.shop.pk: "comment",
        cast.blog.pk: "view",
    }
    assert [str(row.member) for row in browser.get(page).context["accesses"]] == ["Lena Example", "Carl Example"]
    for other in (cast.carl, cast.anna, cast.bob):
        assert browse_as(other).get(page).status_code == 404
        assert browse_as(other).post(share, {"whom": f"member-{cast.carl.pk}", "level": "view"}).status_code == 404
    assert browser.get(url("people:project", cast.acme, cast.blog.slug)).status_code == 404


def test_only_the_agency_makes_managers_and_takes_away_what_it_gave_them(cast):
    lena, page = lena_in(cast, cast.shop, level="manage"), "people:team_projects"
    anna = confirmed(cast.anna)

    anna.post(url(page, cast.acme, lena.pk), {"reach": "some", f"project-{cast.blog.pk}": "view"})
    anna.post(url(page, cast.acme, cast.carl.pk), {"reach": "some", f"project-{cast.shop.pk}": "manage"})

    levels = {row.project_id: row.level for row in fresh(lena).project_accesses.values()}
    assert levels[cast.shop.pk] == "manage"
    assert not fresh(cast.carl).limited_client_ids
    for wanted in ({}, {cast.shop: "view"}, {cast.shop: "manage", cast.blog: "manage"}):
        with tenant(cast.north.pk), pytest.raises(PermissionDenied), transaction.atomic():
            members.set_projects(fresh(lena), cast.acme, wanted, by=cast.anna)


# --- Invitations ---------------------------------------------------------------------------------------------------------


def test_contact_is_invited_to_one_project(cast):
    words = {"areas": ["work", "tickets"], "client": cast.acme, "project": cast.shop, "level": "comment"}

    new = fresh(_joins(cast, person("New"), **words))

    assert new.projects_of("work") == (cast.shop.pk,) and new.clients_of("work") == ()
    assert new.project_accesses[cast.shop.pk].level == "comment"


def test_invitation_to_one_project_takes_nothing_from_somebody_who_came_meanwhile(cast):
    words = {"areas": ["work"], "client": cast.bolt, "level": "view"}
    with tenant(cast.north.pk), transaction.atomic():
        launch = places.create_project(cast.bolt, name="Launch")
    meanwhile = partial(places.set_access, cast.carl, cast.bolt, ["tickets"])

    _joins(cast, cast.carl.user, meanwhile=meanwhile, project=launch, **words)

    assert fresh(cast.carl).limited_client_ids == ()
    assert set(fresh(cast.carl).clients_of("tickets")) == {cast.acme.pk, cast.bolt.pk}


def test_project_of_another_client_is_no_invitation(cast):
    with pytest.raises(PermissionDenied):
        _joins(cast, person("New"), areas=["work"], client=cast.bolt, project=cast.shop, level="view")


@pytest.mark.parametrize(
    ("more", "field"), [({"areas": ["work", "money"]}, "areas"), ({"project": "rocket"}, "project"), ({}, None)]
)
def test_form_of_the_invitation_says_what_does_not_go_together(cast, more, field):
    path, role = url("people:invite", cast.north, "contact"), cast.anna.role_id
    project = getattr(cast, more.get("project", "shop"))
    data = {"email": "new@new.example", "name": "New", "role": role, "client": cast.acme.pk, "areas": ["work"]}

    answer = browse_as(cast.olaf).post(path, data | {"level": "view"} | more | {"project": project.pk})

    assert answer.status_code == (422 if field else 302)
    assert not field or field in answer.context["form"].errors


def test_contact_invites_a_colleague_to_one_project(cast):
    path = url("people:team_invite", cast.acme)
    data = {"email": "new@new.example", "name": "New", "role": cast.anna.role_id, "areas": ["work"]}

    answer = browse_as(cast.anna).post(path, data | {"project": cast.shop.pk, "level": "view"})

    assert answer.status_code == 302
    with tenant(cast.north.pk), transaction.atomic():
        assert Invitation.objects.get().project_id == cast.shop.pk


# --- Asking for access ------------------------------------------------------------------------------------------------------


def test_she_asks_and_gets_a_project_and_no_area(cast):
    lena = lena_in(cast, cast.shop, areas=["tickets"])
    ticket = open_for(cast.acme, cast.nora, project=cast.blog)
    page = url("tickets:detail", cast.acme, ticket.number)
    browse_as(lena).post(url("people:request_access", cast.north), {"path": page, "why": "Please"})
    with tenant(cast.north.pk), transaction.atomic():
        asked = AccessRequest.objects.select_related("member", "client", "project").get()
    answer = url("people:access_request", cast.north, asked.pk)

    shown = browse_as(cast.olaf).get(answer).context["form"]
    browse_as(cast.olaf).post(answer, {"yes": "1", "project": cast.blog.pk, "level": "view"})

    assert "areas" not in shown.fields
    assert set(fresh(lena).projects_of("tickets")) == {cast.shop.pk, cast.blog.pk}
    assert browse_as(lena).get(page).status_code == 200
    assert fresh(lena).accesses[0].areas == ["tickets"] and mails_to(deliver(cast.north), lena)


def test_something_of_no_project_needs_somebody_to_choose_one(cast):
    lena = lena_in(cast, cast.shop)
    ticket = open_for(cast.acme, cast.nora)
    page = url("tickets:detail", cast.acme, ticket.number)
    browse_as(lena).post(url("people:request_access", cast.north), {"path": page, "why": "Please"})

    with tenant(cast.north.pk), transaction.atomic():
        asked = AccessRequest.objects.select_related("member", "client", "project").get()
    with tenant(cast.north.pk), pytest.raises(asking.NoProject), transaction.atomic():
        asking.grant(asked, by=cast.olaf, areas=["work"], level="view", project=None)
    assert browse_as(lena).get(page).status_code == 404


# --- Two contacts that are one person ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "own", "left"),
    [
        (["shop"], ["blog"], {"shop": "contribute", "blog": "contribute"}),
        (["shop"], None, None),
        (None, ["blog"], None),
        (["shop"], "nothing", {"shop": "contribute"}),
    ],
)
def test_merged_contacts_keep_what_either_had(cast, theirs, own, left):
    lena = lena_in(cast, cast.shop)
    with tenant(cast.north.pk), transaction.atomic():
        if theirs is None:
            places.widen_access(lena, cast.acme)
        if own == "nothing":
            places.set_access(cast.carl, cast.acme, [])
        elif own:
            places.limit_access(cast.carl, cast.acme, {cast.blog: "contribute"}, by=cast.olaf)
        merging.merge(fresh(lena), fresh(cast.carl), by=cast.olaf)

    carl = fresh(cast.carl)
    found = {row.project.slug: row.level for row in carl.project_accesses.values()} if carl.limited_client_ids else None
    assert found == left
    assert set(carl.accesses[0].areas) == {"work", "tickets", "mails"}
    with tenant(cast.north.pk), transaction.atomic():
        assert not ClientAccess.objects.filter(member=lena).exists() and reload(lena).ended_at
        assert left or not ProjectAccess.objects.filter(member=carl).exists()


def _joins(cast, user, *, meanwhile=lambda: None, **words) -> Member:
    """Invited by Olaf as a contact, and accepted."""
    with tenant(cast.north.pk), transaction.atomic():
        invitation = invitations.invite(
            cast.north, by=cast.olaf, kind="contact", role=cast.anna.role, email=user.email, name="New", **words
        )
        meanwhile()
        return invitations.accept(invitation, user=user)


def _words(answer) -> str:
    return " ".join(answer.content.decode().split())
