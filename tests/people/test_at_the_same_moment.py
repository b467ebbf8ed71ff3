"""What two people, or one with two clicks, do at the same moment: one of them is asked to look again, nobody gets an error page."""

import threading

import pytest
from django.db import connections, transaction

from portal.core.context import tenant
from portal.people.models import Invitation
from portal.tenancy import actions
from portal.tenancy.models import Role
from tests.browse import browse_as, url


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
    browsers, answers, start = [browse_as(cast.olaf) for _click in range(4)], [], threading.Barrier(4)

    def click(browser):
        try:
            start.wait(10)
            answers.append(browser.post(url("people:invite", cast.north, "contact"), form).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click, args=(browser,)) for browser in browsers]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    with tenant(cast.north.pk), transaction.atomic():
        assert Invitation.objects.waiting().filter(email="kim@acme.example").count() == 1
    assert set(answers) <= {302, 422}
    assert 302 in answers
