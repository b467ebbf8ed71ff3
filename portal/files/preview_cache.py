"""Previews are made once and kept beside the file: what it looks like as JSON, its pages as pictures."""

import json

from django.core.cache import cache
from django.core.files import File as StoredFile
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from portal.files import antivirus, previews
from portal.files.models import File
from portal.files.previews import Preview
from portal.files.storage import TROUBLE

VERSION = 1
SLOW_SECONDS = 3600


def preview_of(file: File) -> Preview:
    """What the file looks like, as kept or made now (at most ten seconds, see `previews`).

    Its pages carry no pictures, only their size; `open_page` has the pictures. Never raises because of the storage.
    """
    if file.is_blocked or file.scan_verdict in (antivirus.INFECTED, antivirus.UNKNOWN):
        return previews.none("blocked")
    try:
        with default_storage.open(_key(file, "preview.json")) as stored:
            return previews.from_dict(json.load(stored))
    except FileNotFoundError:
        return _make(file)
    except (*TROUBLE, ValueError, KeyError, TypeError):
        return previews.none("away")


def open_page(file: File, number: int) -> StoredFile:
    """The picture (image/webp) of a page, counted from 1. Raises FileNotFoundError, or another of `TROUBLE`."""
    return default_storage.open(_key(file, f"{number}.webp"))


def _make(file: File) -> Preview:
    """Make it and keep it. Failures are kept too, so that a hostile file costs its seconds once."""
    slow = f"{file.agency_id}:files:slow:{file.sha256}"
    if cache.get(slow):
        return previews.none("too_slow")
    try:
        with default_storage.open(file.key) as stored:
            made = previews.preview(stored, file.media_type)
        if made.reason == "too_slow":
            # It may have been the machine and not the file: try again later.
            cache.set(slow, True, SLOW_SECONDS)
        elif made.reason != "away":
            _keep(file, made)
    except TROUBLE:
        return previews.none("away")
    return previews.from_dict(made.as_dict())


def _keep(file: File, made: Preview) -> None:
    """The pictures first: where there is a JSON, everything is there."""
    for number, page in enumerate(made.pages, start=1):
        default_storage.save(_key(file, f"{number}.webp"), ContentFile(page.data))
    default_storage.save(_key(file, "preview.json"), ContentFile(json.dumps(made.as_dict()).encode()))


def _key(file: File, name: str) -> str:
    """By content and type: the same bytes under another extension are read in another way."""
    kind = file.media_type.replace("/", "-")
    return f"{file.agency_id}/previews/{file.sha256}/{VERSION}-{kind}/{name}"
