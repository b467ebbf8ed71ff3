"""Storing: the content first and verified, then the row; nothing is half saved."""

import hashlib
import os
import resource
import signal
from contextlib import contextmanager

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import IntegrityError, transaction

from portal.core.context import tenant
from portal.files import actions, tasks
from portal.files.checking import FileRefused
from portal.files.content import EICAR
from portal.files.models import File
from portal.files.storage import StorageTrouble
from portal.tenancy.scope import acting_as
from tests.files.test_antivirus import scanner


def upload(name="plan.txt", content=b"The plan"):
    return SimpleUploadedFile(name, content)


def everything_in(media):
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


def test_an_upload_becomes_a_content_and_a_row(cast, media):
    with acting_as(cast.anna):
        file = actions.store(upload("../Plän.txt"), client=cast.acme, area="work", by=cast.anna)

    sha256 = hashlib.sha256(b"The plan").hexdigest()
    assert (file.name, file.media_type, file.size, file.sha256) == ("Plän.txt", "text/plain", 8, sha256)
    assert (file.client, file.uploaded_by, file.agency_id) == (cast.acme, cast.anna, cast.north.pk)
    assert (file.is_blocked, file.scan_verdict, file.scanned_at) == (False, "", None)
    assert everything_in(media) == [f"{cast.north.pk}/{sha256[:2]}/{sha256}"]
    assert (media / file.key).read_bytes() == b"The plan"


def test_a_large_upload_on_disk_is_stored_too(cast, settings):
    large = TemporaryUploadedFile("plan.txt", "text/plain", 3_000_000, None)
    large.write(b"x" * 3_000_000)
    large.seek(0)

    with tenant(cast.north.pk):
        file = actions.store(large, client=cast.acme, area="work", by=cast.nora)

    assert default_storage.size(file.key) == 3_000_000


def test_the_same_content_is_kept_once_for_each_agency(cast, keep, media):
    first, second = keep("a.txt"), keep("b.txt", client=cast.bolt)
    foreign = keep("c.txt", client=cast.cosmo)

    assert first.key == second.key != foreign.key
    assert len(everything_in(media)) == 2


def test_a_damaged_content_is_written_again(keep, media):
    file = keep()
    (media / file.key).write_bytes(b"The pl")

    keep("again.txt")

    assert (media / file.key).read_bytes() == b"The plan"


def test_a_refused_upload_leaves_nothing(cast, media):
    with acting_as(cast.anna), pytest.raises(FileRefused):
        actions.store(upload("a.exe"), client=cast.acme, area="work", by=cast.anna)

    assert everything_in(media) == []
    assert_no_rows(cast)


def test_several_uploads_are_kept_all_or_none(cast):
    with tenant(cast.north.pk):
        with pytest.raises(FileRefused, match=r"b\.svg"):
            actions.store_all([upload("a.txt"), upload("b.svg")], client=cast.acme, area="work", by=cast.nora)
        assert_no_rows(cast)
        files = actions.store_all([upload("a.txt"), upload("b.txt")], client=cast.acme, area="work", by=cast.nora)

    assert [file.name for file in files] == ["a.txt", "b.txt"]


def test_mails_bring_anything_and_danger_is_blocked(keep):
    page = keep("page.html", b"<html>", lenient=True, area="mails")
    program = keep("setup.exe", b"MZ\x90\0", lenient=True, area="mails")
    virus = keep("a.txt", EICAR, lenient=True, area="mails")

    assert (page.media_type, page.is_blocked) == ("application/octet-stream", False)
    assert program.is_blocked
    assert (virus.is_blocked, virus.scan_verdict, virus.scan_finding) == (True, "infected", "EICAR")


# The virus scanner --------------------------------------------------------------------------------


def test_a_clean_upload_says_when_it_was_scanned(keep, settings):
    with scanner(b"stream: OK\0") as (settings.CLAMAV_ADDRESS, _shown):
        file = keep()

    assert file.scan_verdict == "clean"
    assert file.scanned_at is not None


def test_an_infected_upload_is_refused(keep, settings, media):
    with scanner(b"stream: Trojan FOUND\0") as (settings.CLAMAV_ADDRESS, _shown), pytest.raises(FileRefused) as refused:
        keep()

    assert refused.value.messages == ["A virus was found in “plan.txt”."]
    assert everything_in(media) == []


def test_an_infected_attachment_is_kept_and_blocked(keep, settings):
    with scanner(b"stream: Trojan FOUND\0") as (settings.CLAMAV_ADDRESS, _shown):
        file = keep(lenient=True)

    assert (file.is_blocked, file.scan_verdict, file.scan_finding) == (True, "infected", "Trojan")


