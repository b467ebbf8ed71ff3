"""The door: who gets in where."""

import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client as Browser

from portal.audit.models import AuditEvent
from portal.core.context import tenant
from portal.tenancy.middleware import forget_addresses
from portal.tenancy.models import Client
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url


def test_without_context_nothing_is_visible(cast):
    assert Client.objects.count() == 0


def test_agency_sees_its_own_clients_only(cast):
    with tenant(cast.north.pk), transaction.atomic():
        assert set(Client.objects.values_list("name", flat=True)) == {"Acme", "Bolt"}


def test_contact_sees_the_own_client_only_even_without_a_filter(cast):
    with acting_as(cast.anna), transaction.atomic():
        assert list(Client.objects.values_list("name", flat=True)) == ["Acme"]


def test_without_scripts_too_an_ended_session_gives_the_text_back(cast):
    form = url("protocols:create", cast.acme)
    typed = {"title": "Jour fixe", "key_points": "Half an hour of thinking", "password": "two words", "kind": "call"}

    answer = browse_as(None).post(form, typed, headers={"Referer": f"http://testserver{form}"})

    page = answer.content.decode()
    assert answer.status_code == 401
    assert re.search('name="typed" form="again"[^>]*>Half an hour of thinking</textarea>', page)
    assert "two words" not in page
    assert f'name="next" value="http://testserver{form}"' in page


def test_a_wrong_password_does_not_cost_the_text(cast):
    form, browser = url("protocols:create", cast.acme), browse_as(None)
    browser.post(form, {"key_points": "Half an hour of thinking"}, headers={"Referer": f"http://testserver{form}"})
    wrong = {"login": cast.anna.user.email, "password": "not this one", "next": form}

    answer = browser.post(url("account_login", cast.north), wrong | {"typed": ["Half an hour of thinking"]})

    page = answer.content.decode()
    assert "readonly>Half an hour of thinking</textarea>" in page
    assert "not correct" in page
    assert f'name="next" value="{form}"' in page
    assert "not this one" not in page


@pytest.mark.parametrize("who", ["anna", None])
def test_only_who_is_signed_in_leaves_files_on_the_disk(cast, monkeypatch, who):
    kept = []
    new_file = TemporaryFileUploadHandler.new_file
    monkeypatch.setattr(
        TemporaryFileUploadHandler,
        "new_file",
        lambda self, *args, **kwargs: kept.append(new_file(self, *args, **kwargs)),
    )
    form = url("protocols:create", cast.acme)
    large = ContentFile(b"x" * 3_000_000, name="plan.txt")

    answer = browse_as(who and cast.anna).post(form, {"key_points": "Half an hour of thinking", "uploads": large})

    assert len(kept) == bool(who)
    assert b"Half an hour of thinking" in answer.content
    assert answer.status_code == (422 if who else 401)


def test_v16_3_2_refusals_are_in_the_audit_log_once_an_hour(cast):
    carl, rita = browse_as(cast.carl), browse_as(cast.rita)
    for _try in range(2):
        assert carl.get(url("protocols:index", cast.acme)).status_code == 404
        assert rita.get(url("protocols:create", cast.acme)).status_code == 403

    with tenant(cast.north.pk), transaction.atomic(using="log"):
        refused = AuditEvent.objects.using("log").filter(
            kind="access.refused", user_id__in=(cast.carl.user_id, cast.rita.user_id)
        )
        found = sorted((row.user_id, row.detail["page"]) for row in refused)
    assert found == sorted([(cast.carl.user_id, "protocols:index"), (cast.rita.user_id, "protocols:create")])


def test_an_agency_moves_to_a_domain_of_its_own_and_back(cast, settings):
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "portal.north.example"]

    call_command("agency_domain", "north", "Portal.North.example")
    there = browse_as(cast.nora).get("/my-day/", headers={"Host": "portal.north.example"})
    assert there.status_code == 200
    assert 'href="/clients/' in there.content.decode()
    assert browse_as(cast.nora).get("/north/my-day/").status_code == 200

    call_command("agency_domain", "north")
    forget_addresses()
    assert Browser().get("/my-day/", headers={"Host": "portal.north.example"}).status_code == 404


@pytest.mark.parametrize("domain", ["testserver", "portal.south.example", "not a domain", "elsewhere.example"])
def test_a_domain_that_cannot_be_is_refused(cast, settings, domain):
    settings.ALLOWED_HOSTS = ["testserver", "portal.south.example"]
    call_command("agency_domain", "south", "portal.south.example")

    with pytest.raises(CommandError):
        call_command("agency_domain", "north", domain)


def test_nobody_moves_the_portal_to_another_place_by_a_header(cast):
    for place in ("/x", "/north", "//evil.example", "/x/"):
        assert Browser().get("/readyz", SCRIPT_NAME=place).status_code == 400
        assert browse_as(cast.anna).get("/north/", SCRIPT_NAME=place).status_code == 400


def test_a_portal_that_lies_below_a_path_is_asked_there_only(cast, settings):
    settings.BASE_URL = "http://testserver/portal"

    assert Browser().get("/north/", SCRIPT_NAME="/portal").url.startswith("/portal/north/accounts/login/")
    assert Browser().get("/north/").status_code == 400
