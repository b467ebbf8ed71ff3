"""The admin of an agency shows, filters, offers and changes its own rows only, to those of its people who may change its settings."""

import re

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone

from portal.core.context import tenant
from portal.events.record import record
from portal.notifications.models import Notification, Preference
from portal.tenancy import actions
from portal.tenancy.models import CalendarException, Client, Role
from portal.tenancy.scope import agency_urls
from tests import world
from tests.browse import browse_as, reload, url
from tests.counting import queries_of

INLINE = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")",
    re.I,
)


@pytest.fixture
def calendar(cast):
    with tenant(cast.north.pk):
        return cast.north.calendar_set.get() if hasattr(cast.north, "calendar_set") else _calendar(cast.north)


def _calendar(agency):
    from portal.tenancy.models import Calendar

    return Calendar.objects.get(agency=agency)


@pytest.fixture
def day_off(cast, calendar):
    with tenant(cast.north.pk):
        return CalendarException.objects.create(
            agency=cast.north, calendar=calendar, day="2026-12-24", name="Christmas Eve"
        )


def page(member, name, agency, *args, status=200, query=""):
    response = browse_as(member).get(url(f"admin:{name}", agency, *args) + query)
    assert response.status_code == status
    return response.content.decode()


def test_owner_finds_own_rows_only(olaf, cast):
    html = page(olaf, "tenancy_client_changelist", cast.north)
    assert "Acme" in html
    assert "Cosmo" not in html


def test_what_only_shows_takes_no_form(olaf, cast):
    for name, *args in (
        ["index"],
        ["app_list", "tenancy"],
        ["tenancy_client_changelist"],
        ["tenancy_client_history", cast.acme.pk],
        ["autocomplete"],
    ):
        assert browse_as(olaf).post(url(f"admin:{name}", cast.north, *args)).status_code == 405


@pytest.mark.parametrize("name", ["nora", "rita", "fred", "anna", "vera", "pavel", "saul"])
def test_everybody_else_finds_nothing(name, cast):
    for view in ("index", "tenancy_client_changelist", "jsi18n", "autocomplete"):
        page(getattr(cast, name), view, cast.north, status=404)


def test_stranger_is_asked_to_sign_in(cast):
    response = Browser().get(url("admin:index", cast.north))
    assert response.status_code == 302
    assert "admin%2F" in response["Location"] or "admin/" in response["Location"]


def test_without_second_factor_there_is_no_admin(olaf, cast):
    browser = Browser()
    browser.force_login(olaf.user)
    response = browser.get(url("admin:index", cast.north))
    assert response.status_code in (302, 404)


def test_row_of_another_agency_is_missing_like_one_that_never_was(olaf, cast):
    browser = browse_as(olaf)
    for view, status in {"change": 404, "history": 404, "delete": 403}.items():
        answers = [browser.get(url(f"admin:tenancy_client_{view}", cast.north, pk)) for pk in (cast.cosmo.pk, 10**9)]
        assert [answer.status_code for answer in answers] == [status, status]


def test_change_posted_to_another_agency_changes_nothing(olaf, cast):
    browse_as(olaf).post(url("admin:tenancy_client_change", cast.north, cast.cosmo.pk), {"name": "Mine"})
    assert reload(cast.cosmo).name == "Cosmo"


def test_search_and_filters_reach_no_further(olaf, cast):
    assert "Cosmo" not in page(olaf, "tenancy_client_changelist", cast.north, query="?q=cosmo").replace(
        'value="cosmo"', ""
    )
    filters = page(olaf, "tenancy_project_changelist", cast.north)
    assert "Acme" in filters
    assert "Cosmo" not in filters
    members = page(olaf, "tenancy_member_changelist", cast.north)
    assert "Anna Example" in members
    assert "Saul Example" not in members
    assert "Sofia" not in members


def test_filter_by_a_foreign_id_shows_nothing(olaf, cast):
    html = page(olaf, "tenancy_project_changelist", cast.north, query=f"?client__id__exact={cast.cosmo.pk}")
    assert "Rocket" not in html


def test_hidden_columns_cannot_be_guessed_by_filters(olaf, cast):
    response = browse_as(olaf).get(url("admin:tenancy_member_changelist", cast.north) + "?user__password__startswith=a")
    assert response.status_code in (302, 400)


@pytest.mark.parametrize("query", ["kind__exact=%00", "kind__exact=contact&kind__exact=%00", "q=%00", "user__name=%00"])
def test_what_no_column_takes_is_no_filter(olaf, cast, query):
    """Any other filter that cannot be leads to the same page."""
    answer = browse_as(olaf).get(url("admin:tenancy_member_changelist", cast.north) + f"?{query}", follow=True)

    assert answer.redirect_chain[-1][0].endswith("/admin/tenancy/member/?e=1")
    assert answer.status_code == 200


