"""The outermost layers: a request id, the trace of who asks, one log line a request, caching rules."""

import logging
import time
import uuid

from django.http import HttpResponseNotAllowed

from portal.core import context, errors
from portal.core.http import client_ip, user_agent

log = logging.getLogger("portal.request")
QUIET = ("/static/", "/healthz")
METHODS = ("GET", "HEAD", "POST")


class RequestTrace:
    """Gives each request an id, carries ip and browser in the context, and writes one line when it is done."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex
        began = time.perf_counter()
        trace = context.Context(ip=client_ip(request), ua=user_agent(request), request_id=request.id)
        with context.entered(trace):
            response = self.get_response(request)
            response["X-Request-ID"] = request.id
            if not request.path.startswith(QUIET):
                self._write(request, response, time.perf_counter() - began)
        return response

    def _write(self, request, response, seconds: float) -> None:
        member = getattr(request, "member", None)
        log.info(
            "request",
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "ms": round(seconds * 1000),
                "agency": getattr(request, "agency_id", None),
                "member": member.pk if member else None,
            },
        )


class KnownMethods:
    """Pages are read and forms are sent; views that look for POST alone need not think of any other method."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)


class FormAddresses:
    """An address that only takes forms says so to who opens it: a phone opens the last address anew by itself, and where a form
    came back with errors that is the one it was sent to. Below the door, for it speaks the reader's language."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "GET" and isinstance(response, HttpResponseNotAllowed):
            return errors.only_takes_forms(request, response["Allow"])
        return response


class Caching:
    """Pages with somebody's data are never stored by browsers or proxies."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response
