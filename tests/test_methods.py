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


@pytest.mark.parametrize("who", ["olaf", None])
def test_the_address_of_a_form_opened_as_a_page_says_where_the_form_is(cast, who):
    """A phone opens the last address anew by itself; an answer without a word is a broken page there."""
    answer = browse_as(getattr(cast, who) if who else None).get(
        url("account_security", cast.north) + "sessions/end-others/"
    )
    if who is None:
        assert answer.status_code == 302, "to the sign-in first"
        return
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "The form is one page back" in answer.content.decode()
    assert "· North</title>" in answer.content.decode()
    assert answer["X-Request-ID"] in answer.content.decode()


def test_it_says_so_in_the_readers_language(cast):
    cast.olaf.user.language = "de"
    cast.olaf.user.save()
    page = browse_as(cast.olaf).get(url("account_security", cast.north) + "sessions/end-others/").content.decode()

    assert "Das Formular ist eine Seite zurück" in page and 'lang="de"' in page
