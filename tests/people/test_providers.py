"""A provider works for the client that engaged it, and for nobody else, however the sharing came about."""

import pytest
from django.core.exceptions import PermissionDenied

from portal.people.actions import members
from portal.tenancy import actions
from portal.tenancy.models import ProjectAccess
from tests.browse import browse_as, reload, url


def test_a_provider_is_given_no_project_of_another_client_whoever_asks(in_north, olaf, supplier, provider, pavel, bolt):
    project = actions.create_project(bolt, name="Launch")
    for whom in ({"vendor": provider}, {"member": pavel}):
        with pytest.raises(PermissionDenied):
            members.share(project, by=olaf, level="view", **whom)

    members.share(project, by=olaf, level="view", vendor=supplier)

    assert ProjectAccess.objects.get(project=project).vendor_id == supplier.pk


def test_a_supplier_becomes_no_provider_while_it_sees_projects_of_others(olaf, supplier, acme, bolt, shop, north):
    browser, path = browse_as(olaf), url("people:vendor", north, supplier.pk)
    form = {"name": supplier.name, "engagement": "provider"}

    refused = browser.post(path, {**form, "client": bolt.pk})
    untouched = reload(supplier).client_id
    taken = browser.post(path, {**form, "client": acme.pk})

    assert refused.status_code == 422
    assert "Projects of other clients are shared with it." in refused.content.decode()
    assert untouched is None
    assert (taken.status_code, reload(supplier).client_id) == (302, acme.pk)
