"""What each action on tickets asks for itself, whatever page stood before it."""

import pytest
from django.core.exceptions import PermissionDenied

from portal.core.context import tenant
from portal.tenancy.models import Vendor
from tests.browse import browse_as, reload, url
from tests.limited import fresh
from tests.tickets.makers import open_for, status_of, type_of
from tickets import actions, replying
from tickets.models import ChecklistItem, Link, Team, TeamMember, Ticket, TicketType

OF_WHO_CHANGES = {
    "move": lambda play, by: actions.move(play["ticket"], by=by, status=status_of(play["ticket"], "in-progress")),
    "move to": lambda play, by: actions.move_to(play["ticket"], by=by, stage="working"),
    "close": lambda play, by: actions.close(play["ticket"], by=by),
    "reopen": lambda play, by: actions.reopen(play["closed"], by=by),
    "assign": lambda play, by: actions.assign(play["ticket"], by=by, to=by),
    "change": lambda play, by: actions.change(play["ticket"], by=by, title="Mine"),
    "join": lambda play, by: actions.join(play["ticket"], play["other"], kind="duplicate", by=by),
    "part ways": lambda play, by: actions.part_ways(play["link"], by=by),
    "add item": lambda play, by: actions.add_item(play["ticket"], by=by, text="Mine"),
    "tick": lambda play, by: actions.tick(play["item"], by=by, is_done=True),
    "remove item": lambda play, by: actions.remove_item(play["item"], by=by),
}
OF_WHO_SPEAKS = {
    "comment": lambda play, by: actions.comment(play["ticket"], by=by, text="Mine"),
    "add follower": lambda play, by: actions.add(play["ticket"], play["cast"].carl, by=by),
    "edit": lambda play, by: actions.edit(play["said"], by=by, text="Mine"),
    "withdraw": lambda play, by: actions.withdraw(play["said"], by=by),
}
OF_THE_AGENCY = {
    "remove follower": lambda play, by: actions.remove(play["ticket"], play["cast"].anna, by=by),
    "watch out": lambda play, by: actions.keep_watch_out(play["ticket"], by=by, text="Mine"),
    "confirm": lambda play, by: actions.confirm(play["ticket"], by=by),
    "merge": lambda play, by: actions.merge(play["ticket"], play["other"], by=by),
    "add part": lambda play, by: actions.add_part(play["whole"], by=by, title="Mine", type=type_of(play["cast"].north)),
    "release": lambda play, by: actions.release(play["part"], by=by),
    "priority": lambda play, by: actions.change(play["ticket"], by=by, priority=1),
    "project": lambda play, by: actions.change(play["ticket"], by=by, project=None),
}


@pytest.fixture
def play(cast, ticket, say):
    """One of everything that can be done something with, all of it in the project that Vera contributes to."""
    place = {"project": cast.shop}
    whole = open_for(cast.acme, cast.nora, kind="complex", **place)
    other, closed = (open_for(cast.acme, cast.anna, **place) for _two in "12")
    said = say(ticket, cast.nora)
    with tenant(cast.north.pk):
        part = actions.add_part(whole, by=cast.nora, title="Part", type=type_of(cast.north))
        closed = actions.close(closed, by=cast.nora)
        link = actions.join(ticket, other, kind="blocks", by=cast.nora)
        item = actions.add_item(ticket, by=cast.nora, text="Ask")
        found = {"link": Link.objects.select_related("ticket", "other").get(pk=link.pk)}
        found |= {"item": ChecklistItem.objects.select_related("ticket").get(pk=item.pk)}
        found |= {"part": Ticket.objects.select_related("parent").get(pk=part.pk)}
    return found | {"cast": cast, "ticket": ticket, "whole": whole, "other": other, "closed": closed, "said": said}


@pytest.mark.parametrize("what", [*OF_WHO_CHANGES, *OF_WHO_SPEAKS, *OF_THE_AGENCY])
def test_whoever_only_reads_does_nothing(cast, play, what):
    act = (OF_WHO_CHANGES | OF_WHO_SPEAKS | OF_THE_AGENCY)[what]
    with tenant(cast.north.pk), pytest.raises(PermissionDenied):
        act(play, cast.rita)


@pytest.mark.parametrize("what", [*sorted({*OF_WHO_CHANGES} - {"close", "reopen"}), *OF_THE_AGENCY, "edit", "withdraw"])
def test_contact_does_not_do_what_is_for_whoever_works_on_it(cast, play, what):
    act = (OF_WHO_CHANGES | OF_WHO_SPEAKS | OF_THE_AGENCY)[what]
    with tenant(cast.north.pk), pytest.raises(PermissionDenied):
        act(play, cast.anna)


@pytest.mark.parametrize("what", OF_THE_AGENCY)
def test_vendor_does_not_do_what_is_the_agencys(cast, play, what):
    with tenant(cast.north.pk), pytest.raises(PermissionDenied):
        OF_THE_AGENCY[what](play, cast.vera)


