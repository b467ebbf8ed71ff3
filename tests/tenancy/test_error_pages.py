"""Refusals carry the agency's mark and its legal texts, and ask the database for neither."""

import pytest

from portal.core import errors
from portal.tenancy.scope import at_prefix
from tests.browse import browse_as, url

LEGAL = ("imprint", "privacy", "data-processing")


@pytest.mark.parametrize("who", ["anna", None])
def test_a_missing_page_shows_whose_it_is(cast, who):
    page = browse_as(getattr(cast, who) if who else None).get(url("home", cast.north) + "accounts/nowhere/")

    text = page.content.decode()
    assert page.status_code == 404
    assert "<title>Not found · North</title>" in text
    assert "brand.css" in text
    for code in LEGAL:
        assert f'href="{url("legal", cast.north, code)}"' in text
    assert 'class="sidebar"' not in text


def test_a_refusal_too(cast):
    page = browse_as(cast.rita).get(url("protocols:create", cast.acme))

    assert page.status_code == 403
    assert "· North</title>" in page.content.decode()
    assert url("legal", cast.north, "imprint") in page.content.decode()


def test_outside_any_agency_it_is_the_product(cast):
    page = browse_as(None).get("/no/such/page/").content.decode()

    assert "· Glasshouse</title>" in page
    assert "imprint" not in page


def test_who_has_no_place_here_is_not_led_in_a_circle(cast):
    """The start page of this agency is the same refusal to somebody of another."""
    home = url("home", cast.north)
    browser = browse_as(cast.saul)
    page = browser.get(home)
    text = page.content.decode()

    assert page.status_code == 404
    assert f'href="{home}"' not in text
    assert f'action="{url("account_logout", cast.north)}"' in text
    assert 'href="/"' in text
    assert browser.get("/").url.endswith(url("home", cast.south))
    for who in (cast.anna, None):
        text = browse_as(who).get(home + "accounts/nowhere/").content.decode()
        assert f'href="{home}"' in text
        assert "accounts/logout/" not in text


def test_it_reads_no_row(cast, rf, django_assert_num_queries):
    request = rf.get("/north/nowhere/")
    request.agency = request.member = None
    request.agency = cast.north
    with django_assert_num_queries(0):
        assert b"North" in errors.not_found(request).content


def test_our_own_mistake_shows_nothing_of_the_agency(cast, rf):
    request = rf.get("/north/")
    request.agency = cast.north

    assert b"North" not in errors.server_error(request).content


def test_the_foot_comes_back_after_our_own_mistake(cast, rf):
    request = rf.get("/north/")
    request.agency = cast.north
    with at_prefix("/where-no-page-was-shown-yet/"):  # what a place shows is kept
        errors.server_error(request)

        assert b"imprint" in errors.not_found(request).content
