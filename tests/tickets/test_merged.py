"""What was merged: who reads it, where answers go, and what is told of it."""

import pytest

from portal.core.context import tenant
from portal.events.models import Event
from portal.notifications.models import Notification
from portal.tenancy import veiling
from portal.tenancy.actions import share_project
from portal.tenancy.models import Member, Vendor
from tests.browse import browse_as, reload, url
from tests.limited import fresh, lena_in
from tests.tickets.makers import deliver, mails_to, open_for, type_of
from tickets import actions
from tickets.audience import mailed_outside
from tickets.models import Comment, Link, Ticket


@pytest.mark.parametrize("level", ["comment", "contribute"])
def test_answer_of_somebody_who_does_not_see_where_it_went_on_goes_nowhere_unseen(cast, ticket, open_ticket, level):
    inner = open_ticket(title="Of the whole company")
    with tenant(cast.north.pk):
        actions.merge(ticket, inner, by=cast.nora)
    lena = lena_in(cast, cast.shop, level=level)

    assert browse_as(lena).post(url("tickets:reopen", cast.acme, ticket.number)).status_code == 403

    answer = browse_as(lena).post(
        url("tickets:comment", cast.acme, ticket.number), {"text": "Still broken"}, follow=True
    )

    with tenant(cast.north.pk):
        assert not Comment.objects.filter(ticket=inner, author=lena).exists()
        said = Comment.objects.filter(author=lena, text="Still broken")
        new = Link.objects.filter(other=ticket, kind="follows").first()
        assert said.get().ticket_id == (new.ticket_id if level == "contribute" else ticket.pk)
    assert answer.status_code == 200 and inner.key not in answer.content.decode()


def test_answer_of_somebody_who_only_looks_where_it_went_on_goes_on_in_the_own_project(cast, ticket, open_ticket):
    moved, lena = open_ticket(title="Moved on", project=cast.shop), lena_in(cast, cast.shop)
    with tenant(cast.north.pk):
        actions.merge(ticket, moved, by=cast.nora)
        actions.change(moved, by=cast.nora, project=cast.blog, is_sure=True)
        share_project(cast.blog, level="view", member=lena)
    lena = fresh(lena)

    browse_as(lena).post(url("tickets:comment", cast.acme, ticket.number), {"text": "Still broken"})

    with tenant(cast.north.pk):
        said = Comment.objects.select_related("ticket").get(author=lena, text="Still broken")
        assert said.ticket_id != moved.pk and said.ticket.project_id == cast.shop.pk


def test_whole_is_not_merged_into_its_own_part(cast, open_ticket):
    whole = open_ticket(by=cast.nora, kind="complex", title="Whole")
    with tenant(cast.north.pk):
        part = actions.add_part(whole, by=cast.nora, title="Part", type=type_of(cast.north))
        other = actions.add_part(whole, by=cast.nora, title="Other", type=type_of(cast.north))

    answer = browse_as(cast.nora).post(
        url("tickets:link", cast.acme, whole.number), {"kind": "merged", "key": part.key}
    )

    assert answer.status_code == 302
    assert reload(whole).is_closed and reload(part).parent_id is None and reload(other).parent_id is None


def test_veil_hides_for_whom_a_merged_ticket_was(cast, ticket):
    mine = open_for(cast.acme, cast.carl, logger=cast.anna, title="Cheaper", project=cast.shop)
    with tenant(cast.north.pk):
        Vendor.objects.filter(pk=cast.supplier.pk).update(knows_client=False)
        share_project(cast.shop, level="manage", vendor=cast.supplier)
        actions.merge(mine, ticket, by=cast.nora)
        vera = Member.objects.select_related("user", "role", "vendor", "agency").get(pk=cast.vera.pk)
    path = f"/north/{veiling.alias_of(cast.acme.slug)}/tickets/{ticket.number}/"

    page = browse_as(vera).get(path).content.decode()

    assert "Cheaper" in page and "Anna" not in page
    assert (
        "for Anna Example" in browse_as(cast.carl).get(url("tickets:detail", cast.acme, ticket.number)).content.decode()
    )


def test_words_that_are_taken_back_after_merges_are_told_to_nobody_else(cast, ticket, open_ticket, say):
    """Anna had them already, which Nora learns; Carl had not."""
    second, last = (open_ticket(title=title, project=cast.shop) for title in ("Same thing", "Same again"))
    deliver(cast.north)
    said = say(ticket, cast.nora, "Zobelpreis")
    assert "Zobelpreis" in mails_to(deliver(cast.north), cast.anna)[0].text
    later = say(ticket, cast.nora, "Zobelmantel")
    with tenant(cast.north.pk):
        actions.merge(ticket, second, by=cast.nora)
        actions.merge(second, last, by=cast.nora)
        actions.withdraw(later, by=cast.nora)
        assert mailed_outside(reload(later)) == []
        assert not Event.objects.filter(kind="ticket.commented", payload__comment=later.pk).exists()

    answer = browse_as(cast.nora).post(url("tickets:withdraw", cast.acme, last.number, said.pk), follow=True)

    assert "Mailed already to: Anna Example" in answer.content.decode()
    assert "Zobelmantel" not in "".join(mail.text for mail in mails_to(deliver(cast.north), cast.anna))
    with tenant(cast.north.pk):
        told = Notification.objects.filter(payload__comment__in=[said.pk, later.pk])
        assert set(told.values_list("kind", flat=True)) == {"ticket.noted"}


def test_what_goes_into_a_merged_ticket_goes_where_that_went_on(cast, ticket, open_ticket):
    living, late = open_ticket(title="Living"), open_ticket(title="Late")
    with tenant(cast.north.pk):
        actions.merge(ticket, living, by=cast.nora)

        into = actions.merge(late, ticket, by=cast.nora)

        assert into.pk == living.pk == actions.living(late)
        assert Comment.objects.filter(ticket=living).count() == 2
        with pytest.raises(actions.SameTicket):
            actions.merge(living, ticket, by=cast.nora)
        assert Link.objects.filter(ticket=living).count() == 0 and Ticket.objects.get(pk=living.pk).closed_at is None
