"""Asking for access from the page "not found", and the answer."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portal.core.context import tenant
from portal.people.actions import asking
from portal.people.models import AccessRequest
from portal.tenancy.actions import create_client, create_project
from portal.tenancy.models import Client, Member, ProjectAccess
from tests.browse import browse_as, url
from tests.tickets.makers import deliver, mails_to, open_for


def test_stranger_to_a_ticket_asks_and_gets_its_project(cast):
    ticket = open_for(cast.acme, cast.nora, project=cast.blog)
    page = url("tickets:detail", cast.acme, ticket.number)
    lost = browse_as(cast.vera).get(page)
    assert lost.status_code == 404 and page in lost.content.decode()

    _ask(cast.vera, cast, page, "Olaf sent me the link")

    mails = mails_to(deliver(cast.north), cast.olaf)
    assert any("Vera Example asks for access to Acme" in mail.text for mail in mails)
    asked = _only(cast)
    answer = url("people:access_request", cast.north, asked.pk)
    assert "Olaf sent me the link" in browse_as(cast.olaf).get(answer).content.decode()
    browse_as(cast.olaf).post(answer, {"yes": "1", "project": cast.blog.pk, "level": "comment"})
    assert browse_as(cast.vera).get(page).status_code == 200
    assert mails_to(deliver(cast.north), cast.vera)


def test_contact_gets_areas_besides_those_that_he_has(cast):
    _ask(cast.carl, cast, url("protocols:index", cast.acme))
    answer = url("people:access_request", cast.north, _only(cast).pk)

    browse_as(cast.olaf).post(answer, {"yes": "1", "areas": ["work"]})

    assert browse_as(cast.carl).get(url("protocols:index", cast.acme)).status_code == 200
    assert browse_as(cast.carl).get(url("tickets:index", cast.acme)).status_code == 200


def test_the_answer_tells_nothing(cast):
    pages = []
    for path in (url("tickets:index", cast.bolt), "/north/nowhere/tickets/", "/south/cosmo/tickets/", "//evil", "\0"):
        response = _ask(cast.anna, cast, path)
        pages.append((response.status_code, response.url))

    assert len(set(pages)) == 1
    with tenant(cast.north.pk):
        assert [row.client for row in AccessRequest.objects.select_related("client")] == [cast.bolt]


def test_asked_twice_it_counts_once_and_refused_nothing_opens(cast):
    for _twice in range(2):
        _ask(cast.anna, cast, url("tickets:index", cast.bolt))
    answer = url("people:access_request", cast.north, _only(cast).pk)
    assert browse_as(cast.nora).get(answer).status_code == 404

    browse_as(cast.olaf).post(answer, {"no": "1"})

    assert browse_as(cast.anna).get(url("tickets:index", cast.bolt)).status_code == 404
    assert browse_as(cast.olaf).post(answer, {"yes": "1", "areas": ["work"]}).status_code == 403
    assert not [mail for mail in deliver(cast.north) if mail.to == [cast.anna.user.email]]


def test_answer_opens_nothing_that_its_giver_could_not_open_otherwise(cast):
    path = url("tickets:detail", cast.bolt, open_for(cast.bolt, cast.nora).number)
    with tenant(cast.north.pk):
        project = create_project(cast.bolt, name="Bolts")
        asked = AccessRequest.objects.create(
            agency=cast.north, member=cast.pavel, client=cast.bolt, path=path, project=project
        )
    words = {"areas": [], "level": "view", "project": None}
    with tenant(cast.north.pk), pytest.raises(PermissionDenied):
        asking.grant(asked, by=cast.olaf, **words)  # a provider of Acme works for nobody else

    with tenant(cast.north.pk), pytest.raises(PermissionDenied):
        AccessRequest.objects.filter(pk=asked.pk).update(member=cast.vera)
        Member.objects.filter(pk=cast.vera.pk).update(ended_at=timezone.now())
        asking.grant(asked, by=cast.olaf, **words)


def test_answer_opens_no_project_of_another_client(cast):
    with tenant(cast.north.pk):
        bolts = create_project(cast.bolt, name="Bolts")
        asked = AccessRequest.objects.create(agency=cast.north, member=cast.vera, client=cast.acme, path="/acme/")
        for project in (bolts, None):
            with pytest.raises(asking.NoProject):
                asking.grant(asked, by=cast.olaf, areas=[], level="view", project=project)
        assert not ProjectAccess.objects.filter(member=cast.vera).exists()


def _asked_of_manager(manager, cast) -> AccessRequest:
    """Carl asks for Acme, whose account manager is this one."""
    Client.objects.filter(pk=cast.acme.pk).update(manager=manager)
    place = {"agency": cast.north, "member": cast.carl, "client_id": cast.acme.pk, "path": "/acme/"}
    return AccessRequest.objects.create(**place)


def test_account_manager_opens_what_is_open_to_himself(cast):
    with tenant(cast.north.pk):
        asked = _asked_of_manager(cast.nora, cast)
        with pytest.raises(PermissionDenied):
            asking.grant(asked, by=cast.nora, areas=["money"], level="", project=None)

        asking.grant(asked, by=cast.nora, areas=["work"], level="", project=None)

    assert browse_as(cast.carl).get(url("protocols:index", cast.acme)).status_code == 200


def test_an_account_manager_who_only_reads_by_now_opens_nothing(cast):
    with tenant(cast.north.pk):
        asked = _asked_of_manager(cast.rita, cast)
        with pytest.raises(PermissionDenied):
            asking.grant(asked, by=cast.rita, areas=["work"], level="", project=None)


def test_so_many_a_day_are_asked_and_the_next_day_again(cast, monkeypatch):
    monkeypatch.setattr(asking, "MOST_A_DAY", 1)
    with tenant(cast.north.pk):
        dune = create_client(cast.north, name="Dune")
    _ask(cast.anna, cast, url("tickets:index", cast.bolt))

    _ask(cast.anna, cast, url("tickets:index", dune))
    assert _only(cast).client_id == cast.bolt.pk

    with tenant(cast.north.pk):
        AccessRequest.objects.update(asked_at=timezone.now() - timedelta(days=1, minutes=1))
    _ask(cast.anna, cast, url("tickets:index", dune))
    with tenant(cast.north.pk):
        assert AccessRequest.objects.filter(client=dune).exists()


def test_long_words_of_a_request_are_cut(cast):
    _ask(cast.anna, cast, url("tickets:index", cast.bolt) + "?q=" + "x" * 900, "Please! " * 200)

    asked = _only(cast)
    assert (len(asked.path), len(asked.why)) == (500, 500)


def _ask(member, cast, path, why=""):
    return browse_as(member).post(url("people:request_access", cast.north), {"path": path, "why": why})


def _only(cast) -> AccessRequest:
    with tenant(cast.north.pk):
        return AccessRequest.objects.get()
