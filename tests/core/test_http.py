"""Where a request comes from, as the trusted proxies tell it."""

import pytest
from django.test import RequestFactory

from portal.core.http import client_ip
from tests.browse import browse_as


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7", "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7:50123", "198.51.100.7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("fe80::7%eth0", "fe80::7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("unknown", ""),
        ("", "192.0.2.1"),
    ],
)
def test_the_callers_address_is_one_whatever_a_proxy_writes(settings, told, found):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=told, REMOTE_ADDR="192.0.2.1")
    assert client_ip(request) == found


def test_a_proxy_that_writes_ports_breaks_no_page(cast, settings):
    """The address goes into the audit log with each change, and there only addresses fit."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    browser = browse_as(cast.nora)
    answer = browser.post("/preferences/theme/", {"theme": "dark"}, HTTP_X_FORWARDED_FOR="198.51.100.7:50123")
    assert answer.status_code == 302
