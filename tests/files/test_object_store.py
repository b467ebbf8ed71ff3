"""The same promises on an S3-compatible store, also when it is slow, busy, short of bytes or gone."""

import time

import pytest
from botocore.config import Config
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from portal.core.context import tenant
from portal.files import orphans, storage
from portal.files.models import File
from portal.files.preview_cache import preview_of
from portal.files.responses import respond, respond_page
from portal.files.storage import StorageTrouble
from tests.files import fake_store, makers

QUICK = Config(connect_timeout=0.3, read_timeout=0.3, retries={"total_max_attempts": 1})


@pytest.fixture
def store(settings):
    with fake_store.running() as running:
        backend = {"BACKEND": "portal.files.storage.ObjectStorage", "OPTIONS": running.options}
        settings.STORAGES = {**settings.STORAGES, "default": backend}
        yield running


def answer(cast, file):
    with tenant(cast.north.pk):
        return respond(file, to=cast.nora)


def test_a_file_is_stored_once_and_served(cast, keep, store):
    file = keep()
    keep("again.txt")

    assert store.objects == {file.key: b"The plan"}
    assert b"".join(answer(cast, file).streaming_content) == b"The plan"


def test_previews_are_kept_there_too(cast, keep, store):
    file = keep("a.png", makers.picture())

    assert preview_of(file).kind == "image"
    assert len(store.objects) == 3
    assert preview_of(file) == preview_of(file)
    assert b"".join(respond_page(file, 1, to=cast.nora).streaming_content)[8:12] == b"WEBP"


def test_orphans_are_swept_there_too(cast, keep, store):
    file, agency = keep(), cast.north.pk
    store.objects[f"{agency}/ab/ab{'0' * 62}"] = b"?"
    store.objects[f"{agency}/previews/ab{'0' * 62}/1-text-plain/preview.json"] = b"?"
    store.objects["strange"] = b"?"

    with tenant(agency):
        assert orphans.sweep(agency) == {"deleted": 0, "missing": 0}
        store.age = 2 * 86400
        assert orphans.sweep(agency) == {"deleted": 2, "missing": 0}
        del store.objects[file.key]
        assert orphans.sweep(agency) == {"deleted": 0, "missing": 1}
    assert set(store.objects) == {"strange"}


@pytest.mark.parametrize("mood", ["busy", "silent", "lossy", "gone"])
def test_an_upload_in_trouble_has_a_message_and_no_row(cast, keep, store, monkeypatch, mood):
    monkeypatch.setattr(storage, "CLIENT", QUICK)
    _become(store, mood)
    started = time.monotonic()

    with pytest.raises(StorageTrouble) as trouble:
        keep()

    assert isinstance(trouble.value, ValidationError)
    assert time.monotonic() - started < 3
    with tenant(cast.north.pk):
        assert not File.objects.exists()


@pytest.mark.parametrize("mood", ["busy", "silent", "short", "gone"])
def test_a_download_in_trouble_says_try_later(cast, keep, store, monkeypatch, settings, mood):
    monkeypatch.setattr(storage, "CLIENT", QUICK)
    file = keep()
    _become(store, mood)
    started = time.monotonic()

    response = answer(cast, file)

    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "try again in a few minutes" in response.content.decode()
    assert preview_of(file).reason == "away"
    assert time.monotonic() - started < 5


def test_the_portal_waits_five_seconds_for_the_store_and_thirty_for_its_bytes(store):
    config = default_storage.client_config

    assert (config.connect_timeout, config.read_timeout) == (5, 30)


def _become(store, mood):
    if mood == "gone":
        store.shutdown()
        store.server_close()
    store.mood = mood
