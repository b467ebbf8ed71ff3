"""Opening tickets and moving them along."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core.context import tenant
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, events_of, reload, url
from tests.counting import queries_of
from tests.tickets.makers import open_for, status_of, type_of
from tickets import actions
from tickets.models import Change, Handover, Team, TeamMember, Ticket
from tickets.numbering import initials_of, prefix_for


def test_contact_opens_a_ticket_for_a_colleague(cast):
    kind = type_of(cast.north)
    sheet = SimpleUploadedFile("sylt.csv", b"island,days\nSylt,9\n")
    words = {
        "type": kind.pk,
        "title": "Wrong price",
        "description": "On **Sylt**",
        "logger": cast.carl.pk,
        "uploads": [sheet],
    }

    response = browse_as(cast.anna).post(url("tickets:create", cast.acme), words)

    page = browse_as(cast.carl).get(response.url).content.decode()
    assert "ACM-1" in page and "<strong>Sylt</strong>" in page and "sylt.csv" in page
    with tenant(cast.north.pk):
        ticket = Ticket.objects.get()
        followers = set(ticket.followers.values_list("member_id", flat=True))
    assert (ticket.logger_id, ticket.opened_by_id, ticket.side) == (cast.carl.pk, cast.anna.pk, "client")
    assert followers == {cast.anna.pk, cast.carl.pk}
    assert events_of(ticket) == [("ticket.opened", cast.anna.pk)]


def test_specialist_opens_one_with_a_person_and_a_deadline(cast):
    words = {"type": type_of(cast.north, "task").pk, "title": "Banners", "assignee": cast.nora.pk, "priority": "1"}
    words |= {"due_at": "2026-12-01T16:00", "project": cast.shop.pk}

    response = browse_as(cast.olaf).post(url("tickets:create", cast.acme), words)

    assert "Nora Example" in browse_as(cast.anna).get(response.url).content.decode()


@pytest.mark.parametrize("words", [{"title": ""}, {"type": "0"}, {"title": "x" * 201}, {"project": "999999"}])
def test_what_is_missing_is_named(cast, words):
    form = {"type": type_of(cast.north).pk, "title": "Wrong price", **words}

    response = browse_as(cast.anna).post(url("tickets:create", cast.acme), form)

    assert response.status_code == 422
    assert set(words) <= set(response.context["form"].errors)


def test_contacts_do_not_open_what_the_agency_alone_opens(cast):
    with tenant(cast.north.pk), pytest.raises(actions.NotOpenToContacts):
        actions.open_ticket(cast.acme, by=cast.anna, type=type_of(cast.north, "complex"), title="All of it")


def test_vendor_opens_tickets_in_shared_projects_only(cast):
    with pytest.raises(PermissionDenied):
        open_for(cast.acme, cast.vera, project=cast.blog)

    assert open_for(cast.acme, cast.vera, project=cast.shop).key == "ACM-1"


def test_numbers_count_by_client_and_keys_tell_clients_apart(cast):
    keys = [open_for(client, cast.nora).key for client in (cast.acme, cast.acme, cast.bolt)]

    assert keys == ["ACM-1", "ACM-2", "BOL-1"]


@pytest.mark.parametrize(
    ("name", "prefix"), [("Hanse Möbelwerk", "HM"), ("Acme", "ACM"), ("«3M»", "3M"), ("…", "T"), ("А б в г д", "АБВГ")]
)
def test_initials(name, prefix):
    assert initials_of(name) == prefix
    assert prefix_for(name, {prefix}) == f"{prefix}2"


def test_specialist_moves_it_to_done_and_contact_opens_it_again(cast, ticket):
    path = url("tickets:move", cast.acme, ticket.number)
    browse_as(cast.nora).post(path, {"status": "in-progress"})
    browse_as(cast.nora).post(url("tickets:close", cast.acme, ticket.number))
    done = reload(ticket)
    assert (done.is_closed, done.percent, done.closed_by_id) == (True, 100, cast.nora.pk)

    browse_as(cast.anna).post(url("tickets:reopen", cast.acme, ticket.number))

    assert reload(ticket).stage == "working"
    kinds = [kind for kind, _actor in events_of(ticket)]
    assert kinds == ["ticket.opened", "ticket.moved", "ticket.closed", "ticket.reopened"]
    with tenant(cast.north.pk):
        assert list(Change.objects.order_by("pk").values_list("new", flat=True)) == [
            "in-progress",
            "done",
            "in-progress",
        ]


def test_contact_does_not_set_states(cast, ticket):
    response = browse_as(cast.anna).post(url("tickets:move", cast.acme, ticket.number), {"status": "done"})

    assert response.status_code == 403
    assert not reload(ticket).is_closed


def test_status_of_another_type_is_refused(cast, ticket, open_ticket):
    other = open_ticket(kind="change")

    with tenant(cast.north.pk), pytest.raises(actions.OtherType):
        actions.move(ticket, by=cast.nora, status=status_of(other, "offered"))


def test_another_type_keeps_the_stage(cast, ticket):
    with tenant(cast.north.pk):
        actions.move(ticket, by=cast.nora, status=status_of(ticket, "waiting"))
        changed = actions.change(ticket, by=cast.nora, type=type_of(cast.north, "change"))

    assert (changed.status.code, changed.stage) == ("offered", "waiting")


def test_team_takes_it_and_hands_it_over_with_history(cast, ticket):
    with tenant(cast.north.pk):
        team = Team.objects.create(agency=cast.north, name="Fulfilment")
        TeamMember.objects.create(agency=cast.north, team=team, member=cast.nora)
        actions.assign(ticket, by=cast.olaf, to=None, team_id=team.pk, reason="Sold")
        actions.assign(ticket, by=cast.nora, to=cast.nora, team_id=team.pk)
        rows = Handover.objects.order_by("pk")
        assert [(row.from_team, row.to_team, row.to_member, row.reason) for row in rows] == [
            ("", "Fulfilment", None, "Sold"),
            ("Fulfilment", "Fulfilment", cast.nora, ""),
        ]


def test_nobody_is_given_what_he_does_not_see(cast, open_ticket):
    elsewhere = open_ticket(client=cast.bolt, by=cast.nora)
    with tenant(cast.north.pk):
        for member in (cast.vera, cast.fred, cast.bob):
            with pytest.raises(actions.CannotAssign):
                actions.assign(elsewhere, by=cast.olaf, to=member)


def test_moving_it_out_of_the_project_takes_it_from_the_vendor(cast, ticket):
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, project=cast.blog)

    assert browse_as(cast.vera).get(url("tickets:detail", cast.acme, ticket.number)).status_code == 404
    with acting_as(cast.vera):
        assert not Ticket.objects.exists()


def test_who_finds_it(cast, ticket):
    path = url("tickets:detail", cast.acme, ticket.number)

    for name, status in {
        "anna": 200,
        "carl": 200,
        "nora": 200,
        "vera": 200,
        "pavel": 200,
        "bob": 404,
        "fred": 404,
        "saul": 404,
    }.items():
        assert browse_as(getattr(cast, name)).get(path).status_code == status, name


def test_lists_say_what_waits(cast, ticket, open_ticket):
    with tenant(cast.north.pk):
        actions.move(ticket, by=cast.nora, status=status_of(ticket, "waiting"))
        actions.assign(open_ticket(title="For Nora"), by=cast.olaf, to=cast.nora)
        actions.close(open_ticket(title="Long gone"), by=cast.nora)

    anna, nora = browse_as(cast.anna), browse_as(cast.nora)
    titles = lambda browser, path: [row.title for row in browser.get(path).context["rows"]]  # noqa: E731
    mine = url("tickets:index", cast.acme)
    assert titles(anna, f"{mine}?tab=waiting") == ["Wrong shipping cost"]
    assert titles(anna, f"{mine}?tab=done") == ["Long gone"]
    assert set(titles(anna, mine)) == {"Wrong shipping cost", "For Nora"}
    desk = url("desk:index", cast.north)
    assert titles(nora, f"{desk}?tab=waiting") == ["For Nora"]
    assert titles(nora, f"{desk}?who=none") == ["Wrong shipping cost"]
    assert titles(nora, f"{desk}?q=gone&tab=done") == ["Long gone"]


def test_pages_ask_as_much_for_three_as_for_one(cast, ticket, open_ticket, say):
    paths = [url("tickets:index", cast.acme), url("desk:index", cast.north)]
    detail = url("tickets:detail", cast.acme, ticket.number)
    counts = []
    for _round in range(2):
        browser = browse_as(cast.nora)
        say(ticket, cast.nora, uploads=[SimpleUploadedFile("a.txt", b"a")])
        counts.append([len(queries_of(browser, path)) for path in [*paths, detail]])
        for _ in range(2):
            open_ticket()
            say(ticket, cast.anna)

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12, counts
