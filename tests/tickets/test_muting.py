"""Leaving one ticket from its mail: one click and a page that asks; what is meant for one in person still comes."""

import re

from django.test import Client as Browser

from portal.core.context import tenant
from portal.tenancy.scope import agency_urls
from tests.browse import browse_as, url
from tests.tickets.makers import deliver, mails_to
from tickets import actions, muting
from tickets.models import Follower


def test_mail_about_one_ticket_ends_with_a_click(cast, ticket, say):
    say(ticket, cast.nora)
    mail = mails_to(deliver(cast.north), cast.anna)[-1]
    link = re.search(r"http\S+/tickets/mute/\S+/", mail.text)[0]
    assert mail.headers["List-Unsubscribe"] == f"<{link}>"
    path = "/" + link.split("/", 3)[3]

    page = Browser(enforce_csrf_checks=True)
    assert "No more mails about ACM-1?" in page.get(path).content.decode()
    assert _muted(cast, ticket) == {cast.anna.pk: False, cast.nora.pk: False}
    assert page.post(path).status_code == 200
    assert _muted(cast, ticket)[cast.anna.pk]

    say(ticket, cast.nora, "Again")
    assert not mails_to(deliver(cast.north), cast.anna)


def test_unfollowing_from_the_mail_and_what_is_meant_in_person(cast, ticket, say):
    with tenant(cast.north.pk):
        actions.assign(ticket, by=cast.olaf, to=cast.nora)
    deliver(cast.north)
    say(ticket, cast.anna, "Hello")
    mail = mails_to(deliver(cast.north), cast.nora)[-1]
    path = "/" + re.search(r"http\S+/tickets/mute/\S+/", mail.text)[0].split("/", 3)[3]

    Browser().post(path, {"how": "leave"})

    assert cast.nora.pk not in _muted(cast, ticket)
    browse_as(cast.anna).post(url("tickets:comment", cast.acme, ticket.number), {"text": "You there?", "direct": "on"})
    told = mails_to(deliver(cast.north), cast.nora)
    assert ["You there?" in mail.text for mail in told] == [True]
    assert "/tickets/mute/" not in told[0].text


def test_link_of_somebody_to_whom_the_ticket_is_closed_opens_nothing(cast, ticket):
    with agency_urls(cast.north):
        foreign, own = muting.path_for(cast.bob, ticket.pk), muting.path_for(cast.anna, ticket.pk)

    assert Browser().get(foreign).status_code == 404
    assert Browser().get(own.replace("/mute/", "/mute/x")).status_code == 404
    assert Browser().get(own.replace("/north/", "/south/")).status_code == 404


def _muted(cast, ticket) -> dict[int, bool]:
    with tenant(cast.north.pk):
        rows = Follower.objects.filter(ticket=ticket)
        return {row.member_id: row.muted_at is not None for row in rows}


def test_page_says_nothing_of_a_wish_that_it_does_not_know(cast, ticket):
    answer = browse_as(cast.anna).post(url("tickets:following", cast.acme, ticket.number), {"how": "louder"})

    assert answer.status_code == 404 and _muted(cast, ticket) == {cast.anna.pk: False}
