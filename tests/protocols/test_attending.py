"""Who was invited and who was there, also after people have left."""

import pytest
from django.utils import timezone

from portal.core.context import tenant
from portal.tenancy.models import ClientAccess, Member
from protocols import actions
from protocols.models import Participation
from tests.browse import browse_as, url
from tests.counting import queries_of


@pytest.fixture
def protocol(cast, write):
    """Nora, Anna, and the supplier's Vera were there; Olaf was invited, and Piotr has no account."""
    with tenant(cast.north.pk):
        people = {"present": [cast.nora, cast.anna, cast.vera], "absent": [cast.olaf], "others": ["Piotr"]}
        return write(contents=actions.Contents(**people))


def _noted(protocol):
    """(name, whether invited, whether present), in the order of their coming."""
    with tenant(protocol.agency_id):
        rows = Participation.objects.of(protocol).order_by("pk")
        return list(rows.values_list("name", "was_invited", "was_present"))


def _saved_by(member, protocol, **changed):
    """The form as it came, with these fields changed, saved."""
    browser, path = browse_as(member), url("protocols:edit", protocol.client, protocol.number)
    form = browser.get(path).context["form"]
    typed = {name: form[name].value() for name in form.fields if name != "uploads"}
    typed["held_at"] = "2026-11-12T11:00"
    answer = browser.post(path, {name: "" if value is None else value for name, value in (typed | changed).items()})
    assert answer.status_code == 302
    return form


def test_whoever_has_left_or_lost_access_stays_on_the_list(cast, protocol):
    before = _noted(protocol)
    with tenant(cast.north.pk):
        Member.objects.filter(pk=cast.olaf.pk).update(ended_at=timezone.now())
        ClientAccess.objects.filter(member=cast.anna).update(areas=["tickets"])

    form = _saved_by(cast.nora, protocol, key_points="Other")

    assert _noted(protocol) == before
    labels = [label for _pk, label in form.fields["present"].choices]
    assert "Vera Example, Vega Studio" in labels


def test_somebody_came_without_an_invitation(cast, protocol):
    _saved_by(cast.nora, protocol, uninvited=[cast.anna.pk])
    assert ("Anna Example", False, True) in _noted(protocol)
    assert (
        "came without an invitation"
        in browse_as(cast.nora).get(url("protocols:detail", cast.acme, protocol.number)).content.decode()
    )

    _saved_by(cast.nora, protocol, others="Piotr, Jana")
    assert ("Anna Example", False, True) in _noted(protocol), "the next save keeps it"

    with tenant(cast.north.pk):
        protocol.refresh_from_db()
        noted = actions.Contents(present=[cast.nora, cast.anna], others=["Jana"])
        actions.edit(protocol, by=cast.nora, seen_at=protocol.edited_at, contents=noted)
    assert _noted(protocol) == [("Nora Example", True, True), ("Anna Example", False, True), ("Jana", False, True)]


def test_a_vendor_who_writes_was_there(cast, words):
    browser, path = browse_as(cast.vera), url("protocols:create", cast.acme)
    form = browser.get(path).context["form"]
    assert str(cast.vera.pk) in dict(form.fields["present"].choices)

    browser.post(path, {**words, "project": cast.shop.pk, "present": form["present"].value()})

    with tenant(cast.north.pk):
        assert list(Participation.objects.values_list("name", flat=True)) == ["Vera Example"]


def test_strangers_to_the_client_cannot_be_chosen(cast, protocol):
    form = browse_as(cast.nora).get(url("protocols:edit", cast.acme, protocol.number)).context["form"]
    offered = {int(pk) for pk, _label in form.fields["present"].choices}
    assert offered.isdisjoint({cast.bob.pk, cast.pavel.pk})


def test_the_form_asks_little_of_the_database(cast, protocol):
    browser, path = browse_as(cast.nora), url("protocols:edit", cast.acme, protocol.number)
    browser.get(path)
    asked = queries_of(browser, path)
    assert len(asked) <= 12, "\n".join(asked)
