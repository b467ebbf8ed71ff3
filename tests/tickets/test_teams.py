"""Teams, their queues, and vendors by what they can do."""

from portal.core.context import tenant
from portal.people.actions import members
from portal.tenancy.actions import share_project
from tests.browse import browse_as, reload, url
from tests.tickets.makers import deliver, mails_to
from tickets import actions
from tickets.models import Team


def test_owner_makes_a_team_whose_queue_is_told(cast, ticket):
    words = {"name": "Fulfilment", "people": [cast.nora.pk, cast.olaf.pk]}
    assert browse_as(cast.nora).post(url("desk:create_team", cast.north), words).status_code == 404
    browse_as(cast.olaf).post(url("desk:create_team", cast.north), words)
    assert browse_as(cast.olaf).post(url("desk:create_team", cast.north), words).status_code == 422
    with tenant(cast.north.pk):
        team = Team.objects.get()

    browse_as(cast.nora).post(url("tickets:assign", cast.acme, ticket.number), {"assignee": "", "team": team.pk})

    page = browse_as(cast.nora).get(url("desk:teams", cast.north)).content.decode()
    assert "Nora Example, Olaf Example" in page and "1 open ticket" in page
    rows = browse_as(cast.nora).get(f"{url('desk:index', cast.north)}?team={team.pk}").context["rows"]
    assert [row.key for row in rows] == ["ACM-1"]
    browse_as(cast.olaf).post(url("desk:archive_team", cast.north, team.pk))
    with tenant(cast.north.pk):
        assert not Team.objects.active().exists()


def test_contact_learns_nothing_of_teams(cast, ticket):
    with tenant(cast.north.pk):
        team = actions.keep_team(None, by=cast.olaf, name="Hush", people=[cast.nora])
        actions.assign(ticket, by=cast.nora, to=None, team_id=team.pk)

    assert "Hush" not in browse_as(cast.anna).get(url("tickets:detail", cast.acme, ticket.number)).content.decode()


def test_vendors_are_found_by_service_language_and_rating(cast):
    words = {
        "name": "Vega Studio",
        "engagement": "supplier",
        "services": "Print",
        "languages": "Norwegian",
        "rating": "4",
    }
    browse_as(cast.olaf).post(url("people:vendor", cast.north, cast.supplier.pk), words)

    def found(query):
        return [
            row.name for row in browse_as(cast.olaf).get(url("people:vendors", cast.north) + query).context["page"].rows
        ]

    assert found("?q=print+norw&rating=4") == ["Vega Studio"]
    assert found("?q=print&rating=5") == []
    with tenant(cast.north.pk):
        supplier = type(cast.supplier).objects.get(pk=cast.supplier.pk)
    assert (supplier.answers_client, supplier.reads_private) == (False, False)


def test_desk_of_whoever_leaves_goes_to_somebody_who_sees_it_and_is_told(cast, ticket, open_ticket):
    hidden = open_ticket(cast.bolt, cast.bob, title="Not for Fred")
    with tenant(cast.north.pk):
        share_project(cast.shop, level="contribute", member=cast.fred)
        team = actions.keep_team(None, by=cast.olaf, name="Fulfilment", people=[cast.rita])
        for one in (ticket, hidden):
            actions.assign(one, by=cast.olaf, to=cast.nora, team_id=team.pk)
        deliver(cast.north)
        members.end(cast.nora, by=cast.olaf, to=type(cast.fred).objects.with_names().get(pk=cast.fred.pk))

    mails = deliver(cast.north)

    assert [reload(one).assignee_id for one in (ticket, hidden)] == [cast.fred.pk, None]
    (mail,) = mails_to(mails, cast.fred)
    assert "On your desk: ACM-1 Wrong shipping cost" in mail.text and "You take over from Nora Example" in mail.text
    assert "Not for Fred" not in mail.text
    assert [mail.subject for mail in mails_to(mails, cast.rita)] == ["On your desk: BOL-1 Not for Fred"]
