"""Error pages: an id that is in the log, and of the agency what the door has found already. They read no row of any tenant."""

import sys

from django.db import InterfaceError, OperationalError
from django.shortcuts import render

from portal.core import legal

RETRY_SECONDS = 10


def bad_request(request, exception=None):
    return _page(request, "400.html", 400)


def forbidden(request, exception=None):
    return _page(request, "403.html", 403)


def not_found(request, exception=None):
    return _page(request, "404.html", 404)


def server_error(request):
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _page(request, "500.html", 500)
    response = _page(request, "500.html", 503)  # the database is away or overloaded: it is worth coming again
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def csrf_failure(request, reason=""):
    """The form was open too long, or came from elsewhere."""
    return _page(request, "400.html", 403, expired=True)


def only_takes_forms(request, allowed: str):
    """The address of a form was opened like a page."""
    response = _page(request, "400.html", 405, is_form=True)
    response["Allow"] = allowed
    return response


def _page(request, template: str, status: int, **extra):
    frame = None if status >= 500 else _frame(request)
    context = {"request_id": getattr(request, "id", ""), "shell": frame, **extra}
    return render(request, template, context, status=status)


def _frame(request) -> dict | None:
    """The agency's mark and its foot; None where the door has found no agency."""
    agency = getattr(request, "agency", None)
    return {"agency": agency, "legal": legal.links(), "theme": request.COOKIES.get("theme", "")} if agency else None
