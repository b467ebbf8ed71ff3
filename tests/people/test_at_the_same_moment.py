"""What two people, or one with two clicks, do at the same moment: one of them is asked to look again, nobody gets an error page."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from portal.accounts.models import User
from portal.core.context import tenant
from portal.people.actions import invitations
from portal.people.models import Invitation
from portal.tenancy import actions
from portal.tenancy.models import ClientAccess, Member, Role
from tests.browse import browse_as, url
from tests.people.links import link_to_join
from tests.world import PASSWORD


def test_a_client_of_the_same_address_in_the_same_moment(olaf, north, monkeypatch):
    monkeypatch.setattr(actions, "_free_slug", lambda *args: "acme")
    answer = browse_as(olaf).post(url("people:new_client", north), {"name": "Acme"})
    assert answer.status_code == 422
    assert "The same was saved a moment ago." in answer.content.decode()


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_two_clicks_on_invite_make_one_invitation(cast):
    with tenant(cast.north.pk), transaction.atomic():
        role = Role.objects.get(agency=cast.north, kind="contact", code="contact")
    form = {"email": "kim@acme.example", "name": "Kim", "client": cast.acme.pk, "role": role.pk, "areas": ["work"]}
    browsers = [browse_as(cast.olaf) for _click in range(4)]
    answers = at_once(browsers, lambda browser: browser.post(url("people:invite", cast.north, "contact"), form))

    with tenant(cast.north.pk), transaction.atomic():
        assert Invitation.objects.waiting().filter(email="kim@acme.example").count() == 1
    assert set(answers) <= {302, 422}
    assert 302 in answers


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_two_agencies_invitations_taken_at_once_make_one_account(cast):
    links = [invited(by, client, "kim@new.example") for by, client in ((cast.olaf, cast.acme), (cast.saul, cast.cosmo))]

    answers = at_once(links, lambda link: browse_as(None).post(link, {"name": "Kim", "password": PASSWORD}))

    assert answers == [302, 302]
    assert User.objects.filter(email="kim@new.example").count() == 1


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_of_two_invitations_as_something_else_only_one_is_taken(cast):
    links = [invited(cast.olaf, client, cast.saul.user.email) for client in (cast.acme, None)]

    answers = at_once(links, lambda link: browse_as(cast.saul).post(link))

    assert sorted(answers) == [302, 404]
    with tenant(cast.north.pk), transaction.atomic():
        place = Member.objects.get(agency=cast.north, user=cast.saul.user)
        assert place.is_contact == ClientAccess.objects.filter(member=place).exists()


def invited(by: Member, client, email: str) -> str:
    """The link in the letter, for a contact of the client or somebody who is to work there."""
    kind, code = ("contact", "contact") if client else ("specialist", "specialist")
    with tenant(by.agency_id), transaction.atomic():
        role = Role.objects.get(agency_id=by.agency_id, kind=kind, code=code)
        words = {"email": email, "name": "Kim", "kind": kind, "role": role, "areas": ["work"] if client else []}
        invitations.invite(by.agency, by=by, client=client, **words)
    return link_to_join(by.agency, email)


def at_once(things: list, ask) -> list[int]:
    """The statuses of what is asked for each thing, all in the same moment."""
    start = threading.Barrier(len(things))

    def wait_and_ask(thing):
        try:
            start.wait(10)
            return ask(thing).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(wait_and_ask, things))
