"""What waits on a start page: each kind with what is to be done about it, and until when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.core.context import tenant
from portal.people.actions.clients import end_client
from portal.people.models import AccessRequest
from portal.profile.actions import proposals
from portal.tenancy.actions import set_access
from portal.tenancy.models import Client
from protocols import actions
from protocols.meetings import actions as meetings
from protocols.models import ActionItem, Meeting
from tests.browse import browse_as, url
from tests.counting import queries_of
from tests.profile.conftest import field_of
from tests.worklog.conftest import log

__all__ = ["log"]

TASKS = "@anna 2030-01-08 approve the copy\n@nora 2030-01-07 tell everybody"


def waiting(member, client) -> list[tuple]:
    """(title, pill) on the start page of a client, or on "My day" when an agency is given."""
    name = "my_day" if client._meta.label == "tenancy.Agency" else "client_home"
    return [(row.title, row.pill) for row in browse_as(member).get(url(name, client)).context["waiting"]]


@pytest.fixture
def correct(cast, protocol):
    def correct(by):
        with tenant(cast.north.pk):
            return actions.comment(protocol, by=by, text="It was Tuesday", is_correction=True)

    return correct


def test_what_was_read_waits_until_it_is_accepted(cast, protocol):
    browser = browse_as(cast.anna)
    browser.get(url("protocols:detail", cast.acme, protocol.number))

    ((title, pill),) = waiting(cast.anna, cast.acme)
    assert title == "Jour fixe"
    assert pill.startswith("Accept until ")

    browser.post(url("protocols:accept", cast.acme, protocol.number))
    assert waiting(cast.anna, cast.acme) == []


def test_the_agency_accepts_what_contacts_wrote(cast, write):
    write("From Anna", by=cast.anna)
    browse_as(cast.nora).get(url("protocols:detail", cast.acme, 1))

    assert [title for title, pill in waiting(cast.nora, cast.north) if pill.startswith("Accept")] == ["From Anna"]
    assert waiting(cast.anna, cast.acme) == []


def test_who_only_reads_is_not_asked_to_accept(cast, write):
    protocol = write(by=cast.anna)
    assert waiting(cast.rita, cast.north) == [("Jour fixe", "New")]

    browse_as(cast.rita).get(url("protocols:detail", cast.acme, protocol.number))

    assert waiting(cast.rita, cast.north) == []


def test_own_tasks_are_ticked_on_the_page_and_lead_back(cast, write):
    write(key_points=TASKS)
    browser, path = browse_as(cast.anna), url("client_home", cast.acme)

    (row,) = [row for row in browser.get(path).context["waiting"] if row.tick]
    assert (row.title, row.pill) == ("approve the copy", "8 Jan 2030")
    answer = browser.post(row.tick, {"done": "1", "from": "client"})

    assert answer.url == path
    assert "approve the copy" not in dict(waiting(cast.anna, cast.acme))
    with tenant(cast.north.pk):
        assert ActionItem.objects.get(text="approve the copy").done_by == cast.anna


def test_of_many_things_to_do_all_are_counted(cast, write, held):
    write(key_points="\n".join(f"@nora 2030-01-{day:02} call shop {day}" for day in range(1, 13)))
    for _number in range(10):
        held("Call")

    context = browse_as(cast.nora).get(url("my_day", cast.north)).context
    assert len(context["waiting"]) == 12 and "12 things wait for you" in context["lede"]
    assert len(context["unwritten"]) == 10


def test_a_tick_on_my_day_leads_back_to_it(cast, write):
    write(key_points=TASKS)
    browser = browse_as(cast.nora)
    (row,) = [row for row in browser.get(url("my_day", cast.north)).context["waiting"] if row.tick]

    answer = browser.post(row.tick, {"done": "1", "from": "start"}, follow=True)

    assert row.title == "tell everybody"
    assert answer.request["PATH_INFO"] == url("my_day", cast.north)


@pytest.mark.parametrize(
    ("days", "pill", "tone"), [(-2, "2 days late", "bad"), (0, "today", "warn"), (5, "in 5 days", "mute")]
)
def test_how_near_a_task_is(cast, write, days, pill, tone):
    write(key_points=TASKS)
    with tenant(cast.north.pk):
        ActionItem.objects.update(due_on=timezone.localdate() + timedelta(days=days))

    (row,) = [row for row in browse_as(cast.anna).get(url("client_home", cast.acme)).context["waiting"] if row.tick]

    assert (row.pill, row.tone) == (pill, tone)


def test_tasks_of_a_closed_client_wait_for_nobody(cast, write):
    write(key_points=TASKS)
    with tenant(cast.north.pk):
        end_client(cast.acme, by=cast.olaf, access_until=timezone.localdate() + timedelta(days=30))

    assert waiting(cast.anna, cast.acme) == [("Jour fixe", "New")]


def test_at_a_closed_client_nothing_waits_that_nobody_can_do_any_more(cast, write, plan, held, log):
    """Invitations that cannot be answered, drafts that cannot be finished, protocols that cannot be written."""
    plan("Budget"), held("Held"), log(kind="Call", text="Talk")
    write("Hers", by=cast.anna, publish=False), write("Nora's", publish=False)
    before = browse_as(cast.nora).get(url("my_day", cast.north)).context["unwritten"]
    assert [row.title for row in before] == ["Held", "Talk"]
    assert waiting(cast.anna, cast.acme) == [("Budget", "Answer wanted"), ("Hers", "Draft")]
    assert waiting(cast.nora, cast.north) == [("Nora's", "Draft")]

    with tenant(cast.north.pk):
        end_client(cast.acme, by=cast.olaf, access_until=timezone.localdate() + timedelta(days=30))

    assert browse_as(cast.nora).get(url("my_day", cast.north)).context["unwritten"] == []
    assert waiting(cast.anna, cast.acme) == waiting(cast.nora, cast.north) == []


def test_a_correction_waits_for_the_house_that_wrote(cast, correct):
    correct(cast.anna)

    assert ("Jour fixe", "Correction to settle") in waiting(cast.nora, cast.north)
    assert ("Jour fixe", "Correction to settle") in waiting(cast.olaf, cast.acme)
    assert "Correction to settle" not in dict(waiting(cast.anna, cast.acme)).values()


def test_nobody_is_asked_for_a_yes_while_a_correction_is_open(cast, protocol, correct):
    """It could not be given; afterwards it is wanted again."""
    browse_as(cast.anna).get(url("protocols:detail", cast.acme, protocol.number))
    said = correct(cast.anna)
    assert waiting(cast.anna, cast.acme) == []

    with tenant(cast.north.pk):
        actions.settle(said, by=cast.nora, is_taken_in=False, answer="It was Monday")
    assert any(pill.startswith("Accept until ") for _title, pill in waiting(cast.anna, cast.acme))


def test_the_answer_to_a_correction_is_told(cast, correct):
    said = correct(cast.anna)
    with tenant(cast.north.pk):
        actions.settle(said, by=cast.nora, is_taken_in=False, answer="It was Monday")

    assert ("Jour fixe", "Answered") in waiting(cast.anna, cast.acme)
    assert ("Jour fixe", "Correction to settle") not in waiting(cast.nora, cast.north)
    with tenant(cast.north.pk):
        type(said).objects.update(settled_at=timezone.now() - timedelta(days=8))
    assert ("Jour fixe", "Answered") not in waiting(cast.anna, cast.acme)


def test_an_invitation_waits_for_an_answer(cast, plan):
    meeting = plan("Budget")
    assert waiting(cast.anna, cast.acme) == [("Budget", "Answer wanted")]
    assert waiting(cast.nora, cast.north) == []

    with tenant(cast.north.pk):
        meetings.answer(meeting, by=cast.anna, answer="ACCEPTED")

    assert waiting(cast.anna, cast.acme) == []


def test_of_a_series_only_the_next_invitation_waits(cast, plan_series):
    plan_series(last_on=timezone.localdate() + timedelta(days=30))
    browser, path = browse_as(cast.anna), url("client_home", cast.acme)

    (row,) = browser.get(path).context["waiting"]
    with tenant(cast.north.pk):
        first, *_rest = Meeting.objects.coming().order_by("starts_at")
        assert row.url == url("protocols:meeting", cast.acme, first.pk)
        meetings.answer(first, by=cast.anna, answer="ACCEPTED", whole_series=True)

    assert browser.get(path).context["waiting"] == []


def test_a_proposed_meeting_waits_for_the_agency(cast, plan):
    plan("Wish", by=cast.anna, guests=[cast.nora])

    assert waiting(cast.nora, cast.north) == [("Wish", "Proposed")]
    assert waiting(cast.rita, cast.north) == []
    assert waiting(cast.anna, cast.acme) == []


def test_a_proposal_for_the_profile_waits_for_the_agency_and_its_answer_is_told(cast, profile):
    with tenant(cast.north.pk):
        wish = proposals.propose(field_of(profile, "Goal"), by=cast.anna, text="More")
    assert waiting(cast.nora, cast.north) == [("Goal", "Change proposed")]
    assert waiting(cast.anna, cast.acme) == []

    with tenant(cast.north.pk):
        proposals.decline(wish, by=cast.nora, answer="Later")

    assert waiting(cast.nora, cast.north) == []
    assert waiting(cast.anna, cast.acme) == [("Goal", "Declined")]


def test_what_is_due_first_stands_on_top(cast, write, plan):
    write("Draft", by=cast.anna, publish=False)
    write(key_points="@anna 2030-01-08 approve the copy")
    plan("Budget", starts_in=timedelta(hours=3))

    titles = [title for title, _pill in waiting(cast.anna, cast.acme)]

    assert titles == ["Budget", "Jour fixe", "approve the copy", "Draft"]


def test_others_things_do_not_wait(cast, write, plan, correct):
    write(key_points=TASKS)
    plan("Budget")
    correct(cast.anna)

    assert waiting(cast.bob, cast.bolt) == []
    assert waiting(cast.fred, cast.north) == []
    assert waiting(cast.saul, cast.south) == []
    assert browse_as(cast.carl).get(url("client_home", cast.acme)).context["waiting"] == []


def test_a_contact_of_two_clients_sees_what_waits_at_both(cast, write, plan):
    with tenant(cast.north.pk):
        set_access(cast.anna, cast.bolt, ["work"])
    write("At Acme")
    write("At Bolt", client=cast.bolt)

    page = browse_as(cast.anna).get(url("home", cast.north))

    assert sorted((row.title, row.line[0]) for row in page.context["waiting"]) == [
        ("At Acme", "Acme"),
        ("At Bolt", "Bolt"),
    ]


def test_vendors_find_their_tasks_beside_their_projects(cast, write):
    write("Launch", key_points="@anna 2030-01-08 cut the film", project=cast.shop)
    with tenant(cast.north.pk):
        ActionItem.objects.update(assignee=cast.vera)

    rows = browse_as(cast.vera).get(url("home", cast.north)).context["waiting"]

    assert [(row.title, bool(row.tick)) for row in rows] == [("cut the film", True), ("Launch", False)]


def test_everything_at_once_is_one_question(cast, write, plan, correct, profile):
    def fill():
        write(key_points=TASKS)
        plan("Budget")
        correct(cast.anna)
        with tenant(cast.north.pk):
            proposals.propose(field_of(profile, "Goal"), by=cast.anna, text="More")

    fill()
    places = [(cast.anna, url("client_home", cast.acme)), (cast.nora, url("my_day", cast.north))]
    one = [len(queries_of(browse_as(who), path)) for who, path in places]
    fill(), fill()

    assert [len(queries_of(browse_as(who), path)) for who, path in places] == one
    assert max(one) <= 12


def test_who_asks_for_access_waits_for_whoever_may_decide(cast):
    """The page of requests is linked from nowhere else: a notification that was marked as read was the end of it."""
    with tenant(cast.north.pk):
        asked = AccessRequest.objects.create(agency=cast.north, member=cast.carl, client=cast.bolt, path="/bolt/")
    line = ("Carl Example asks for access", "Answer wanted")

    row = next(row for row in browse_as(cast.olaf).get(url("my_day", cast.north)).context["waiting"])
    assert (row.title, row.pill) == line
    assert row.url == url("people:access_request", cast.north, asked.pk)
    assert "Bolt" in row.line
    assert browse_as(cast.olaf).get(row.url).status_code == 200
    assert line in waiting(cast.olaf, cast.bolt)
    assert line not in waiting(cast.olaf, cast.acme)
    for other in (cast.nora, cast.rita):
        assert line not in waiting(other, cast.north)

    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.bolt.pk).update(manager=cast.nora)
    assert line in waiting(cast.nora, cast.north)
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.bolt.pk).update(manager=cast.rita)
    assert line not in waiting(cast.rita, cast.north), "who only reads by now decides nothing"
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.bolt.pk).update(manager=cast.nora)
    browse_as(cast.olaf).post(row.url, {"no": "1"})
    assert line not in waiting(cast.olaf, cast.north) + waiting(cast.nora, cast.north)
