"""Every model of the agency's admin, opened, searched, filtered and saved by its owner; nowhere a row of another agency."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.forms import CheckboxInput, FileInput
from django.test import RequestFactory

from portal.admin.sites import platform
from portal.admin.words import OURS
from portal.core.context import tenant
from portal.tenancy.models import Agency
from tests.asking import browser_of
from tests.browse import url
from tests.scenery import scenery

__all__ = ["scenery"]

pytestmark = pytest.mark.django_db(databases="__all__")

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
CHANGED = {
    "Agency",
    "Client",
    "Project",
    "Member",
    "Vendor",
    "CalendarException",
    "ActivityKind",
    "InboundMail",
    "WorkKind",
}
"""What an owner changes here; everything else is only looked at."""
FEW = {
    "invoices.MoneyCheck",
    "invoices.ReminderPolicy",
    "invoices.ReminderTier",
    "tenancy.Agency",
    "worklog.WorkPolicy",
}
"""Of which an agency has one row, or a handful."""
UNFILTERED = FEW | {"invoices.TaxProfile"}
"""A name and little else, of which an agency has a few more."""
NOWHERE = {
    "accounts.Attempt": "counts of tries, told by the Security page",
    "accounts.BackupCode": "a secret",
    "accounts.BackupDevice": "a secret",
    "accounts.FactorReset": "asked and answered on the Security page",
    "accounts.Session": "listed and ended on the Security page",
    "accounts.TrustedBrowser": "listed and ended on the Security page",
    "audit.AuditEvent": "the Security page is its reader; nobody writes it",
    "mail.MailRoute": "digests of addresses, made by the database from the addresses",
    "mailbox.Draft": "nobody but its writer sees it",
    "mailbox.MailRead": "who has read what is nobody's business",
    "people.PinnedClient": "a person's own choice",
    "people.StartChoice": "a person's own choice",
    "profile.Reminder": "a mark that a quarter was asked about",
    "protocols.CalendarFeed": "a secret address",
    "protocols.ProtocolRead": "shown beside the protocol",
    "tenancy.AgencyAddress": "host names, set by manage.py agency_domain",
    "tenancy.Submission": "keys of forms that were sent, for a day",
    "tickets.SavedView": "a person's own choice",
    "tickets.TicketCounter": "the last number, which each ticket shows",
    "timeline.Visit": "when somebody looked is nobody's business",
    "timeline.WeeklyChoice": "a person's own choice",
    "timeline.WeeklyMail": "a mark that a week was told",
    "worklog.WorkLook": "when somebody looked is nobody's business",
}
"""Our models in no admin, and why."""
EMPTY = {"tenancy.AgencyAddress"}
"""Models of which the scenery has no row for this agency, or which its owner does not find here."""


@pytest.fixture
def olaf(scenery):
    return browser_of(scenery, "olaf")


def test_every_model_of_ours_is_in_an_admin_or_left_out_for_a_reason():
    shown = {*admin.site._registry, *platform._registry}
    ours = {model._meta.label for model in apps.get_models() if model.__module__.startswith(OURS)}
    missing = {label for label in ours if apps.get_model(label) not in shown}

    assert missing == NOWHERE.keys()


def test_every_list_can_be_searched_and_filtered():
    options = {model._meta.label: admin.site._registry[model] for model in MODELS}

    assert {label for label, shown in options.items() if not shown.search_fields} == FEW
    assert {label for label, shown in options.items() if not shown.list_filter} == UNFILTERED


def name_of(model, view: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}"


def agency_of(row) -> int:
    return row.pk if isinstance(row, Agency) else row.agency_id


def listed(browser, w, model, query: str = "") -> list:
    """The rows of the list; the page answers, and all of them are the agency's."""
    answer = browser.get(url(name_of(model, "changelist"), w.north) + query)
    assert answer.status_code == 200, (model, query)
    rows = list(answer.context["cl"].result_list)
    assert {agency_of(row) for row in rows} <= {w.north.pk}, (model, query)
    return rows


