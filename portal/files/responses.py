"""Serving files. Nothing that somebody uploaded runs in our origin: it is a download, or a picture in a sandbox."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File as StoredFile
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from portal.audit.log import log as audit_log
from portal.files.kinds import INLINE_MEDIA_TYPES
from portal.files.models import File
from portal.files.preview_cache import open_page
from portal.files.storage import TROUBLE

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
RETRY_SECONDS = 60


def respond(file: File, inline: bool = False, *, to=None) -> HttpResponseBase:
    """The file as a download; pictures also inline. The owning app has decided that the member may see it.

    `to` is the member who asks. Blocked or unchecked files go to staff only, infected ones to nobody: 403. While the
    storage is away the answer is a page with 503.
    """
    if file.hindrance_for(to):
        raise PermissionDenied
    inline = inline and file.media_type in INLINE_MEDIA_TYPES
    try:
        content = _opened(default_storage.open(file.key), file.size)
    except TROUBLE:
        return away()
    if not inline:
        audit_log("file.downloaded", {"file": file.pk, "name": file.name}, agency_id=file.agency_id)
    return _guarded(content, file.media_type, as_attachment=not inline, filename=file.name)


def respond_page(file: File, number: int, *, to=None) -> HttpResponseBase:
    """The picture of one page of the preview, counted from 1; 404 when there is none."""
    if file.hindrance_for(to):
        raise PermissionDenied
    try:
        content = _opened(open_page(file, number))
    except FileNotFoundError as error:
        raise Http404("no such page") from error
    except TROUBLE:
        return away()
    return _guarded(content, "image/webp", as_attachment=False, filename=f"{number}.webp")


def away() -> HttpResponseBase:
    """The storage does not answer, or not with the whole file: try later."""
    response = HttpResponse(render_to_string("files/away.html", {"shell": None}), status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return _unkept(response)


def _opened(content: StoredFile, size: int | None = None) -> StoredFile:
    """Go to the end and back, so that a content which is too short is noticed before the first byte is sent."""
    content.seek(0, 2)
    found = content.tell()
    content.seek(0)
    if size is not None and found != size:
        content.close()
        raise OSError(f"{found} bytes instead of {size}")
    return content


def _guarded(content: StoredFile, media_type: str, **options: Any) -> HttpResponseBase:
    response = FileResponse(content, content_type=media_type, **options)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return _unkept(response)


def _unkept(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = "private, no-store"
    return response
