"""Small facts about a request that several rooms need."""

import re
from datetime import UTC, datetime
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

HOST_AND_PORT = re.compile(r"([\d.]+)(?::\d+)?|\[([0-9a-fA-F:.]+)\](?::\d+)?")


def client_ip(request: HttpRequest) -> str:
    """The caller's address, read behind exactly the trusted number of proxies.

    Each trusted proxy appends one entry to X-Forwarded-For; whatever stands further left is the caller's claim. "" where it writes
    that it knows none: the audit log has a column for addresses alone, and no change can be made without it.
    """
    count = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    told = hops[-count].strip() if 0 < count <= len(hops) else ""
    return _address(told or request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str:
    """The address in "198.51.100.7", "198.51.100.7:50123" or "[2001:db8::7]:443", as some proxies write it; "" when there is none.

    A server that listens on IPv6 too shows "::ffff:198.51.100.7"; as that, all of IPv4 would be one network to whoever counts tries.
    """
    found = HOST_AND_PORT.fullmatch(text.strip())
    try:
        address = ip_address(found[1] or found[2] if found else text.strip().partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


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


def seen_in(request: HttpRequest) -> datetime | None:
    """Which state of a thing was on the page that sends this, by its last change; None where the page does not say it.

    What is no moment has seen none.
    """
    text = request.POST.get("seen")
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
