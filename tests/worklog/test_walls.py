"""Who sees whose time, by the querysets and by the database alone."""

import pytest
from django.db import transaction

from portal.core.context import tenant
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from worklog.models import WorkEntry, WorkNote

SEES = {
    "olaf": {"Guide", "Shop", "Leaflet", "Secret", "Bolt"},
    "nora": {"Guide", "Shop", "Leaflet", "Secret", "Bolt"},
    "rita": {"Guide", "Shop", "Leaflet", "Secret", "Bolt"},
    "fred": set(),
    "anna": {"Guide", "Shop", "Leaflet"},
    "carl": set(),
    "bob": {"Bolt"},
    "vera": set(),
    "pavel": {"Leaflet"},
    "saul": set(),
    "sofia": set(),
}


@pytest.fixture
def work(cast, log):
    log(text="Guide", note="He pays late"), log(text="Shop", project=cast.shop)
    log(text="Leaflet", by=cast.pavel, project=cast.shop)
    log(text="Bolt", client=cast.bolt)
    secret = log(text="Secret")
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(pk=secret.pk).update(visible_from=None)


@pytest.mark.parametrize(("name", "texts"), SEES.items())
def test_both_walls_say_the_same(cast, work, name, texts):
    member = getattr(cast, name)
    with acting_as(member):
        first = set(WorkEntry.objects.visible_to(member).values_list("text", flat=True))
        second = set(WorkEntry.objects.values_list("text", flat=True))
        notes = set(WorkNote.objects.values_list("text", flat=True))

    assert first == texts
    if name == "fred":
        return  # what is shared among the agency's people is theirs by the first wall alone
    assert second == texts
    assert bool(notes) == (name in ("olaf", "nora", "rita"))


def test_outsiders_write_nothing_past_the_actions(cast, work):
    for member in (cast.anna, cast.pavel):
        with acting_as(member), transaction.atomic():
            assert WorkEntry.objects.update(text="Mine") == 0


def test_contact_without_the_area_finds_no_page(cast, entry):
    for member in (cast.carl, cast.bob, cast.saul):
        assert browse_as(member).get(url("worklog:index", cast.acme)).status_code == 404
        assert browse_as(member).get(url("worklog:entry", cast.acme, entry.pk)).status_code == 404


def test_supplier_of_a_shared_project_sees_the_tab_and_no_time(cast, work):
    page = browse_as(cast.vera).get(url("worklog:index", cast.acme)).content.decode()

    assert "Shop" not in page.replace("Acme · Shop", "") or "Guide" not in page
