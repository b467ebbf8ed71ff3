"""Contents without a row, and rows without their content.

A crash between writing a content and committing its row leaves an orphan: it is deleted when it is a day old, by when
no transaction can still want it. A row without its content is a loss: it is reported, never touched.
"""

import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from portal.files.models import File
from portal.files.storage import TROUBLE, key_of

GRACE = timedelta(days=1)
_SHELF = re.compile(r"[0-9a-f]{2}")
_CONTENT = re.compile(r"[0-9a-f]{64}")

log = logging.getLogger(__name__)


def sweep(agency_id: int) -> dict[str, int]:
    """Both ways for one agency, inside its walls. Answers how many were deleted, and how many are missing."""
    deleted = sum(_sweep_shelf(agency_id, shelf) for shelf in _folders(str(agency_id)) if _SHELF.fullmatch(shelf))
    deleted += _sweep_previews(agency_id)
    missing = list(missing_contents(agency_id))
    for file_id, key in missing:
        log.error("file without content", extra={"file": file_id, "key": key})
    return {"deleted": deleted, "missing": len(missing)}


def missing_contents(agency_id: int) -> Iterator[tuple[int, str]]:
    """Rows whose content is not in the storage: id and key."""
    rows = File.objects.filter(agency_id=agency_id).order_by("sha256").values_list("pk", "sha256")
    for file_id, sha256 in rows.iterator():
        key = key_of(agency_id, sha256)
        if not default_storage.exists(key):
            yield file_id, key


def _sweep_shelf(agency_id: int, shelf: str) -> int:
    """One of the 256 folders of contents."""
    names = _names(f"{agency_id}/{shelf}")
    wanted = _wanted(agency_id, [name for name in names if _CONTENT.fullmatch(name)])
    return sum(_delete_old(f"{agency_id}/{shelf}/{name}") for name in names if name not in wanted)


def _sweep_previews(agency_id: int) -> int:
    """Previews of contents that no row names any more."""
    root = f"{agency_id}/previews"
    contents = _folders(root)
    wanted = _wanted(agency_id, contents)
    keys = (
        f"{root}/{sha256}/{kind}/{name}"
        for sha256 in contents
        if sha256 not in wanted
        for kind in _folders(f"{root}/{sha256}")
        for name in _names(f"{root}/{sha256}/{kind}")
    )
    return sum(map(_delete_old, keys))


def _wanted(agency_id: int, contents: list[str]) -> set[str]:
    """Those that a row of the agency names."""
    rows = File.objects.filter(agency_id=agency_id, sha256__in=contents)
    return set(rows.values_list("sha256", flat=True))


def _delete_old(key: str) -> bool:
    """Delete what is older than a day, also the unfinished leftovers of a crash; True when it is gone."""
    try:
        if _modified_at(key) > timezone.now() - GRACE:
            return False
        default_storage.delete(key)
    except TROUBLE as error:
        log.warning("orphan not deleted", extra={"key": key, "error": str(error)})
        return False
    log.info("orphan deleted", extra={"key": key})
    return True


def _modified_at(key: str) -> datetime:
    found = default_storage.get_modified_time(key)
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _folders(path: str) -> list[str]:
    return _listed(path)[0]


def _names(path: str) -> list[str]:
    return _listed(path)[1]


def _listed(path: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []
