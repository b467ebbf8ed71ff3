"""Documents as PDF (WeasyPrint), made in a process of its own that is killed when it takes too long."""

import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("pdf_worker.py")
STYLE = settings.BASE_DIR / "static" / "css" / "document.css"
SECONDS = 30
COLOUR, PLAIN = re.compile("#[0-9a-fA-F]{6}"), "#0b6e75"
_presses = BoundedSemaphore(2)


class PdfTrouble(Exception):
    """There is no PDF now: too much text, too many at once."""


ARCHIVE = "pdf/a-3a"
"""Tagged, with all its fonts, and able to carry the same as data."""


def pdf_of(template: str, context: dict[str, Any], *, brand: str = "", variant: str = "") -> bytes:
    """The template as PDF in the look of static/css/document.css, with an agency's colour (#rrggbb).

    variant: "" or ARCHIVE. Raises PdfTrouble; at most 30 seconds for each step.
    """
    html = render_to_string(template, context).encode()
    if not _presses.acquire(timeout=SECONDS):
        raise PdfTrouble("too many at once")
    try:
        return _printed(html, brand if COLOUR.fullmatch(brand) else PLAIN, variant)
    finally:
        _presses.release()


def _printed(html: bytes, brand: str, variant: str) -> bytes:
    command = [sys.executable, "-I", str(WORKER), str(STYLE), brand, variant]
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8"}
    try:
        done = subprocess.run(  # noqa: S603, our own script
            command, input=html, capture_output=True, timeout=SECONDS, cwd="/", env=environment, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        log.warning("no PDF", extra={"error": type(error).__name__, "bytes": len(html)})
        raise PdfTrouble("not printed") from error
    return done.stdout


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF to download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
