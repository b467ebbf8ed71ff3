"""With a guard off, the walls' table must go red: otherwise it would prove nothing (each test here is a twin)."""

import pytest
from django.db import connections, transaction

from portal.core import access
from portal.core.context import tenant
from portal.tenancy import middleware
from portal.tenancy.models import Client, Member
from tests import test_walls
from tests.asking import Trial, browser_of, path_of
from tests.route_shapes import cells
from tests.route_table import TABLE
from tests.routes import AGENCY, Route
from tests.scenery import scenery
from tests.walls_off import first_wall_off, second_wall_off

__all__ = ["scenery"]

ROWS = [
    row for row in TABLE[AGENCY] if row.name.startswith(("protocols:", "mailbox:", "people:client", "people:agency"))
]


def faults(w, viewer: str) -> list[str]:
    return list(test_walls.faults(w, ROWS, AGENCY, viewer))


def test_with_all_guards_the_table_is_green(scenery):
    assert not faults(scenery, "carl")


def test_without_the_rules_of_views_it_is_red(scenery, monkeypatch):
    monkeypatch.setattr(middleware, "_is_open", lambda rule, request: True)

    assert any("people:agency" in line and "200 instead of 404" in line for line in faults(scenery, "carl"))


def test_without_areas_it_is_red(scenery, monkeypatch):
    monkeypatch.setattr(Member, "sees_area", lambda self, client, area: True)

    assert any("200 instead of 404" in line for line in faults(scenery, "carl"))


def test_without_permissions_readers_write(scenery, monkeypatch):
    monkeypatch.setattr(Member, "can", lambda self, permission: True)

    assert any("POST protocols:create" in line and "302 instead of 403" in line for line in faults(scenery, "rita"))


def test_without_closed_doors_strangers_come_in(scenery, monkeypatch):
    monkeypatch.setattr(middleware, "_rule", lambda view, match: access.Rule(public=True))

    assert any("instead of in" in line for line in faults(scenery, "stranger"))


def test_without_the_second_factor_half_a_sign_in_is_enough(scenery, monkeypatch):
    browser, path = browser_of(scenery, "anna"), "/north/notifications/"
    session = browser.session
    del session["otp_device_id"]
    session.save()
    guarded = browser.get(path)
    monkeypatch.setattr(middleware, "meets_policy", lambda request: True)

    assert guarded.status_code == 302
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize("viewer", ["bob", "saul"])
def test_one_wall_is_enough_and_without_both_it_is_red(scenery, viewer):
    rows = [row for row in ROWS if row.name in ("protocols:detail", "mailbox:detail", "mailbox:attachment")]
    with first_wall_off():
        behind_the_second = _open_to(scenery, viewer, rows)
    with second_wall_off():
        behind_the_first = _open_to(scenery, viewer, rows)
    with first_wall_off(), second_wall_off():
        behind_none = _open_to(scenery, viewer, rows)

    assert (behind_the_second, behind_the_first) == ([], [])
    assert behind_none


def _open_to(w, viewer: str, rows) -> list[str]:
    """Pages of acme that open to somebody under his own client."""
    own = w.things["cosmo" if viewer == "saul" else "bolt"].client
    with Trial() as trial:
        browser, things = browser_of(w, viewer), w.things["acme"]
        paths = [path_of(row, things, agency=own.agency.slug, client=own) for row in rows]
        return [path for path in paths if trial.ask(browser, "get", path)[0].status_code == 200]


def test_row_level_security_and_the_role_without_it(scenery):
    with tenant(scenery.north.pk), transaction.atomic():
        agencies = set(Client.objects.values_list("agency_id", flat=True))
    with transaction.atomic(using="maint"):
        unwalled = set(Client.objects.using("maint").values_list("agency_id", flat=True))

    assert agencies == {scenery.north.pk}
    assert unwalled == {scenery.north.pk, scenery.south.pk}


def test_the_application_cannot_take_the_walls_down(scenery):
    for statement in (
        "ALTER TABLE tenancy_client DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON tenancy_client",
        "TRUNCATE tenancy_client CASCADE",
        "SET ROLE portal_maint",
        "SET ROLE portal_owner",
    ):
        with pytest.raises(Exception, match=r"must be owner|permission denied"), transaction.atomic():
            connections["default"].cursor().execute(statement)


def test_a_route_without_a_row_is_noticed(monkeypatch):
    more = [*test_walls.routes_of(AGENCY), Route(AGENCY, "new:page", "new/", "new.views.page")]
    monkeypatch.setattr(test_walls, "routes_of", lambda urlconf: more)

    with pytest.raises(AssertionError):
        test_walls.test_table_and_routes_are_the_same(AGENCY)


@pytest.mark.parametrize("text", ["in 404 404", "in 404 404 404 404 404 404 200 200"])
def test_a_missing_cell_is_an_error(text):
    with pytest.raises(ValueError, match="zip"):
        cells(text)
