"""The search finds work entries for whoever sees them, from when they see them; internal notes are found by nobody."""

from datetime import timedelta

from django.utils import timezone

from portal.core.context import tenant
from portal.search.asking import understood
from portal.search.finding import find
from portal.tenancy.actions import set_access
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from worklog.actions import correcting
from worklog.models import WorkEntry


def test_everybody_who_sees_the_work_finds_it_and_nobody_else(cast, log):
    log(text="Mahogany guide")

    assert _found(cast.nora) == _found(cast.anna) == ["Mahogany guide"]
    assert _found(cast.carl) == _found(cast.bob) == _found(cast.vera) == _found(cast.pavel) == _found(cast.saul) == []
    with tenant(cast.north.pk):
        set_access(cast.carl, cast.acme, ["tickets", "work"])
    cast.carl.__dict__.pop("accesses", None)
    assert _found(cast.carl) == ["Mahogany guide"]
    page = browse_as(cast.anna).get(url("search:index", cast.north), {"q": "mahogany"}).content.decode()
    assert "Work log" in page and "guide" in page and "/work-log/entries/" in page


def test_client_finds_it_only_when_the_work_log_shows_it(cast, log):
    entry = log(text="Mahogany guide")
    for moment in (timezone.now() + timedelta(days=10), None):
        _change(entry, visible_from=moment)
        assert _found(cast.anna) == [] and _found(cast.nora) == ["Mahogany guide"]


def test_notes_and_what_was_removed_are_found_by_nobody(cast, log):
    entry = log(text="Guide", note="Mahogany is too dear for them")
    assert _found(cast.anna) == _found(cast.nora) == []

    _change(entry, text="Mahogany guide")
    assert _found(cast.nora) == ["Mahogany guide"]
    with tenant(cast.north.pk):
        correcting.remove(entry, by=cast.nora)
    assert _found(cast.nora) == []


def test_provider_finds_the_time_of_his_own_organisation(cast, log):
    log(text="Mahogany guide", project=cast.shop)
    log(text="Mahogany prints", by=cast.pavel, project=cast.shop)

    assert _found(cast.pavel) == ["Mahogany prints"]
    assert _found(cast.vera) == []


def _found(member) -> list[str]:
    with acting_as(member):
        return [hit.title for group in find(member, understood("mahogany")).groups for hit in group.hits]


def _change(entry, **columns) -> None:
    with tenant(entry.agency_id):
        WorkEntry.objects.filter(pk=entry.pk).update(**columns)
