"""Small facts about a request that several rooms need."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def client_ip(request: HttpRequest) -> str:
    """The caller's address, read behind exactly the trusted number of proxies.

    Each trusted proxy appends one entry to X-Forwarded-For; whatever stands further left is the caller's claim. "" for what is no
    address: the audit log, which each write goes through, takes nothing else.
    """
    count = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if count:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(hops) >= count:
            return _address_in(hops[-count].strip())
    return _address_in(request.META.get("REMOTE_ADDR", ""))


def _address_in(text: str) -> str:
    """The address alone: some proxies write the port behind it, and a local one may name its network card."""
    for told in (text, text.rpartition(":")[0].strip("[]")):
        try:
            return str(ip_address(told.partition("%")[0]))
        except ValueError:
            continue
    return ""


def user_agent(request: HttpRequest) -> str:
    """The browser's name for itself, cut and without control characters (it goes into logs)."""
    text = request.META.get("HTTP_USER_AGENT", "")[:300]
    return "".join(c for c in text if c.isprintable())


def own_address(request: HttpRequest, target: str) -> str:
    """The address that a form or a header names, if it is one of ours; "" if not.

    A word without a slash is none: `redirect` would look for a route of that name.
    """
    is_ours = "/" in target and url_has_allowed_host_and_scheme(target, {request.get_host()})
    return target if is_ours else ""


def number_in(text: str) -> int:
    """An id, or another number, that somebody wrote into an address or a form; 0 for what is none, or more than a column holds."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