@pytest.mark.parametrize("what", [*OF_WHO_CHANGES, *OF_THE_AGENCY])
def test_specialist_does_all_of_it(cast, play, what):
    with tenant(cast.north.pk):
        (OF_WHO_CHANGES | OF_THE_AGENCY)[what](play, cast.nora)


def test_nobody_names_people_whom_he_may_not_know(cast, ticket):
    """Vendors know nobody at the client or in another house, contacts no vendors."""
    vera, anna = browse_as(cast.vera), browse_as(cast.anna)
    follow = url("tickets:add_follower", cast.acme, ticket.number)

    given = vera.post(url("tickets:assign", cast.acme, ticket.number), {"assignee": cast.pavel.pk})
    vera.post(follow, {"follower": cast.carl.pk})
    anna.post(follow, {"follower": cast.pavel.pk})

    with tenant(cast.north.pk):
        known = set(ticket.followers.values_list("member_id", flat=True))
    assert given.status_code == 422 and not known & {cast.carl.pk, cast.pavel.pk}
    anna.post(follow, {"follower": cast.carl.pk})
    with tenant(cast.north.pk):
        assert ticket.followers.filter(member=cast.carl.pk).exists()


def test_view_of_somebody_else_is_forgotten_by_nobody(cast):
    with tenant(cast.north.pk):
        view = actions.keep_view(cast.nora, "Bugs", "kind=bug")
        with pytest.raises(PermissionDenied):
            actions.forget_view(view, by=cast.olaf)

    assert reload(view).name == "Bugs"


def test_teams_are_kept_by_whoever_keeps_clients_and_are_of_the_agencys_people(cast):
    with tenant(cast.north.pk):
        team = actions.keep_team(None, by=cast.olaf, name="Print", people=[cast.nora, cast.anna, cast.vera, cast.saul])
        for by in (cast.nora, cast.rita, cast.anna, cast.vera):
            with pytest.raises(PermissionDenied):
                actions.keep_team(team, by=by, name="Mine", people=[])
            with pytest.raises(PermissionDenied):
                actions.archive_team(team, by=by)
        assert list(TeamMember.objects.values_list("member_id", flat=True)) == [cast.nora.pk]
        assert list(Team.objects.active().values_list("name", flat=True)) == ["Print"]


def test_kinds_are_arranged_by_whoever_changes_the_settings(cast):
    bug = type_of(cast.north)
    with tenant(cast.north.pk):
        for by in (cast.nora, cast.rita, cast.anna, cast.vera):
            with pytest.raises(PermissionDenied):
                actions.arrange(bug, by=by, reopen_days=9, is_open_to_contacts=False, words={})
            with pytest.raises(PermissionDenied):
                actions.place(bug, by=by, is_up=True)
        rows = TicketType.objects.filter(pk=bug.pk)
        assert rows.values_list("position", "reopen_days").get() == (bug.position, bug.reopen_days)


def test_whoever_may_not_change_it_is_refused_before_what_was_typed_is_judged(cast, ticket):
    """Else the page would come back with people, teams and fields that are for whoever works on it."""
    for who, name in ((cast.anna, "assign"), (cast.anna, "edit"), (cast.anna, "add_item"), (cast.rita, "add_item")):
        answer = browse_as(who).post(url(f"tickets:{name}", cast.acme, ticket.number), {"assignee": "x", "text": ""})
        assert answer.status_code == 403, (who, name)


def test_private_answer_by_mail_is_for_whoever_reads_private_words_and_sees_the_ticket(cast, ticket):
    with tenant(cast.north.pk):
        elsewhere = open_for(cast.acme, cast.anna)
        before = [replying.may_privately(one, ticket.pk) for one in (cast.nora, cast.rita, cast.anna, cast.vera)]
        Vendor.objects.filter(pk=cast.supplier.pk).update(reads_private=True)
        trusted = fresh(cast.vera)
        after = [replying.may_privately(trusted, one.pk) for one in (ticket, elsewhere)]

    assert (before, after) == ([True, False, False, False], [True, False])


def test_whoever_only_reads_is_offered_nothing_to_write_with(cast, ticket, say):
    said, rita = say(ticket, cast.nora), browse_as(cast.rita)
    path = lambda name, *args: url(f"tickets:{name}", cast.acme, *args)  # noqa: E731

    assert rita.get(path("create")).status_code == 403
    assert browse_as(cast.olaf).get(path("reword", ticket.number, said.pk)).status_code == 403
    assert rita.post(path("add_follower", ticket.number), {"follower": "x"}).status_code == 403
    assert rita.post(path("comment", ticket.number), {"text": ""}).status_code == 403


def test_what_came_by_no_mail_has_no_original(cast, ticket, say):
    said = say(ticket, cast.nora)
    for name, args in (("original", (ticket.number, said.pk)), ("request_original", (ticket.number,))):
        assert browse_as(cast.nora).get(url(f"tickets:{name}", cast.acme, *args)).status_code == 404


def test_vendor_opens_in_nobody_elses_name(cast, ticket):
    page = browse_as(cast.vera).get(url("tickets:create", cast.acme)).content.decode()

    assert 'name="title"' in page and "Anna" not in page
    assert 'name="logger"' not in page and 'name="followers"' not in page
