"""A storage of its own for every test, and one file of Acme in it."""

import os
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from portal.core.context import tenant
from portal.files import actions


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def keep(cast):
    """Store bytes as the agency does, of Acme's work unless told otherwise."""

    def store(name="plan.txt", content=b"The plan", **place):
        place = {"client": cast.acme, "area": "work"} | place
        with tenant(place["client"].agency_id):
            return actions.store_bytes(name, content, **place)

    return store


@pytest.fixture(scope="session")
def hostile_files():
    """The folder of hostile files, when it is at hand."""
    corpora = os.environ.get("GLASSHOUSE_CORPORA") or django_settings.BASE_DIR.parent / "shared" / "corpora"
    folder = Path(corpora) / "files-generated"
    if not (folder / "manifest.json").exists():
        pytest.skip("no corpora here")
    return folder
