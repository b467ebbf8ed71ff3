"""What lists, pages and mails say of tickets: what leads on from a filter, states in the reader's words, how near a deadline is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from portal.core.context import tenant
from tests.browse import browse_as, url
from tests.tickets.makers import deliver, mails_to, open_for, status_of
from tickets import actions, boarding, deadlines

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


def test_filters_that_narrow_in_place_reach_all_that_leads_on(cast, ticket):
    query = {"tab": "open", "q": "", "kind": "bug", "who": "none", "priority": ""}

    page = browse_as(cast.nora).get(url("desk:index", cast.north), query, headers=HTMX).content.decode()

    for name in ("desk:board", "desk:calendar"):
        assert f'href="{url(name, cast.north)}?kind=bug&amp;who=none"' in page, name
    assert f'href="{url("desk:export", cast.north, "csv")}?kind=bug&amp;who=none"' in page
    assert 'name="query" value="kind=bug&amp;who=none"' in page and "Save this view" in page
    assert [f'id="{name}" hx-swap-oob="true"' in page for name in ("tabs", "views", "saved")] == [True] * 3


def test_tabs_keep_the_filters_that_mean_something_there(cast, ticket):
    query = {"q": "zzz", "kind": "bug", "stage": "waiting", "since": "2026-11-01"}

    page = browse_as(cast.nora).get(url("desk:index", cast.north), query).content.decode()

    assert 'href="?q=zzz&amp;kind=bug&amp;tab=done"' in page
    assert 'href="?q=zzz&amp;kind=bug&amp;stage=waiting&amp;since=2026-11-01&amp;tab=waiting"' in page
    done = browse_as(cast.nora).get(url("desk:index", cast.north), {"q": "zzz", "tab": "done"}).content.decode()
    assert f'href="{url("desk:index", cast.north)}?tab=done"' in done, "without filters one stays where one is"


def test_what_waits_for_the_client_waits_for_no_vendor(cast, ticket):
    with tenant(cast.north.pk):
        actions.move(ticket, by=cast.nora, status=status_of(ticket, "waiting"))

    words = {}
    for member in (cast.anna, cast.vera, cast.nora):
        browser = browse_as(member)
        (row,) = browser.get(url("tickets:index", cast.acme)).context["rows"]
        steps = browser.get(url("tickets:detail", cast.acme, ticket.number)).context["steps"]
        words[member] = {row.state, *(step.word for step in steps if step.state == "now")}
    home = browse_as(cast.vera).get(url("client_home", cast.acme)).context["tickets"]

    assert words == {
        cast.anna: {"Waiting for you"},
        cast.vera: {"Waiting for the client"},
        cast.nora: {"Waiting for the client"},
    }
    assert [row.pill for row in home] == ["Waiting for the client"]


def test_project_that_waits_for_the_client_tells_her_so(cast, ticket):
    with tenant(cast.north.pk):
        actions.move(ticket, by=cast.nora, status=status_of(ticket, "waiting"))
    said = lambda member: browse_as(member).get(url("client_home", cast.acme)).content.decode()  # noqa: E731

    assert "1 waits for you" in said(cast.anna) and "1 waits for the client" not in said(cast.anna)
    assert "1 waits for the client" in said(cast.nora)


def test_mail_about_a_state_says_it_in_the_words_of_whoever_gets_it(cast, ticket):
    with tenant(cast.north.pk):
        actions.assign(ticket, by=cast.nora, to=cast.nora)
        actions.add_followers(ticket, [cast.olaf, cast.vera], by=cast.nora)
    deliver(cast.north)
    with tenant(cast.north.pk):
        actions.move(ticket, by=cast.nora, status=status_of(ticket, "waiting"))

    mails = deliver(cast.north)

    texts = {member: mails_to(mails, member)[0].text for member in (cast.anna, cast.olaf, cast.vera)}
    assert "Waiting for you" in texts[cast.anna]
    assert all("Waiting for the client" in texts[member] for member in (cast.olaf, cast.vera))


def test_whoever_takes_a_ticket_did_not_give_it_to_himself(cast, ticket):
    with tenant(cast.north.pk):
        actions.assign(ticket, by=cast.nora, to=cast.nora)
        actions.assign(ticket, by=cast.nora, to=cast.olaf)

    page = browse_as(cast.anna).get(url("tickets:detail", cast.acme, ticket.number)).content.decode()

    assert "Nora Example took it" in page and "Nora Example gave it to Olaf Example" in page


@pytest.mark.parametrize(
    ("opened", "due", "gone"), [(-4, 4, 50), (-1, 99, 1), (-4, -1, 100), (-4, 0, 100), (1, 4, 0), (0, 0, 100)]
)
def test_ring_shows_how_much_of_the_time_is_over(opened, due, gone):
    at = lambda hours: NOON + timedelta(hours=hours)  # noqa: E731

    assert deadlines.share_gone(at(opened), at(due), NOON) == gone


def test_ring_stands_beside_each_deadline_that_runs(cast, ticket, open_ticket):
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, due_at=timezone.now() - timedelta(hours=3))
        actions.assign(ticket, by=cast.nora, to=cast.nora)
        actions.close(open_ticket(title="Gone"), by=cast.nora)
    anna = browse_as(cast.anna)

    for name in ("tickets:index", "tickets:board"):
        assert 'stroke-dasharray="100 100"' in anna.get(url(name, cast.acme)).content.decode(), name
    assert "<svg viewBox" not in anna.get(url("tickets:index", cast.acme), {"tab": "done"}).content.decode()
    page = anna.get(url("tickets:detail", cast.acme, ticket.number)).content.decode()
    head = page.partition('class="page-head"')[2].partition("</header>")[0]
    assert "3:00 h late" in head and "Nora Example" in head


def test_month_shows_the_first_of_a_day_and_leads_to_the_others(cast):
    due = timezone.localtime().replace(day=15, hour=12)
    with tenant(cast.north.pk):
        for number in range(boarding.IN_A_CELL + 2):
            one = open_for(cast.acme, cast.nora, title=f"Banner {number}")
            actions.change(one, by=cast.nora, due_at=due)

    page = browse_as(cast.nora).get(url("desk:calendar", cast.north)).content.decode()

    sheet, below = page.partition('<table class="cal">')[2].split("</table>")
    assert sheet.count('class="cal-ev"') == boarding.IN_A_CELL
    assert f'<a class="small" href="#day-{due:%Y-%m-15}">+2' in sheet and f'id="day-{due:%Y-%m-15}"' in below
    assert below.count("stroke-dasharray") == below.count("Banner ") == boarding.IN_A_CELL + 2
