"""What a version keeps, and what the difference between two of them says."""

import re

import pytest

from portal.core.context import tenant
from protocols import actions
from protocols.models import Version
from protocols.versions import changes, says_the_same
from tests.browse import browse_as, reload, url


@pytest.fixture
def protocol(cast, write):
    with tenant(cast.north.pk):
        return write(contents=actions.Contents(present=[cast.nora, cast.anna], others=["Piotr"]))


def _edit(cast, protocol, people=None, **fields):
    with tenant(cast.north.pk):
        contents = actions.Contents(**(people or {}))
        actions.edit(protocol, by=cast.nora, seen_at=reload(protocol).edited_at, contents=contents, **fields)


def _versions(protocol):
    with tenant(protocol.agency_id):
        return list(Version.objects.of(protocol).order_by("number").values_list("content", flat=True))


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (lambda cast: {"kind": "call"}, "Jour fixe", "Call"),
        (lambda cast: {"duration_minutes": 70}, "", "1:10 h"),
        (lambda cast: {"project": cast.shop}, "", "Shop"),
        (lambda cast: {"people": {"present": [cast.nora], "absent": [cast.anna]}},
         "Nora Example, Anna Example, Piotr", "Nora Example\nInvited, but not there: Anna Example"),
        (lambda cast: {"people": {"present": [cast.nora], "uninvited": [cast.anna]}},
         "Nora Example, Anna Example, Piotr", "Nora Example, Anna Example (not invited)"),
    ],
)  # fmt: skip
def test_the_difference_shows_what_was_before_and_what_is_now(cast, protocol, change, before, after):
    _edit(cast, protocol, **change(cast))

    page = browse_as(cast.anna).get(url("protocols:version", cast.acme, protocol.number, 2))
    html = page.context["changes"][0].html

    assert "<ins>" in html or "<del>" in html
    assert _letters(before) in _letters(re.sub("<ins>.*?</ins>|</?del>", "", html, flags=re.DOTALL))
    assert _letters(after) in _letters(re.sub("<del>.*?</del>|</?ins>", "", html, flags=re.DOTALL))


@pytest.mark.parametrize(("who", "learns"), [("anna", True), ("vera", False)])
def test_a_vendor_learns_no_name_of_a_project_in_which_it_lay_before(cast, write, who, learns):
    protocol = write(project=cast.blog)
    _edit(cast, protocol, project=cast.shop)

    for number in (1, 2):
        page = browse_as(getattr(cast, who)).get(url("protocols:version", cast.acme, protocol.number, number))
        assert page.status_code == 200
        assert any("Blog" in (change.html or "") for change in page.context["changes"]) == learns


def _letters(text):
    """Without spaces: a difference keeps those of the new text."""
    return "".join(text.split())


def test_versions_of_long_ago_say_less_and_are_compared_by_what_they_say(cast, protocol, write):
    """Before this, a snapshot knew neither the project nor who came without an invitation."""
    protocol = write(project=cast.shop, contents=actions.Contents(present=[cast.nora]))
    (now,) = _versions(protocol)
    people = [{"name": row["name"], "was_present": row["was_present"]} for row in now["people"]]
    old = {key: now[key] for key in now if key != "project"} | {"people": people}
    with tenant(cast.north.pk):
        Version.objects.of(protocol).update(content=old)

    assert says_the_same(old, now) and changes(old, now)[0].html is None
    _edit(cast, protocol, title=protocol.title)
    assert len(_versions(protocol)) == 1, "saving without a change makes no version"

    _edit(cast, protocol, people={"present": [cast.nora, cast.anna]})
    assert len(_versions(protocol)) == 2
    assert "<ins>, Anna Example</ins>" in changes(*_versions(protocol))[0].html
