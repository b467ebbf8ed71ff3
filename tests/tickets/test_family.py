"""Parts, links, merging, checklists; and what thirty-two people do at the same moment."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.tenancy.actions import share_project
from portal.tenancy.models import Member
from tests.browse import browse_as, reload, url
from tests.counting import queries_of
from tests.tickets.makers import status_of, type_of
from tickets import actions
from tickets.models import ChecklistItem, Comment, Follower, Link, Ticket, WatchOut
from worklog.days import Stretch


def test_complex_ticket_is_as_far_as_its_parts(cast, open_ticket):
    whole = open_ticket(by=cast.nora, kind="complex", title="New shop")
    path = url("tickets:add_part", cast.acme, whole.number)
    for title in ("Basket", "Checkout"):
        browse_as(cast.nora).post(path, {"title": title, "type": type_of(cast.north, "task").pk})
    with tenant(cast.north.pk):
        parts = list(Ticket.objects.filter(parent=whole))
        actions.close(parts[0], by=cast.nora)

    assert reload(whole).percent == 50
    page = browse_as(cast.anna).get(url("tickets:detail", cast.acme, whole.number)).content.decode()
    assert "Basket" in page and "Checkout" in page
    with tenant(cast.north.pk), pytest.raises(actions.NoParts):
        actions.add_part(parts[1], by=cast.nora, title="x", type=type_of(cast.north, "task"))


@pytest.mark.parametrize(("who", "most"), [("nora", 12), ("anna", 12), ("vera", 12)])
def test_page_of_a_whole_asks_as_much_with_three_parts_as_with_one(cast, open_ticket, say, who, most):
    whole = open_ticket(by=cast.nora, kind="complex", title="New shop", project=cast.shop, estimate_minutes=600)
    browser, counts = browse_as(getattr(cast, who)), []
    path = url("tickets:detail", cast.acme, whole.number)
    for number in (1, 3):
        while _parts_of(whole) < number:
            _grow(cast, whole, open_ticket, say)
        counts.append(queries_of(browser, path))

    one, three = counts
    assert len(one) == len(three) <= most, "\n".join(three)


def _parts_of(whole) -> int:
    with tenant(whole.agency_id):
        return Ticket.objects.filter(parent=whole).count()


def _grow(cast, whole, open_ticket, say) -> None:
    """One more part with time, and of everything that hangs on a ticket one more."""
    with tenant(cast.north.pk), transaction.atomic():
        part = actions.add_part(whole, by=cast.nora, title="Basket", type=type_of(cast.north, "task"))
        actions.assign(part, by=cast.nora, to=cast.nora)
        actions.change(part, by=cast.nora, estimate_minutes=60, due_at=timezone.now())
        actions.add_followers(
            whole, [cast.anna, cast.vera, cast.carl, cast.pavel, cast.olaf][: _parts_of(whole) + 2], by=None
        )
        actions.join(whole, open_ticket(project=cast.shop), kind="blocks", by=cast.nora)
        actions.add_item(whole, by=cast.nora, text="Ask the carrier")
        day = timezone.localdate() - timedelta(days=_parts_of(whole))
        work = [Stretch(day=day, minutes=30)]
        for one in (whole, part):
            actions.answer(one, by=cast.nora, text="Done", work=work, kind="Development")
    for by in (cast.anna, cast.nora, cast.vera):
        say(whole, by, "A word", uploads=[SimpleUploadedFile(f"{by.pk}-{part.pk}.txt", b"x")])
    say(whole, cast.nora, "Among us", is_private=True)


def test_wrong_links_and_parts_are_taken_away_again(cast, ticket, open_ticket):
    other, whole = open_ticket(title="Another"), open_ticket(by=cast.nora, kind="complex", title="New shop")
    with tenant(cast.north.pk):
        link = actions.join(ticket, other, kind="blocks", by=cast.nora)
        merged = actions.join(ticket, whole, kind="merged", by=cast.nora)
        part = actions.add_part(whole, by=cast.nora, title="Basket", type=type_of(cast.north, "task"))
    nora = browse_as(cast.nora)
    path = url("tickets:unlink", cast.acme, other.number, link.pk)
    assert path in nora.get(url("tickets:detail", cast.acme, other.number)).content.decode()
    assert browse_as(cast.anna).post(path).status_code == 404

    nora.post(path)
    assert nora.post(url("tickets:unlink", cast.acme, ticket.number, merged.pk)).status_code == 403
    nora.post(url("tickets:release", cast.acme, whole.number, part.pk))

    with tenant(cast.north.pk):
        assert [row.kind for row in Link.objects.all()] == ["merged"]
        assert reload(part).parent_id is None
    page = nora.get(url("tickets:detail", cast.acme, other.number)).content.decode()
    assert f"Nora Example took the link with {ticket.key} away" in page
    assert "took the part" in nora.get(url("tickets:detail", cast.acme, whole.number)).content.decode()


def test_part_that_was_taken_out_meanwhile_is_taken_out_once(cast, open_ticket):
    whole = open_ticket(by=cast.nora, kind="complex", title="New shop")
    with tenant(cast.north.pk):
        part = actions.add_part(whole, by=cast.nora, title="Basket", type=type_of(cast.north, "task"))
        actions.release(part, by=cast.nora)
        part.parent = whole  # as a page of before has it
        with pytest.raises(PermissionDenied):
            actions.release(part, by=cast.nora)
        assert part.changes.filter(what="released").count() == 1


def test_kind_without_parts_is_not_for_what_is_made_of_them(cast, open_ticket):
    whole = open_ticket(by=cast.nora, kind="complex", title="New shop")
    path = url("tickets:edit", cast.acme, whole.number)
    assert len(browse_as(cast.nora).get(path).context["form"].types) > 1
    with tenant(cast.north.pk):
        actions.add_part(whole, by=cast.nora, title="Basket", type=type_of(cast.north, "task"))
        with pytest.raises(actions.NoParts):
            actions.change(whole, by=cast.nora, type=type_of(cast.north, "simple"))

    assert [kind.code for kind in browse_as(cast.nora).get(path).context["form"].types.values()] == ["complex"]


def test_merging_takes_parts_checklist_and_warnings_along(cast, open_ticket):
    whole, again, single = (open_ticket(by=cast.nora, kind=kind) for kind in ("complex", "complex", "bug"))
    with tenant(cast.north.pk):
        part = actions.add_part(whole, by=cast.nora, title="Basket", type=type_of(cast.north, "task"))
        for one, word in ((whole, "first"), (again, "second")):
            actions.add_item(one, by=cast.nora, text=word)
            actions.keep_watch_out(one, by=cast.nora, text=word.title())
        actions.merge(again, whole, by=cast.nora)
        assert list(whole.checklist.values_list("text", flat=True)) == ["first", "second"]
        assert WatchOut.objects.get(ticket=whole).text == "First\n\nSecond"

        actions.merge(whole, single, by=cast.nora)

        part = Ticket.objects.get(pk=part.pk)
        assert part.parent_id is None and not part.is_closed
        assert Link.objects.filter(ticket=part, other=single, kind="follows").exists()
        assert single.checklist.count() == 2


@pytest.mark.parametrize("project", ["shop", "blog"])
def test_merging_is_for_who_may_organise_both(cast, open_ticket, project):
    """Fred works in one of two projects and only looks into the other: he neither gives a ticket away into it, nor takes one in."""
    with tenant(cast.north.pk):
        for one in (cast.shop, cast.blog):
            share_project(one, level="manage" if one == getattr(cast, project) else "view", member=cast.fred)
        fred = Member.objects.complete().get(pk=cast.fred.pk)
        tickets = [open_ticket(by=cast.nora, project=one) for one in (cast.shop, cast.blog)]
        for one, other in (tickets, tickets[::-1]):
            with pytest.raises(PermissionDenied):
                actions.merge(one, other, by=fred)

        assert not Link.objects.exists()


def test_merging_into_another_whole_keeps_the_parts_together(cast, open_ticket):
    whole, again = (open_ticket(by=cast.nora, kind="complex") for _number in range(2))
    with tenant(cast.north.pk):
        part = actions.add_part(whole, by=cast.nora, title="Basket", type=type_of(cast.north, "task"))
        actions.close(part, by=cast.nora)
        actions.merge(whole, again, by=cast.nora)

    assert reload(part).parent_id == again.pk
    assert reload(again).percent == 99


def test_links_are_said_from_both_ends_to_those_who_see_both(cast, ticket, open_ticket):
    other = open_ticket(title="Without the studio")
    browse_as(cast.nora).post(
        url("tickets:link", cast.acme, ticket.number), {"kind": "blocks", "key": other.key.lower()}
    )

    pages = {
        (who.pk, one.pk): browse_as(who).get(url("tickets:detail", cast.acme, one.number)).content.decode()
        for who, one in [(cast.anna, ticket), (cast.anna, other), (cast.vera, ticket)]
    }
    assert "blocks" in pages[cast.anna.pk, ticket.pk] and other.title in pages[cast.anna.pk, ticket.pk]
    assert "is blocked by" in pages[cast.anna.pk, other.pk]
    assert other.title not in pages[cast.vera.pk, ticket.pk]


def test_merging_loses_nothing(cast, ticket, open_ticket, say):
    other = open_ticket(by=cast.carl, title="Same thing", project=cast.shop)
    say(ticket, cast.anna, "First")
    say(other, cast.carl, "Second")
    say(ticket, cast.nora, "Third, inside", is_private=True)

    response = browse_as(cast.nora).post(
        url("tickets:link", cast.acme, ticket.number), {"kind": "merged", "key": other.key}
    )

    assert response.url == url("tickets:detail", cast.acme, other.number)
    assert reload(ticket).is_closed
    with tenant(cast.north.pk):
        said = Comment.objects.filter(ticket=other).order_by("created_at", "pk")
        texts = [(one.text.partition("\n")[0], one.is_private) for one in said]
        followers = set(Follower.objects.filter(ticket=other).values_list("member_id", flat=True))
        assert Link.objects.get().kind == "merged"
    assert texts == [
        ("**ACM-1 Wrong shipping cost**", False),
        ("First", False),
        ("Second", False),
        ("Third, inside", True),
    ]
    assert followers >= {cast.anna.pk, cast.carl.pk, cast.nora.pk}


def test_merging_never_widens_the_circle(cast, ticket, open_ticket):
    inner = open_ticket(title="Not for the studio")
    with tenant(cast.north.pk), pytest.raises(actions.WiderCircle):
        actions.merge(inner, ticket, by=cast.nora)

    response = browse_as(cast.nora).post(
        url("tickets:link", cast.acme, inner.number), {"kind": "merged", "key": ticket.key}, follow=True
    )
    assert "More people would read it there" in response.content.decode()


def test_ticket_of_another_client_is_not_linked(cast, ticket, open_ticket):
    other = open_ticket(client=cast.bolt, by=cast.nora)

    browse_as(cast.nora).post(url("tickets:link", cast.acme, ticket.number), {"kind": "merged", "key": other.key})

    with tenant(cast.north.pk):
        assert not Link.objects.exists()


def test_checklist_is_ticked_off(cast, ticket):
    browse_as(cast.nora).post(url("tickets:add_item", cast.acme, ticket.number), {"text": "Ask the carrier"})
    with tenant(cast.north.pk):
        item = ChecklistItem.objects.get()
    path = url("tickets:tick", cast.acme, ticket.number, item.pk)
    assert browse_as(cast.anna).post(path, {"how": "done"}).status_code == 403

    browse_as(cast.vera).post(path, {"how": "done"})

    assert reload(item).done_by_id == cast.vera.pk
    browse_as(cast.nora).post(path, {"how": "remove"})
    with tenant(cast.north.pk):
        assert not ChecklistItem.objects.exists()


def test_answers_to_what_was_merged_go_where_it_went_on(cast, ticket, open_ticket):
    other = open_ticket(title="Same thing")
    with tenant(cast.north.pk):
        actions.merge(ticket, other, by=cast.nora)

        assert actions.living(ticket) == other.pk
        assert actions.living(other) == other.pk


__all__ = ["status_of"]


def test_ticket_is_linked_with_another_one_and_merged_within_its_client(cast, ticket, open_ticket):
    elsewhere = open_ticket(client=cast.bolt, by=cast.nora, title="Of Bolt")
    with tenant(cast.north.pk):
        for act in (
            lambda: actions.join(ticket, ticket, kind="blocks", by=cast.nora),
            lambda: actions.merge(ticket, ticket, by=cast.nora),
            lambda: actions.merge(ticket, elsewhere, by=cast.nora),
        ):
            with pytest.raises(actions.SameTicket):
                act()
        assert not Link.objects.exists() and not Comment.objects.exists()
