"""Orphans: contents without a row go after a day; rows without a content are reported."""

import logging
import os
import time

import pytest

from portal.core.context import tenant
from portal.files import orphans, tasks
from portal.files.models import File
from portal.files.preview_cache import preview_of

OLD = time.time() - 2 * 86400


@pytest.fixture
def lay(media):
    """Put something into the storage behind the portal's back, two days ago."""

    def put(key, *, old=True):
        path = media / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"?")
        if old:
            os.utime(path, (OLD, OLD))
        return path

    return put


def sweep(agency):
    with tenant(agency.pk):
        return orphans.sweep(agency.pk)


def test_old_contents_without_a_row_are_deleted(cast, lay):
    agency = cast.north.pk
    orphan = lay(f"{agency}/ab/ab{'0' * 62}")
    unfinished = lay(f"{agency}/ab/ab{'1' * 62}.{'2' * 32}.part")
    preview = lay(f"{agency}/previews/ab{'0' * 62}/1-text-plain/preview.json")

    assert sweep(cast.north) == {"deleted": 3, "missing": 0}
    assert not any(path.exists() for path in (orphan, unfinished, preview))


def test_young_contents_wanted_ones_and_strangers_stay(cast, keep, lay, media):
    file = keep()
    preview_of(file)
    for path in media.rglob("*"):
        os.utime(path, (OLD, OLD))
    agency = cast.north.pk
    young = lay(f"{agency}/ab/ab{'0' * 62}", old=False)
    foreign = lay(f"{cast.south.pk}/ab/ab{'0' * 62}")
    logo = lay(f"{agency}/logo/1.png")

    assert sweep(cast.north) == {"deleted": 0, "missing": 0}
    assert all(path.exists() for path in (young, foreign, logo, media / file.key))
    assert preview_of(file).text == "The plan"


def test_the_content_of_a_deleted_row_goes_with_its_preview(cast, keep, media):
    file = keep()
    preview_of(file)
    for path in media.rglob("*"):
        os.utime(path, (OLD, OLD))
    with tenant(cast.north.pk):
        File.objects.all().delete()

    assert sweep(cast.north) == {"deleted": 2, "missing": 0}


def test_a_row_without_its_content_is_reported(cast, keep, media, caplog):
    file = keep()
    (media / file.key).unlink()

    with caplog.at_level(logging.ERROR):
        assert sweep(cast.north) == {"deleted": 0, "missing": 1}
    assert [(record.message, record.file) for record in caplog.records] == [("file without content", file.pk)]


def test_nothing_was_ever_stored(cast):
    assert sweep(cast.south) == {"deleted": 0, "missing": 0}


def test_the_task_opens_its_own_door(cast, lay):
    path = lay(f"{cast.north.pk}/ab/ab{'0' * 62}")

    tasks.sweep_agency(cast.north.pk)

    assert not path.exists()