def test_autocomplete_finds_nothing_by_what_no_column_takes(olaf, cast):
    query = "?app_label=tenancy&model_name=client&field_name=manager&term=%00"

    assert browse_as(olaf).get(url("admin:autocomplete", cast.north) + query).status_code < 500


def test_autocomplete_offers_own_specialists_only(olaf, cast):
    query = "?app_label=tenancy&model_name=client&field_name=manager&term="
    found = browse_as(olaf).get(url("admin:autocomplete", cast.north) + query).json()["results"]
    names = {row["text"] for row in found}
    assert "Nora Example" in names
    assert not names & {"Saul Example", "Sofia Example", "Anna Example"}
    assert "Rita Example" not in names, "she may only read"


def test_selects_offer_own_rows_only(olaf, cast):
    html = page(olaf, "tenancy_calendarexception_add", cast.north)
    with tenant(cast.south.pk):
        foreign = _calendar(cast.south)
    assert "North" in html
    assert f'<option value="{foreign.pk}"' not in html


def test_foreign_id_in_a_form_is_refused_at_the_field(olaf, cast):
    with tenant(cast.south.pk):
        foreign = _calendar(cast.south)
    form = {"calendar": foreign.pk, "day": "2026-12-24", "name": "x"}
    response = browse_as(olaf).post(url("admin:tenancy_calendarexception_add", cast.north), form)
    assert response.status_code == 200
    assert "calendar" in response.context["adminform"].form.errors


def test_new_row_belongs_to_the_agency_whatever_is_posted(olaf, cast, calendar):
    form = {"calendar": calendar.pk, "day": "2026-12-24", "name": "Christmas Eve", "agency": cast.south.pk}
    browse_as(olaf).post(url("admin:tenancy_calendarexception_add", cast.north), form)
    with tenant(cast.north.pk):
        assert CalendarException.objects.get().agency_id == cast.north.pk


def test_day_that_exists_gets_a_message_not_an_error_page(olaf, cast, day_off):
    form = {"calendar": day_off.calendar_id, "day": "2026-12-24", "name": "again"}
    response = browse_as(olaf).post(url("admin:tenancy_calendarexception_add", cast.north), form)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors


def test_client_is_changed_and_the_audit_log_shows_it_as_history(olaf, cast):
    form = {"name": "Acme Group", "external_id": "K-1", "manager": cast.nora.pk, "embargo_days": ""}
    response = browse_as(olaf).post(url("admin:tenancy_client_change", cast.north, cast.acme.pk), form)
    assert response.status_code == 302
    assert reload(cast.acme).name == "Acme Group"
    history = page(olaf, "tenancy_client_history", cast.north, cast.acme.pk)
    assert "external_id" in history
    assert "K-1" not in history
    assert "Recent actions" in page(olaf, "index", cast.north)


def test_what_an_action_refuses_is_said_at_the_form(olaf, cast):
    """Whoever may only read manages no client; the autocomplete does not offer her, but may have been loaded earlier."""
    form = {"name": "Acme Group", "external_id": "", "manager": cast.rita.pk, "embargo_days": ""}

    answer = browse_as(olaf).post(url("admin:tenancy_client_change", cast.north, cast.acme.pk), form)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {"manager": ["Choose somebody who works here and may write."]}
    assert reload(cast.acme).name == "Acme"


def test_nothing_is_written_to_djangos_own_log(olaf, cast, day_off):
    from django.contrib.admin.models import LogEntry

    browse_as(olaf).post(url("admin:tenancy_calendarexception_delete", cast.north, day_off.pk), {"post": "yes"})
    with tenant(cast.north.pk), transaction.atomic():
        assert not CalendarException.objects.exists()
    assert not LogEntry.objects.exists()


def test_what_has_consequences_is_read_only(olaf, cast):
    with tenant(cast.north.pk):
        role = Role.objects.get(agency=cast.north, code="reader", kind="specialist")
    browser = browse_as(olaf)
    path = url("admin:tenancy_role_change", cast.north, role.pk)
    assert browser.get(path).status_code == 200
    assert browser.post(path, {"permissions": "manage_people"}).status_code == 403
    assert browser.get(url("admin:tenancy_role_add", cast.north)).status_code == 403
    assert browser.get(url("admin:tenancy_client_delete", cast.north, cast.acme.pk)).status_code == 403


def test_what_stands_in_a_column_without_a_field_is_no_fault_of_whoever_saves(olaf, cast):
    with tenant(cast.north.pk), transaction.atomic():
        assert Client.objects.filter(pk=cast.acme.pk).update(slug="old_and not-allowed.")
    form = {"name": "Acme Group", "external_id": "", "manager": "", "embargo_days": ""}
    answer = browse_as(olaf).post(url("admin:tenancy_client_change", cast.north, cast.acme.pk), form)
    assert answer.status_code == 302
    assert reload(cast.acme).name == "Acme Group"


