"""A vendor's manager of a project: shares it inside the own house, and takes it away again there."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.core.context import tenant
from portal.people.actions import members
from portal.tenancy.actions import add_member, share_project, unshare_project
from portal.tenancy.models import Member, ProjectAccess
from tests.browse import browse_as, events_of, reload, url
from tests.world import person


@pytest.fixture
def victor(cast):
    """A colleague of Vera, to whom nothing is open: the project is Vera's alone."""
    with tenant(cast.north.pk), transaction.atomic():
        victor = add_member(cast.north, person("Victor"), kind="vendor", role="vendor", vendor=cast.supplier)
        unshare_project(cast.shop, vendor=cast.supplier)
        share_project(cast.shop, level="manage", member=cast.vera)
    return victor


def test_manager_shares_with_a_colleague_and_takes_it_away(cast, victor):
    vera, page = browse_as(cast.vera), url("people:project", cast.acme, cast.shop.slug)
    offered = vera.get(page).context["share_form"].fields["whom"].choices

    vera.post(url("people:share", cast.acme, cast.shop.slug), {"whom": f"member-{victor.pk}", "level": "comment"})

    assert [key for _title, rows in offered[1:] for key, _name in rows] == [f"member-{victor.pk}"]
    assert reload(victor).project_accesses[cast.shop.pk].level == "comment"
    assert page in vera.get(url("tickets:project", cast.acme, cast.shop.slug)).content.decode()
    assert [str(row.member) for row in vera.get(page).context["accesses"]] == ["Vera Example", "Victor Example"]

    vera.post(url("people:unshare", cast.acme, cast.shop.slug, _pk_of(cast, victor)))

    assert reload(victor).project_ids == ()
    assert events_of(cast.shop) == [("project.shared", cast.vera.pk), ("project.unshared", cast.vera.pk)]


def test_manager_reaches_nobody_outside_the_own_house(cast, victor):
    with tenant(cast.north.pk), transaction.atomic():
        share_project(cast.shop, level="view", member=cast.fred)
    vera, share = browse_as(cast.vera), url("people:share", cast.acme, cast.shop.slug)

    for whom in (f"member-{cast.pavel.pk}", f"member-{cast.vera.pk}", f"vendor-{cast.supplier.pk}"):
        assert vera.post(share, {"whom": whom, "level": "view"}).status_code == 422
    page = vera.get(url("people:project", cast.acme, cast.shop.slug)).content.decode()
    assert "Fred" not in page and "Pixel" not in page
    for whose, answer in ((cast.fred, 404), (cast.vera, 403)):
        path = url("people:unshare", cast.acme, cast.shop.slug, _pk_of(cast, whose))
        assert vera.post(path).status_code == answer
    assert vera.get(url("people:projects", cast.acme)).status_code == 404


def test_only_the_agency_makes_managers_and_takes_away_what_it_gave_them(cast, victor):
    vera, share = browse_as(cast.vera), url("people:share", cast.acme, cast.shop.slug)
    assert vera.post(share, {"whom": f"member-{victor.pk}", "level": "manage"}).status_code == 422
    with tenant(cast.north.pk), transaction.atomic():
        share_project(cast.shop, level="manage", member=victor)
    taking = url("people:unshare", cast.acme, cast.shop.slug, _pk_of(cast, victor))

    assert taking not in vera.get(url("people:project", cast.acme, cast.shop.slug)).content.decode()
    assert vera.post(taking).status_code == 403
    assert vera.post(share, {"whom": f"member-{victor.pk}", "level": "view"}).status_code == 403
    assert reload(victor).project_accesses[cast.shop.pk].level == "manage"


@pytest.mark.parametrize("level", ["view", "comment", "contribute"])
def test_nobody_else_of_the_house_shares_it(cast, victor, level):
    with tenant(cast.north.pk), transaction.atomic():
        share_project(cast.shop, level=level, member=cast.vera)
    vera, more = browse_as(cast.vera), {"whom": f"member-{victor.pk}", "level": "view"}

    assert vera.get(url("people:project", cast.acme, cast.shop.slug)).status_code == 404
    assert vera.post(url("people:share", cast.acme, cast.shop.slug), more).status_code == 404
    board = vera.get(url("tickets:project", cast.acme, cast.shop.slug)).content.decode()
    assert url("people:project", cast.acme, cast.shop.slug) not in board


def test_what_is_shared_with_one_person_counts_before_what_is_shared_with_all(cast, victor):
    with tenant(cast.north.pk), transaction.atomic():
        share_project(cast.shop, level="view", member=victor)
        share_project(cast.shop, level="manage", vendor=cast.supplier)

    assert reload(victor).project_accesses[cast.shop.pk].level == "view"
    with pytest.raises(PermissionDenied), tenant(cast.north.pk), transaction.atomic():
        members.share(cast.shop, by=reload(victor), level="view", member=cast.vera)


def _pk_of(cast, member: Member) -> int:
    with tenant(cast.north.pk), transaction.atomic():
        return ProjectAccess.objects.get(project=cast.shop, member=member).pk