def test_what_could_not_be_scanned_is_scanned_again(cast, keep, settings):
    with scanner(b"") as (settings.CLAMAV_ADDRESS, _shown):
        file = keep()
    assert (file.scan_verdict, bool(file.hindrance_for(cast.anna))) == ("unknown", True)
    with tenant(cast.north.pk):
        with scanner(b"") as (settings.CLAMAV_ADDRESS, _shown):
            assert actions.rescan(file).scan_verdict == "unknown"
        with scanner(b"stream: OK\0") as (settings.CLAMAV_ADDRESS, shown):
            file = actions.rescan(file)

    assert shown == b"The plan"
    assert (file.scan_verdict, bool(file.hindrance_for(cast.anna))) == ("clean", False)


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_what_no_scanner_can_judge_keeps_nothing_else_from_its_turn(cast, keep, settings, monkeypatch):
    """One at a time: the second file comes up too, though the first one stays unknown."""
    taken = set()
    monkeypatch.setattr(tasks, "MOST_RESCANNED", 1)
    monkeypatch.setattr(tasks.rescan, "delay", lambda agency_id, file_id: taken.add((agency_id, file_id)))
    files = []
    for name in ("first.txt", "second.txt"):
        with tenant(cast.north.pk), transaction.atomic(), scanner(b"") as (settings.CLAMAV_ADDRESS, _shown):
            files.append(keep(name=name))

    for _five_minutes in range(64):
        tasks.rescan_unknown()

    assert taken == {(cast.north.pk, file.pk) for file in files}


# Trouble ------------------------------------------------------------------------------------------


@contextmanager
def full_disk(limit):
    """No file may grow beyond the limit, as on a full disk (EFBIG instead of ENOSPC, both OSError)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_on_a_full_disk_there_is_a_message_and_no_row_and_no_rest(cast, keep, media):
    content = os.urandom(200_000)

    with full_disk(100_000), pytest.raises(StorageTrouble) as trouble:
        keep("film.zip", b"PK\3\4" + content)

    assert trouble.value.messages == ["The file could not be saved. Please try again in a few minutes."]
    assert everything_in(media) == []
    assert_no_rows(cast)
    assert keep("film.zip", b"PK\3\4" + content).size == 200_004


def test_a_store_that_loses_bytes_is_not_believed(cast, keep, monkeypatch):
    real = default_storage.save
    monkeypatch.setattr(
        default_storage, "save", lambda key, content: real(key, type(content)(content.file, name=key)) and _cut(key)
    )

    with pytest.raises(StorageTrouble):
        keep()
    assert_no_rows(cast)


def _cut(key):
    with open(default_storage.path(key), "r+b") as stored:
        stored.truncate(3)


# Walls --------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(cast, keep):
    """One file of each kind, by a word."""
    return {
        "work": keep("work.txt", area="work"),
        "shop": keep("shop.txt", area="work", project=cast.shop),
        "blog": keep("blog.txt", area="work", project=cast.blog),
        "tickets": keep("tickets.txt", area="tickets"),
        "mails": keep("mails.txt", area="mails"),
        "money": keep("money.txt", area="money", project=cast.shop),
        "internal": keep("internal.txt", area="work", project=cast.shop, is_internal=True),
        "bolt": keep("bolt.txt", client=cast.bolt),
        "cosmo": keep("cosmo.txt", client=cast.cosmo),
    }


NORTH = {"work", "shop", "blog", "tickets", "mails", "money", "internal", "bolt"}
SEEN = {
    "olaf": NORTH,
    "nora": NORTH,
    "anna": {"work", "shop", "blog", "tickets", "mails", "money"},
    "carl": {"tickets"},
    "bob": {"bolt"},
    "vera": {"shop"},
    "pavel": {"shop", "mails"},
    "fred": set(),
    "saul": {"cosmo"},
}


@pytest.mark.parametrize("name", SEEN)
def test_everybody_sees_exactly_the_own_files(cast, shelf, name):
    member = getattr(cast, name)
    with acting_as(member):
        seen = {file.name.removesuffix(".txt") for file in File.objects.visible_to(member)}

    assert seen == SEEN[name]


@pytest.mark.parametrize("name", [name for name in SEEN if name != "fred"])
def test_the_database_agrees_when_the_filter_is_forgotten(cast, shelf, name):
    with acting_as(getattr(cast, name)):
        seen = {file.name.removesuffix(".txt") for file in File.objects.all()}

    assert seen == SEEN[name]


def test_nobody_sees_nothing(shelf):
    assert not File.objects.exists()


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("bob", {"area": "work"}),
        ("carl", {"area": "work"}),
        ("vera", {"area": "money"}),
        ("vera", {"area": "work"}),
        ("anna", {"area": "work", "is_internal": True}),
    ],
)
def test_outsiders_cannot_store_where_they_cannot_see(cast, name, place):
    member = getattr(cast, name)

    with acting_as(member), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        actions.store(upload(), client=cast.acme, by=member, **place)
    assert_no_rows(cast)


def test_a_vendor_stores_in_the_shared_project(cast):
    with acting_as(cast.vera):
        file = actions.store(upload(), client=cast.acme, project=cast.shop, area="work", by=cast.vera)

    assert file.uploaded_by == cast.vera


def test_a_file_never_belongs_to_a_client_of_another_agency(cast, keep):
    with pytest.raises(IntegrityError), tenant(cast.north.pk), transaction.atomic():
        File.objects.filter(pk=keep().pk).update(client=cast.cosmo)
        _check_deferred()


def _check_deferred():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def assert_no_rows(cast):
    with tenant(cast.north.pk):
        assert not File.objects.exists()
