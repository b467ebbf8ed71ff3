"""The admin as it really runs: each request in its own transaction, without the one that wraps other tests."""

import pytest
from django.db import transaction

from portal.core.context import tenant
from tests import stage
from tests.browse import browse_as, reload, url

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def cast(transactional_db):
    cast = stage.cast()
    with tenant(cast.north.pk), transaction.atomic():
        type(cast.acme).objects.filter(pk=cast.acme.pk).update(manager=cast.nora)
    return cast


def test_form_shows_what_is_chosen(cast):
    html = browse_as(cast.olaf).get(url("admin:tenancy_client_change", cast.north, cast.acme.pk)).content.decode()
    assert f'<option value="{cast.nora.pk}" selected' in html
    assert "Nora Example" in html


def test_saving_an_unchanged_form_changes_nothing(cast):
    browser, path = browse_as(cast.olaf), url("admin:tenancy_client_change", cast.north, cast.acme.pk)
    form = browser.get(path).context["adminform"].form
    response = browser.post(path, {name: value or "" for name, value in form.initial.items()})
    assert response.status_code == 302
    assert reload(cast.acme).manager_id == cast.nora.pk


def test_every_list_has_its_rows(cast):
    browser = browse_as(cast.olaf)
    shown = {"client": "Acme", "project": "Shop", "member": "Nora Example", "role": "Bookkeeper", "agency": "North"}
    for model, words in shown.items():
        assert words in browser.get(url(f"admin:tenancy_{model}_changelist", cast.north)).content.decode()
