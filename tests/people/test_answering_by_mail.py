"""Answering a request for access from its mail: the page asks, the button does it, and gives no more than was asked for."""

import re

import time_machine
from django.test import Client as Browser
from django.utils import timezone

from portal.core.context import tenant
from portal.people import by_mail
from portal.people.models import AccessRequest
from portal.tenancy.models import Client
from tests.browse import browse_as, url
from tests.tickets.makers import deliver, mails_to, open_for

WEEK = by_mail.VALID_SECONDS


def test_one_click_in_the_mail_and_one_on_the_page(cast):
    page = url("protocols:index", cast.acme)
    assert browse_as(cast.carl).get(page).status_code == 404
    path = _link(cast, cast.carl, page)

    stranger = Browser()
    assert "Carl Example asks for access" in stranger.get(path).content.decode()
    assert browse_as(cast.carl).get(page).status_code == 404
    answer = stranger.post(path, {"yes": "1"})

    assert "Carl Example has access now" in answer.content.decode()
    assert browse_as(cast.carl).get(page).status_code == 200
    assert browse_as(cast.carl).get(url("mailbox:index", cast.acme)).status_code == 404
    assert mails_to(deliver(cast.north), cast.carl)
    assert "has access now" in stranger.post(path, {"no": "1"}).content.decode()


def test_refused_by_mail_nothing_opens(cast):
    ticket = open_for(cast.acme, cast.nora, project=cast.blog)
    page = url("tickets:detail", cast.acme, ticket.number)
    path = _link(cast, cast.vera, page)
    assert "A yes shares Blog" in Browser().get(path).content.decode()

    assert "refused" in Browser().post(path, {"no": "1"}).content.decode()

    assert browse_as(cast.vera).get(page).status_code == 404


def test_link_is_the_managers_alone_and_lasts_a_week(cast):
    path = _link(cast, cast.carl, url("protocols:index", cast.acme))
    assert Browser().get(path.replace("/by-mail/", "/by-mail/x")).status_code == 404
    with time_machine.travel(timezone.now().timestamp() + WEEK + 60, tick=False):
        assert Browser().get(path).status_code == 404
    with tenant(cast.north.pk):
        token = by_mail.token_for(cast.nora, AccessRequest.objects.get().pk)
    assert Browser().post(url("people:answer_by_mail", cast.north, token), {"yes": "1"}).status_code == 404
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(manager=None)
        cast.olaf.role.permissions.remove("manage_people")
        cast.olaf.role.save()
    assert Browser().post(path, {"yes": "1"}).status_code == 404


def _link(cast, member, page: str) -> str:
    browse_as(member).post(url("people:request_access", cast.north), {"path": page, "why": "I need it"})
    words = "".join(mail.text for mail in mails_to(deliver(cast.north), cast.olaf))
    return "/" + re.search(r"http\S+/requests/by-mail/\S+/", words)[0].split("/", 3)[3]
