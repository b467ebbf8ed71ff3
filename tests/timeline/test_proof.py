"""The embargo, proved: work that is posted now is nowhere for outsiders on day 9, and everywhere on day 10.

Each way in which it could show is asked, by a contact and by a vendor of the project; and the database holds it back when
the first wall forgets to.
"""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pypdf import PdfReader

from portal.core.context import entered, tenant
from portal.events import delivery
from portal.events.models import Event, EventQuerySet, Revision
from portal.files.models import File
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from timeline import tasks
from timeline.actions import announcing
from timeline.feed import became_visible
from timeline.models import Activity, ActivityFile
from timeline.redline import since_last_visit

WORD = "Quokkalink"


@pytest.fixture
def secret(post, cast):
    """Nora's work, with a file, in the project that Vera's organisation shares."""
    upload = SimpleUploadedFile(f"{WORD}.txt", b"Result sheet")
    return post(f"{WORD} built", project=cast.shop, text=f"{WORD} text", uploads=[upload])


PAGES = {
    "feed": ("timeline:index", {}),
    "feed of the project": ("timeline:index", {"project": "shop"}),
    "start page": ("client_home", {}),
    "shared project": ("shared_project", {}),
    "print": ("timeline:period", {}),
    "search": ("search:index", {"q": WORD}),
    "notifications": ("notifications:index", {}),
}


@pytest.mark.parametrize("who", ["anna", "vera"])
def test_absent_on_day_nine_and_present_on_day_ten(cast, secret, days_pass, who):
    member = getattr(cast, who)
    days_pass(9)
    _tell(cast, secret)
    assert _places_of(cast, member, secret) == set()

    days_pass(1)
    _tell(cast, secret)

    shown = {"feed", "feed of the project", "start page", "print", "search", "notifications", "detail", "activity"}
    shown |= {"download", "pdf", "weekly mail", "count since the last visit"}
    shown |= {"shared project"} if who == "vera" else set()
    assert _places_of(cast, member, secret) - {"shared project"} == shown - {"shared project"}


@pytest.mark.parametrize("who", ["anna", "vera", "pavel"])
def test_policies_hold_it_when_the_first_wall_is_off(cast, secret, days_pass, who):
    days_pass(9)
    with acting_as(getattr(cast, who)):
        assert [model.objects.count() for model in (Event, Activity, ActivityFile, File, Revision)] == [0] * 5
    days_pass(1)
    with acting_as(getattr(cast, who)):
        assert [model.objects.count() for model in (Event, Activity, ActivityFile, File)] == [1] * 4


def test_without_the_policies_it_would_be_there(cast, secret):
    """The twin of the test above."""
    with acting_as(cast.anna) as sight, entered(replace(sight, scope="agency")):
        assert [model.objects.count() for model in (Event, Activity, ActivityFile, File)] == [1] * 4


def test_pages_show_nothing_when_the_first_wall_forgets_the_clock(cast, secret, monkeypatch):
    monkeypatch.setattr(EventQuerySet, "visible_to", lambda rows, member: rows.filter(agency_id=member.agency_id))
    browser = browse_as(cast.anna)

    assert WORD not in browser.get(url("timeline:index", cast.acme), {"side": "agency"}).content.decode()
    assert browser.get(url("timeline:entry", cast.acme, secret.event_id)).status_code == 404
    assert f"<mark>{WORD}" not in browser.get(url("search:index", cast.north), {"q": WORD}).content.decode()
    assert browser.get(_file(cast, secret)).status_code == 404


def test_staff_have_it_at_once(cast, secret):
    found = _places_of(cast, cast.nora, secret)

    assert {"feed", "print", "pdf", "search", "detail", "download"} <= found


def _places_of(cast, member, secret) -> set[str]:
    """Where the member finds the word."""
    browser = browse_as(member)
    paths = {name: _path(cast, route) for name, (route, _query) in PAGES.items()}
    found = set()
    for name, (_route, query) in PAGES.items():
        query = {**query, **({"project": cast.shop.pk} if "project" in query else {})}
        page = browser.get(paths[name], query).content.decode().replace(f'value="{WORD}"', "").replace(f"“{WORD}”", "")
        if f"{WORD} built" in page or f"<mark>{WORD}</mark> built" in page:
            found.add(name)
    for name, route, pk in (("detail", "entry", secret.event_id), ("activity", "activity", secret.pk)):
        if browser.get(url(f"timeline:{route}", cast.acme, pk)).status_code == 200:
            found.add(name)
    if browser.get(_file(cast, secret)).status_code == 200:
        found.add("download")
    if WORD in _pdf_text(browser.get(url("timeline:pdf", cast.acme))):
        found.add("pdf")
    if not member.is_specialist:
        found |= _mailed(cast, member)
        found |= {"count since the last visit"} if _counts(cast, member) else set()
    return found


def _path(cast, route: str) -> str:
    if route == "shared_project":
        return url(route, cast.acme, cast.shop.slug)
    return url(route, cast.north if route in ("search:index", "notifications:index") else cast.acme)


def _counts(cast, member) -> bool:
    """Whether the line above the entries counts it, for somebody who was here a month ago."""
    with acting_as(member):
        return "1 new" in since_last_visit(member, cast.acme, timezone.now() - timedelta(days=30))


def _mailed(cast, member) -> set[str]:
    now = timezone.now()
    with acting_as(member):
        entries = list(became_visible(member, now - announcing.WEEK, now))
    return {"weekly mail"} if any(WORD in entry.title for entry in entries) else set()


def _tell(cast, secret) -> None:
    with tenant(cast.north.pk):
        for event in Event.objects.filter(delivered_at=None):
            delivery.deliver(event.pk)
    tasks.announce(cast.north.pk, secret.pk)


def _file(cast, secret) -> str:
    with tenant(cast.north.pk):
        link = ActivityFile.objects.get()
    return url("timeline:download", cast.acme, secret.pk, link.pk)


def _pdf_text(response) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)