def test_an_owner_finds_what_everybody_of_the_agency_was_told_and_nobody_elses(olaf, cast):
    for agency, member, client in ((cast.north, cast.anna, cast.acme), (cast.south, cast.sofia, cast.cosmo)):
        with tenant(agency.pk), transaction.atomic():
            event = record("client.changed", client, by=None, name=str(client))
            told = {"event": event, "client": client, "area": "work", "kind": event.kind, "created_at": timezone.now()}
            Notification.objects.create(agency=agency, member=member, payload={"name": "Secret words"}, **told)
            Preference.objects.create(agency=agency, member=member, kind="mail.received", email=False)
    for model in ("notification", "preference"):
        html = page(olaf, f"notifications_{model}_changelist", cast.north)
        assert "Anna Example" in html
        assert "Sofia" not in html and "Secret words" not in html


def test_people_sessions_and_factors_are_not_offered():
    offered = {model._meta.label for model in admin.site._registry}
    assert (
        not {"accounts.User", "sessions.Session", "auth.Group", "otp_totp.TOTPDevice", "account.EmailAddress"} & offered
    )


def test_member_form_does_not_change_the_person(olaf, cast):
    form = {"position": "Lead", "phone": "1", "user": cast.saul.user_id, "role": "1", "kind": "vendor"}
    browse_as(olaf).post(url("admin:tenancy_member_change", cast.north, cast.nora.pk), form)
    nora = reload(cast.nora)
    assert (nora.position, nora.user_id, nora.kind) == ("Lead", cast.nora.user_id, "specialist")


def test_no_inline_script_or_style_on_any_page(olaf, cast, day_off):
    with agency_urls(cast.north):
        names = [f"{m._meta.app_label}_{m._meta.model_name}" for m in admin.site._registry]
    pages = [page(olaf, "index", cast.north), page(olaf, "app_list", cast.north, "tenancy")]
    pages += [page(olaf, f"{name}_changelist", cast.north) for name in names]
    pages += [
        page(olaf, "tenancy_client_change", cast.north, cast.acme.pk),
        page(olaf, "tenancy_client_history", cast.north, cast.acme.pk),
        page(olaf, "tenancy_agency_change", cast.north, cast.north.pk),
        page(olaf, "tenancy_calendarexception_add", cast.north),
        page(olaf, "tenancy_calendarexception_delete", cast.north, day_off.pk),
    ]
    for html in pages:
        assert not INLINE.search(html), INLINE.search(html)
        assert "css/admin.css" in html


def test_policy_of_the_admin_is_as_strict_as_everywhere(olaf, cast):
    response = browse_as(olaf).get(url("admin:index", cast.north))
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "style-src 'self'" in policy


@pytest.mark.parametrize("model", ["client", "project", "member"])
def test_lists_need_as_many_queries_for_many_rows_as_for_one(model, olaf, cast):
    browser, path = browse_as(olaf), url(f"admin:tenancy_{model}_changelist", cast.north)
    few = queries_of(browser, path)
    with tenant(cast.north.pk):
        for number in range(3):
            client = actions.create_client(cast.north, name=f"New {number}", manager=cast.nora)
            actions.create_project(client, name="Shop")
            actions.add_member(cast.north, world.person(f"P{number}"), kind="specialist", role="specialist")
    many = queries_of(browser, path)
    assert len(many) == len(few) <= 12, many


def test_clients_of_the_agency_are_all_there(olaf, cast):
    with tenant(cast.north.pk):
        names = list(Client.objects.values_list("name", flat=True))
    html = page(olaf, "tenancy_client_changelist", cast.north)
    assert all(name in html for name in names)


def test_the_menu_is_written_in_the_language_of_each_reader_and_marks_where_he_is(cast):
    """Lists of models are kept; each is of one language, and of the addresses of one agency."""
    path = url("admin:tenancy_client_changelist", cast.north)
    english = browse_as(cast.olaf).get(path).content.decode()
    cast.olaf.user.language = "de"
    cast.olaf.user.save()
    german = browse_as(cast.olaf).get(path).content.decode()
    elsewhere = browse_as(cast.saul).get(url("admin:mail_inboundmail_changelist", cast.south)).content.decode()

    assert f'<a href="{path}" aria-current="page">Clients</a>' in english
    assert f'<a href="{path}" aria-current="page">Kunden</a>' in german
    assert f'href="{url("admin:tenancy_client_changelist", cast.south)}">Clients</a>' in elsewhere
    assert "/north/" not in elsewhere
