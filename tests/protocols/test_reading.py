"""Who finds and reads which protocol."""

from dataclasses import replace

import pytest

from portal.core.context import entered, tenant
from portal.tenancy.scope import acting_as
from protocols.models import Protocol, ProtocolRead
from tests.browse import browse_as, url
from tests.counting import queries_of


def test_contact_reads_what_was_discussed(anna, acme, protocol):
    page = browse_as(anna).get(url("protocols:detail", acme, protocol.number))

    assert page.status_code == 200
    assert "<h3>Results</h3>" in page.content.decode()
    assert "<strong>Go</strong> for oak" in page.content.decode()


@pytest.mark.parametrize("who", ["bob", "carl", "vera", "saul", "sofia", "fred"])
def test_others_find_nothing(cast, protocol, who):
    browser = browse_as(getattr(cast, who))

    for name in ("detail", "edit"):
        assert browser.get(url(f"protocols:{name}", cast.acme, protocol.number)).status_code == 404
    for name in ("publish", "comment", "attach"):
        assert browser.post(url(f"protocols:{name}", cast.acme, protocol.number)).status_code == 404


def test_stranger_is_asked_to_sign_in(acme, protocol):
    response = browse_as(None).get(url("protocols:detail", acme, protocol.number))

    assert response.status_code == 302
    assert "/accounts/" in response.url


def test_vendor_reads_protocols_of_the_shared_project(vera, acme, write, shop):
    shared, other = write("Shop", project=shop), write("Blog")
    browser = browse_as(vera)

    assert browser.get(url("protocols:detail", acme, shared.number)).status_code == 200
    assert browser.get(url("protocols:detail", acme, other.number)).status_code == 404
    assert "Blog" not in browser.get(url("protocols:index", acme)).content.decode()


def test_draft_of_a_contact_is_private(cast, write):
    draft = write("Our own notes", by=cast.anna, publish=False)
    path = url("protocols:detail", cast.acme, draft.number)

    assert browse_as(cast.anna).get(path).status_code == 200
    assert browse_as(cast.nora).get(path).status_code == 404


def test_draft_of_the_agency_is_seen_by_colleagues_only(cast, write):
    draft = write("Not ready", publish=False)
    path = url("protocols:detail", cast.acme, draft.number)

    assert browse_as(cast.olaf).get(path).status_code == 200
    assert browse_as(cast.anna).get(path).status_code == 404


def test_second_wall_holds_when_the_first_is_forgotten(cast, write):
    write("Published")
    write("Draft of the agency", publish=False)
    write("Blog", client=cast.bolt)

    with acting_as(cast.anna):
        assert list(Protocol.objects.values_list("title", flat=True)) == ["Published"]
    with acting_as(cast.carl):
        assert not Protocol.objects.exists()
    with tenant(cast.south.pk):
        assert not Protocol.objects.exists()


def test_without_the_wall_the_rows_would_be_there(cast, write):
    """The twin of the test above: the same query without the outsider's policy finds what was hidden."""
    write("Draft of the agency", publish=False)

    with acting_as(cast.carl) as sight, entered(replace(sight, scope="agency")):
        assert list(Protocol.objects.values_list("title", flat=True)) == ["Draft of the agency"]


def test_opening_takes_the_mark_away(anna, acme, protocol):
    browser = browse_as(anna)
    assert "New" in browser.get(url("protocols:index", acme)).content.decode()

    browser.get(url("protocols:detail", acme, protocol.number))
    browser.get(url("protocols:detail", acme, protocol.number))

    with tenant(anna.agency_id):
        assert ProtocolRead.objects.filter(member=anna).count() == 1
        assert not Protocol.objects.visible_to(anna).unread_by(anna).exists()


def test_list_is_searched_and_narrowed(anna, acme, write):
    write("Oak series", kind="call")
    write("Islands", key_points="Shipping to Sylt costs 9 euros")
    browser, path = browse_as(anna), url("protocols:index", acme)

    assert _titles(browser.get(path, {"q": "sylt shipping"})) == ["Islands"]
    assert _titles(browser.get(path, {"kind": "call"})) == ["Oak series"]
    assert _titles(browser.get(path, {"year": "2025"})) == []
    assert _titles(browser.get(path, {"year": "2026"})) == ["Islands", "Oak series"]
    assert len(_titles(browser.get(path, {"year": "soon", "kind": "party", "after": "x-1"}))) == 2


def test_list_is_narrowed_to_a_project_an_author_or_what_is_new(cast, write):
    write("Shop", project=cast.shop)
    write("Mine", by=cast.anna)
    opened = write("Opened", by=cast.olaf)
    browser, path = browse_as(cast.anna), url("protocols:index", cast.acme)
    browser.get(url("protocols:detail", cast.acme, opened.number))

    assert _titles(browser.get(path, {"project": cast.shop.pk})) == ["Shop"]
    assert _titles(browser.get(path, {"author": cast.olaf.pk})) == ["Opened"]
    assert _titles(browser.get(path, {"new": "on"})) == ["Shop"]
    assert _titles(browser.get(path, {"new": "on", "author": cast.olaf.pk})) == []


def test_pages_follow_each_other_without_a_gap(anna, acme, write):
    for number in range(60):
        write(f"Protocol {number:02}")
    browser, path = browse_as(anna), url("protocols:index", acme)

    first = browser.get(path)
    second = browser.get(path + first.context["more"])
    third = browser.get(path + second.context["more"], headers={"HX-Request": "true"})

    assert [len(_titles(page)) for page in (first, second, third)] == [25, 25, 10]
    assert len({*_titles(first), *_titles(second), *_titles(third)}) == 60
    assert third.templates[0].name == "protocols/_more.html"
    assert third.context["more"] == ""


@pytest.mark.parametrize("who", ["anna", "nora"])
@pytest.mark.parametrize("name", ["index", "detail"])
def test_pages_ask_little_of_the_database(cast, write, who, name):
    first = write()
    args = [first.number] if name == "detail" else []
    browser, path = browse_as(getattr(cast, who)), url(f"protocols:{name}", cast.acme, *args)
    one = queries_of(browser, path)
    write()
    write()

    three = queries_of(browser, path)

    assert len(one) == len(three) <= 12, "\n".join(three)


def test_reading_pages_answer_to_get_only(anna, acme, protocol):
    browser = browse_as(anna)

    assert browser.post(url("protocols:index", acme)).status_code == 405
    assert browser.post(url("protocols:detail", acme, protocol.number)).status_code == 405


def _titles(page) -> list[str]:
    return [row.title for row in page.context["rows"]]


def test_a_printed_list_says_what_it_was_narrowed_to(cast, write):
    write("Islands", kind="call")
    path = url("protocols:index", cast.acme)

    assert "print-head" not in browse_as(cast.anna).get(path).content.decode().partition('id="list"')[2]

    page = browse_as(cast.anna).get(path, {"kind": "call", "q": "isl"}).content.decode().partition('id="list"')[2]
    assert '<p class="print-head">Only a part of the list was asked for. isl, Call</p>' in page
