"""Documents as PDF (WeasyPrint), made in a process of its own that ends when it takes too long."""

import logging
import re
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string

from portal.core.press import Press

log = logging.getLogger(__name__)

STYLE = settings.BASE_DIR / "static" / "css" / "document.css"
SECONDS = 30
COLOUR, PLAIN = re.compile("#[0-9a-fA-F]{6}"), "#0b6e75"
_at_once = BoundedSemaphore(2)
_press = Press(STYLE)


class PdfTrouble(Exception):
    """There is no PDF now: too much text, too many at once."""


ARCHIVE = "pdf/a-3a"
"""Tagged, with all its fonts, and able to carry the same as data."""


def pdf_of(template: str, context: dict[str, Any], *, brand: str = "", variant: str = "") -> bytes:
    """The template as PDF in the look of static/css/document.css, with an agency's colour (#rrggbb).

    variant: "" or ARCHIVE. Raises PdfTrouble; at most 30 seconds for each step.
    """
    html = render_to_string(template, context).encode()
    if not _at_once.acquire(timeout=SECONDS):
        raise PdfTrouble("too many at once")
    try:
        return _press.printed(html, brand if COLOUR.fullmatch(brand) else PLAIN, variant, seconds=SECONDS)
    except OSError as error:
        log.warning("no PDF", extra={"error": type(error).__name__, "bytes": len(html)})
        raise PdfTrouble("not printed") from error
    finally:
        _at_once.release()


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF to download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