def filled(form) -> dict:
    """What a browser sends when somebody opens the form and saves it as it is."""
    sent = {}
    for bound in form:
        widget = getattr(bound.field.widget, "widget", bound.field.widget)
        if isinstance(widget, FileInput) or (isinstance(widget, CheckboxInput) and not bound.value()):
            continue
        shown = widget.get_context(bound.html_name, bound.value(), {})["widget"]
        for part in shown.get("subwidgets", [shown]):
            value = part["value"]
            sent[part["name"]] = "" if value is None else value
    return sent


def test_every_list_is_searched_and_filtered_within_the_agency(scenery, olaf):
    for model in MODELS:
        options = admin.site._registry[model]
        found = listed(olaf, scenery, model)
        assert found or model._meta.label in EMPTY, model
        if options.search_fields:
            listed(olaf, scenery, model, "?q=cnry")
        page = olaf.get(url(name_of(model, "changelist"), scenery.north)).content.decode()
        links = re.findall(r'href="(\?(\w+__(?:exact|isempty))=[^"]*)"', page)
        for query in {filtered: query for query, filtered in links}.values():  # one of each filter
            listed(olaf, scenery, model, query.replace("&amp;", "&"))


def test_every_row_opens_and_a_foreign_one_is_missing(scenery, olaf):
    for model in MODELS:
        for row in listed(olaf, scenery, model)[:1]:
            assert olaf.get(url(name_of(model, "change"), scenery.north, row.pk)).status_code == 200, model
            assert olaf.get(url(name_of(model, "history"), scenery.north, row.pk)).status_code == 200, model
        foreign = model._base_manager.using("maint").exclude(pk=scenery.north.pk)
        foreign = foreign if model is Agency else foreign.exclude(agency=scenery.north.pk)
        for row in foreign[:1]:
            assert olaf.get(url(name_of(model, "change"), scenery.north, row.pk)).status_code == 404, model


def test_every_form_can_be_saved_as_it_is(scenery, olaf):
    saved = set()
    for model in MODELS:
        for row in listed(olaf, scenery, model)[:1]:
            path = url(name_of(model, "change"), scenery.north, row.pk)
            page = olaf.get(path)
            if not page.context["has_change_permission"]:
                assert olaf.post(path, {}).status_code == 403, model
                continue
            answer = olaf.post(path, filled(page.context["adminform"].form))
            assert answer.status_code == 302, (model, answer.context["adminform"].form.errors)
            saved.add(model.__name__)
            with tenant(scenery.north.pk), transaction.atomic():
                assert agency_of(model._base_manager.get(pk=row.pk)) == scenery.north.pk
    assert saved == CHANGED


def test_no_choice_of_any_form_is_a_foreign_row(scenery, olaf):
    """Selects, and what autocompletes offer: each row is looked up by the maintenance role, which sees whose it is."""
    offered = 0
    for model in MODELS:
        for row in listed(olaf, scenery, model)[:1]:
            form = olaf.get(url(name_of(model, "change"), scenery.north, row.pk)).context["adminform"].form
            for bound in form:
                choices = getattr(bound.field, "queryset", None)
                if choices is None:
                    continue
                offered += _all_own(scenery, choices.model, re.findall(r'<option value="(\d+)"', str(bound)))
        offered += sum(_autocompleted(scenery, olaf, model, name) for name in _autocompletes(model))
    assert offered


def _autocompletes(model) -> list[str]:
    options = admin.site._registry[model]
    return list(options.get_autocomplete_fields(RequestFactory().get("/")))


def _autocompleted(w, browser, model, name: str) -> int:
    place = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": name}
    rows = [
        row
        for term in ("", "a", "e", "cnry", "Saul", "Sofia")
        for row in browser.get(url("admin:autocomplete", w.north), {**place, "term": term}).json()["results"]
    ]
    assert rows, (model, name)
    return _all_own(w, model._meta.get_field(name).remote_field.model, [row["id"] for row in rows])


def _all_own(w, model, ids: list[str]) -> int:
    rows = model._base_manager.using("maint").filter(pk__in=set(ids))
    assert {agency_of(row) for row in rows} <= {w.north.pk}, model
    return len(rows)


def test_a_choice_of_another_agency_would_be_noticed(scenery):
    with pytest.raises(AssertionError):
        _all_own(scenery, type(scenery.saul), [str(scenery.saul.pk)])
