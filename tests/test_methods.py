"""Every address knows GET, HEAD and POST and nothing else, whoever asks and whatever is behind it."""

import re

import pytest

from portal.core.context import tenant
from tests.browse import browse_as, url
from tests.routes import AGENCY, GLOBAL, routes_of

PLACE = re.compile(r"<(\w+):\w+>|<\w+>")
VALUES = {"int": "1", "slug": "acme"}
OTHERS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@pytest.mark.parametrize(("urlconf", "start"), [(AGENCY, "/north/"), (GLOBAL, "/")])
def test_no_route_takes_another_method(cast, urlconf, start):
    browser = browse_as(cast.olaf)
    paths = [start + PLACE.sub(lambda found: VALUES.get(found[1], "x"), row.pattern) for row in routes_of(urlconf)]
    asked = [(OTHERS[number % len(OTHERS)], path) for number, path in enumerate(paths)]

    assert [(how, path) for how, path in asked if browser.generic(how, path).status_code != 405] == []


@pytest.mark.parametrize("method", OTHERS)
def test_a_form_is_not_saved_by_another_method(cast, method):
    browser, path = browse_as(cast.olaf), url("people:client_settings", cast.acme)
    answer = browser.generic(method, path, "name=Other", content_type="application/x-www-form-urlencoded")
    with tenant(cast.north.pk):
        cast.acme.refresh_from_db()

    assert (answer.status_code, answer["Allow"], cast.acme.name) == (405, "GET, HEAD, POST", "Acme")
    assert "no-store" in answer["Cache-Control"] and answer["Content-Security-Policy"]
