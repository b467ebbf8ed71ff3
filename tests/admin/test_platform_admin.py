"""Platform staff cross agencies by the maintenance role only, and each page they open is in the audit log."""

import json

import pytest
from django.db import connections, transaction
from django.test import Client as Browser
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts.models import User
from portal.core.context import tenant
from portal.tenancy.models import Agency, Network
from tests import stage
from tests.admin.test_agency_admin import INLINE

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def cast(transactional_db):
    """Committed, so that the maintenance role's own connection sees it."""
    return stage.cast()


@pytest.fixture
def paula(transactional_db):
    """Platform staff, with a second factor."""
    return User.objects.create_user("paula@platform.example", name="Paula Platform", is_staff=True)


def browser_of(user, verified=True) -> Browser:
    browser = Browser()
    browser.force_login(user)
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    if verified:
        session = browser.session
        session["otp_device_id"] = device.persistent_id
        session.save()
    return browser


def audited(kind: str) -> list[tuple]:
    with transaction.atomic(using="maint"), connections["maint"].cursor() as cursor:
        cursor.execute("SELECT user_id, agency_id, detail FROM audit.event WHERE kind = %s ORDER BY id DESC", [kind])
        return [(user, agency, json.loads(detail or "null")) for user, agency, detail in cursor.fetchall()]


def test_platform_staff_see_rows_of_all_agencies(cast, paula):
    html = browser_of(paula).get("/admin/tenancy/client/").content.decode()
    assert "Acme" in html
    assert "Cosmo" in html


def test_each_page_is_audited(cast, paula):
    browser_of(paula).get("/admin/tenancy/client/?q=acme")
    user_id, _agency, detail = audited("platform.viewed")[0]
    assert user_id == paula.pk
    assert detail["path"] == "/admin/tenancy/client/?q=acme"


def test_opening_a_row_is_shown_to_its_agency(cast, paula):
    browser_of(paula).get(f"/admin/tenancy/client/{cast.cosmo.pk}/change/")
    user_id, agency_id, detail = audited("platform.viewed")[0]
    assert (user_id, agency_id) == (paula.pk, cast.south.pk)
    assert detail == {"tab": "tenancy_client", "row": str(cast.cosmo.pk)}


def test_change_goes_through_maint_and_is_audited(cast, paula):
    browser = browser_of(paula)
    browser.post("/admin/tenancy/network/add/", {"name": "Harbour"})
    network = Network.objects.using("maint").get(name="Harbour")
    response = browser.post(f"/admin/tenancy/agency/{cast.south.pk}/change/", {"network": network.pk, "name": "Stolen"})

    assert response.status_code == 302
    south = Agency.objects.using("maint").get(pk=cast.south.pk)
    assert (south.network_id, south.name) == (network.pk, "South")
    assert audited("platform.changed")[0] == (
        paula.pk,
        cast.south.pk,
        {"tab": "tenancy_agency", "row": str(cast.south.pk), "fields": ["network"]},
    )
    assert audited("update")[0][:2] == (paula.pk, cast.south.pk)


def test_the_application_role_sees_nothing_of_it(cast, paula, monkeypatch):
    """Guard-off twin: without the maintenance role row-level security leaves nothing."""
    from portal.admin.options import PlatformAdmin

    monkeypatch.setattr(PlatformAdmin, "get_queryset", lambda self, request: self.model._default_manager.all())
    html = browser_of(paula).get("/admin/tenancy/client/").content.decode()
    assert "Acme" not in html
    assert "Cosmo" not in html


@pytest.mark.parametrize("name", ["olaf", "nora", "anna", "saul"])
def test_nobody_else_finds_it(name, cast):
    assert browser_of(getattr(cast, name).user).get("/admin/").status_code == 404


def test_without_second_factor_there_is_no_admin(cast, paula):
    assert browser_of(paula, verified=False).get("/admin/").status_code in (302, 404)


def test_stranger_is_asked_to_sign_in(transactional_db):
    assert Browser().get("/admin/").status_code == 302


def test_platform_staff_have_no_place_in_an_agency(cast, paula):
    browser = browser_of(paula)
    assert browser.get("/north/admin/").status_code == 404
    assert browser.get("/north/admin/tenancy/client/").status_code == 404


def test_passwords_can_neither_be_read_nor_guessed(cast, paula):
    browser = browser_of(paula)
    html = browser.get(f"/admin/accounts/user/{cast.olaf.user_id}/change/").content.decode()
    assert "olaf@olaf.example" in html
    assert "argon2" not in html
    assert browser.get("/admin/accounts/user/?password__startswith=a").status_code in (302, 400)


def test_pages_have_nothing_inline(cast, paula):
    browser = browser_of(paula)
    paths = ["", "tenancy/", "tenancy/agency/", "tenancy/network/add/", "accounts/user/", "tenancy/member/"]
    paths += [f"tenancy/agency/{cast.north.pk}/change/", f"tenancy/agency/{cast.north.pk}/history/"]
    for path in paths:
        response = browser.get(f"/admin/{path}")
        assert response.status_code == 200, path
        assert not INLINE.search(response.content.decode()), path


def test_context_of_an_agency_is_never_entered(cast, paula):
    """The tenant's own context stays closed to platform staff: the rows above came by another role."""
    with tenant(None):
        assert not Agency.objects.exists()
