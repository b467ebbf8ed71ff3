"""An entry that goes to another project takes along what hangs on it: whoever knows one project alone keeps nothing of the other."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.files.models import File
from portal.notifications.models import Notification
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, reload, url
from tests.limited import lena_in
from worklog.actions import correcting, explaining, proving


@pytest.fixture
def moved(cast, log):
    """Written down for the shop, with a file and a question; it was for the blog."""
    row = log(text="Wood", project=cast.shop)
    (result,) = proving.add(row, by=cast.nora, uploads=[SimpleUploadedFile("Oak.txt", b"oak")])
    found = explaining.ask(row, "Why so long?", by=cast.anna)
    explaining.answer(found, "Two drafts.", by=cast.nora)
    _deliver(cast)
    correcting.correct(row, by=cast.nora, project=cast.blog, text="Walnut")
    return reload(row), result


@pytest.fixture
def lena_of_shop(cast):
    return lena_in(cast, cast.shop)


def test_files_of_results_are_where_the_entry_is(cast, lena_of_shop, moved):
    row, result = moved
    with acting_as(lena_of_shop):
        assert not File.objects.visible_to(lena_of_shop).exists() and not File.objects.exists()

    lena = lena_of_shop
    assert browse_as(lena).get(url("worklog:result", cast.acme, row.pk, result.pk)).status_code == 404
    correcting.correct(row, by=cast.nora, project=cast.shop)
    page = browse_as(lena).get(url("worklog:result", cast.acme, row.pk, result.pk))
    assert page.status_code == 200


def test_what_was_told_of_it_is_where_the_entry_is(cast, lena_of_shop, moved):
    with acting_as(lena_of_shop):
        assert not Event.objects.visible_to(lena_of_shop).filter(kind="work.answered").exists()
        assert not Notification.objects.visible_to(lena_of_shop).exists()
    assert "Wood" not in browse_as(lena_of_shop).get(url("notifications:index", cast.north)).content.decode()


def test_trace_names_no_project_that_is_closed_to_its_reader(cast, moved):
    row, _result = moved
    lena, page = lena_in(cast, cast.blog), url("worklog:entry", cast.acme, row.pk)

    assert "Shop" in browse_as(cast.anna).get(page).content.decode()
    for path in (page, url("worklog:index", cast.acme), url("worklog:csv", cast.acme)):
        shown = browse_as(lena).get(path).content.decode()
        assert "Walnut" in shown and "Shop" not in shown


def _deliver(cast):
    with tenant(cast.north.pk):
        for pk in Event.objects.filter(delivered_at=None).order_by("pk").values_list("pk", flat=True):
            delivery.deliver(pk)
