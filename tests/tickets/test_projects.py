"""How a project stands: on its own page, and on the client's among the others."""

from datetime import timedelta

from django.utils import timezone

from portal.core.context import tenant
from tests.browse import browse_as, url
from tests.clock import says
from tests.counting import queries_of
from tickets import actions
from worklog.actions import logging
from worklog.days import Stretch


def test_page_says_how_it_stands(cast, ticket, open_ticket):
    _late(cast, ticket)
    open_ticket(project=cast.shop, title="In time")
    open_ticket(project=cast.blog, title="Of the blog")
    with tenant(cast.north.pk):
        work = [Stretch(timezone.localdate(), 95)]
        logging.log(cast.acme, work, by=cast.nora, kind="Development", text="Fixed", project=cast.shop)

    page = browse_as(cast.nora).get(_path(cast)).content.decode()

    assert "1 late" in page and "In time" in page and "Of the blog" not in page and "1:35" in page
    assert "Vega Studio" in page and 'name="to" value="waiting"' in page
    theirs = browse_as(cast.anna).get(_path(cast)).content.decode()
    assert "In time" in theirs and "Vega Studio" not in theirs and 'name="to"' not in theirs


def test_page_is_for_those_who_see_project_and_tickets(cast, ticket):
    for who in (cast.carl, cast.vera, cast.pavel, cast.rita):
        assert browse_as(who).get(_path(cast)).status_code == 200
    assert not says(browse_as(cast.carl).get(_path(cast)).content.decode(), "1:35")
    for who in (cast.bob, cast.fred, cast.saul):
        assert browse_as(who).get(_path(cast)).status_code == 404
    assert browse_as(cast.vera).get(url("tickets:project", cast.acme, cast.blog.slug)).status_code == 404


def test_whoever_may_share_is_offered_it(cast, ticket):
    offered = [who for who in (cast.olaf, cast.nora, cast.rita, cast.anna) if _shares(who, cast)]
    assert offered == [cast.olaf]


def test_client_page_shows_all_projects_with_their_state(cast, ticket):
    _late(cast, ticket)
    for who in (cast.nora, cast.anna):
        page = browse_as(who).get(url("client_home", cast.acme)).content.decode()
        assert _path(cast) in page and "1 late" in page and "Nothing open" in page
    page = browse_as(cast.vera).get(url("client_home", cast.acme)).content.decode()
    assert _path(cast) in page and "Blog" not in page


def test_page_needs_as_many_queries_with_three_tickets_as_with_one(cast, ticket, open_ticket):
    counts = []
    for _round in range(2):
        counts.append(len(queries_of(browse_as(cast.nora), _path(cast))))
        for _more in range(2):
            open_ticket(project=cast.shop)
    assert counts == [10, 10]


def _shares(who, cast) -> bool:
    return "#share" in browse_as(who).get(_path(cast)).content.decode()


def _path(cast) -> str:
    return url("tickets:project", cast.acme, cast.shop.slug)


def _late(cast, ticket) -> None:
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, due_at=timezone.now() - timedelta(hours=2))


def test_with_whom_it_is_shared_is_the_agencys_to_know(cast, ticket):
    page = url("tickets:project", cast.acme, cast.shop.slug)
    sharers = {who.pk: browse_as(who).get(page).context["sharers"] for who in (cast.nora, cast.anna, cast.vera)}

    assert sharers[cast.nora.pk] and not sharers[cast.anna.pk] and not sharers[cast.vera.pk]
