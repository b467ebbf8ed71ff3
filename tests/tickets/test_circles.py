"""Who comes to read what was written before: never more people than somebody has said yes to."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from portal.core.context import tenant
from portal.files.models import File
from portal.people import handover
from portal.tenancy.models import Client, Member, Project, ProjectAccess
from tests.browse import browse_as, reload, url
from tests.tickets.makers import deliver, mails_to, open_for, type_of
from tickets import actions
from tickets.models import Comment, Ticket

SECRET = "Zobel pays late"


def test_file_that_somebody_may_not_have_stops_no_mail(cast, ticket, say):
    with tenant(cast.north.pk):
        actions.add_followers(ticket, [cast.vera], by=cast.nora)
    deliver(cast.north)
    say(ticket, cast.nora, "Look", uploads=[SimpleUploadedFile("look.txt", b"x")])
    with tenant(cast.north.pk):
        File.objects.filter(name="look.txt").update(project=None)

    mails = deliver(cast.north)

    assert "Look" in mails_to(mails, cast.vera)[0].text and "look.txt" not in mails_to(mails, cast.vera)[0].text
    assert "look.txt" in mails_to(mails, cast.anna)[0].text


def test_a_request_where_nobody_manages_the_client_is_heard(cast, open_ticket):
    """By Olaf, who may change clients; what Nora opens there herself is no news to him."""
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(manager=None)
    acme = reload(cast.acme)
    open_ticket(acme, cast.anna, title="Asked")
    open_ticket(acme, cast.nora, title="Opened by ourselves")

    mails = mails_to(deliver(cast.north), cast.olaf)

    assert [mail.subject for mail in mails] == ["New ticket ACM-1: Asked"]


@pytest.fixture
def heard(cast):
    """How often each of these was mailed of what has happened since."""

    def heard(*members):
        mails = deliver(cast.north)
        return [len(mails_to(mails, member)) for member in members]

    return heard


def _hint(member, ticket):
    return browse_as(member).get(url("tickets:detail", ticket.client, ticket.number)).content.decode()


def test_words_on_a_ticket_that_nobody_has_taken_are_heard(cast, ticket, say, heard):
    """Olaf manages Acme. As soon as Nora has taken it he hears no more of it."""
    heard()
    assert "1 person gets it by e-mail. Everybody" in _hint(cast.anna, ticket)
    say(ticket, cast.anna, "Until Tuesday, please")
    assert heard(cast.olaf, cast.nora) == [1, 0]
    say(ticket, cast.nora, "I ask Olaf")
    assert heard(cast.olaf) == [0]

    with tenant(cast.north.pk):
        actions.assign(ticket, by=cast.nora, to=cast.nora)
    heard()
    say(ticket, cast.anna, "Thank you")

    assert heard(cast.olaf, cast.nora) == [0, 1]
    assert "1 person gets it by e-mail. Everybody" in _hint(cast.anna, ticket)


def test_who_answers_for_a_client_can_leave_one_ticket_alone(cast, ticket, say, heard):
    heard()
    with tenant(cast.north.pk):
        actions.mute(ticket, by=cast.olaf)
    say(ticket, cast.anna, "Until Tuesday, please")

    assert heard(cast.olaf) == [0]
    assert "by e-mail. Everybody" not in _hint(cast.anna, ticket)


def test_where_nobody_manages_the_client_whoever_may_change_it_hears_the_words(cast, ticket, say, heard):
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(manager=None)
    heard()
    assert "1 person gets it by e-mail. Everybody" in _hint(cast.anna, ticket)
    say(ticket, cast.anna, "Until Tuesday, please")
    assert heard(cast.olaf, cast.nora, cast.rita) == [1, 0, 0]


def test_moving_a_ticket_to_vendors_needs_a_yes(cast, open_ticket, say):
    inner = open_ticket(project=cast.blog)
    say(inner, cast.nora, SECRET, is_private=True)
    _let(cast.supplier, reads_private=True)
    path = url("tickets:edit", cast.acme, inner.number)
    data = _facts_of(cast, inner) | {"project": cast.shop.pk}

    asked = browse_as(cast.nora).post(path, data)

    assert asked.status_code == 422 and reload(inner).project_id == cast.blog.pk
    page = asked.content.decode()
    assert "Vera Example (Vega Studio)" in page and "These 2 people will then read it" in page
    browse_as(cast.nora).post(path, data | {"is_sure": "on"})
    assert reload(inner).project_id == cast.shop.pk
    assert SECRET in browse_as(cast.vera).get(url("tickets:detail", cast.acme, inner.number)).content.decode()


def test_parts_go_where_the_whole_goes_and_vendors_lose_both(cast):
    whole = open_for(cast.acme, cast.nora, kind="complex", project=cast.shop)
    with tenant(cast.north.pk):
        part = actions.add_part(whole, by=cast.nora, title="Basket", type=type_of(cast.north, "task"))
        actions.assign(part, by=cast.nora, to=cast.vera)
        actions.change(whole, by=cast.nora, project=cast.blog)

    assert reload(part).project_id == cast.blog.pk and reload(part).assignee_id is None
    assert browse_as(cast.vera).get(url("tickets:detail", cast.acme, part.number)).status_code == 404


def test_vendor_who_speaks_to_the_agency_only_attaches_files(cast, ticket):
    _let(cast.supplier, answers_client=False)

    data = {"text": SECRET, "uploads": SimpleUploadedFile("zobel.txt", b"zobel")}
    assert browse_as(cast.vera).post(url("tickets:comment", cast.acme, ticket.number), data).status_code == 302

    pages = [
        browse_as(who).get(url("tickets:detail", cast.acme, ticket.number)).content.decode()
        for who in (cast.nora, cast.vera, cast.anna)
    ]
    assert ["zobel.txt" in page for page in pages] == [True, True, False]


def test_vendor_neither_sees_nor_sets_what_is_the_agencys(cast, ticket):
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, priority=1, estimate_minutes=90)
    vera = browse_as(cast.vera)
    page = vera.get(url("tickets:detail", cast.acme, ticket.number)).content.decode()
    assert "Urgent" not in page and "Estimate" not in page
    assert "Urgent" not in vera.get(url("tickets:index", cast.acme)).content.decode()
    edit = url("tickets:edit", cast.acme, ticket.number)
    assert "Priority" not in vera.get(edit).content.decode()

    data = {"type": ticket.type_id, "title": "Better", "percent": "5", "priority": "4", "estimate_minutes": "1h"}
    assert vera.post(edit, data).status_code == 302
    answer = vera.post(url("tickets:change", cast.acme), {"do": "2", "chosen": [ticket.pk]}, follow=True)

    assert "1 could not be changed" in answer.content.decode()
    changed = reload(ticket)
    assert (changed.title, changed.priority, changed.estimate_minutes) == ("Better", 1, 90)


def test_words_are_of_whoever_wrote_them(cast, open_ticket):
    target = open_ticket(title="Target")
    mine = open_for(cast.acme, cast.carl, logger=cast.anna, title="Cheaper", description="Give us half")
    with tenant(cast.north.pk):
        actions.add_followers(mine, [cast.olaf], by=cast.nora)
    told = mails_to(deliver(cast.north), cast.olaf)[-1].text
    assert "Carl Example, for Anna Example" in told
    with tenant(cast.north.pk):
        actions.merge(mine, target, by=cast.nora)
        said = Comment.objects.get(ticket=target)

    assert said.author_id == cast.carl.pk
    assert (
        "for Anna Example" in browse_as(cast.olaf).get(url("tickets:detail", cast.acme, target.number)).content.decode()
    )


def test_private_words_move_nothing_that_the_client_sees(cast, ticket, say):
    before = reload(ticket)
    say(ticket, cast.nora, SECRET, is_private=True)
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, priority=2)
    after = reload(ticket)
    assert after.told_at == before.told_at and after.touched_at > before.touched_at

    say(ticket, cast.nora, "Found it")

    assert reload(ticket).told_at > before.told_at


def test_lines_name_no_ticket_that_the_reader_does_not_see(cast, ticket, open_ticket):
    other = open_ticket(title="Not for the studio")
    with tenant(cast.north.pk):
        actions.join(ticket, other, kind="blocks", by=cast.nora)

    page = lambda who: browse_as(who).get(url("tickets:detail", cast.acme, ticket.number)).content.decode()  # noqa: E731
    assert f"linked it with {other.key}" in page(cast.anna) and other.key not in page(cast.vera)


def test_level_of_a_share_holds_for_the_agencys_people_too(cast, ticket):
    with tenant(cast.north.pk):
        ProjectAccess.objects.create(
            agency=cast.north, project=cast.shop, client=cast.acme, member=cast.fred, level="view"
        )
        fred = Member.objects.select_related("user", "role", "vendor", "agency").get(pk=cast.fred.pk)
        assert not ticket.can_be_commented_by(fred) and not ticket.can_be_changed_by(fred)
        with pytest.raises(PermissionDenied):
            open_for(cast.acme, fred, project=cast.shop)
        assert ticket.can_be_changed_by(cast.nora)


def test_ticket_stays_with_its_client_and_with_those_who_see_it(cast, ticket):
    with tenant(cast.north.pk):
        elsewhere = Project.objects.create(agency=cast.north, client=cast.bolt, name="Bolts", slug="bolts")
    for words in ({"project": elsewhere}, {"logger": cast.bob}, {"assignee": cast.vera}):
        with pytest.raises(PermissionDenied):
            open_for(cast.acme, cast.nora, **words)
    with tenant(cast.north.pk), pytest.raises(PermissionDenied):
        actions.change(ticket, by=cast.nora, project=elsewhere)


def test_open_tickets_of_who_leaves_go_to_somebody(cast, ticket):
    with tenant(cast.north.pk):
        actions.assign(ticket, by=cast.olaf, to=cast.nora)
        assert ("Open tickets", 1) in [(str(label), count) for label, count in handover.open_things_of(cast.nora)]

        handover.hand_over(cast.nora, cast.olaf)

    assert reload(ticket).assignee_id == cast.olaf.pk
    page = browse_as(cast.anna).get(url("tickets:detail", cast.acme, ticket.number)).content.decode()
    assert "gave it to Olaf Example" in page


def test_reason_of_a_hand_over_is_read_inside(cast, ticket):
    with tenant(cast.north.pk):
        actions.assign(ticket, by=cast.olaf, to=cast.nora, reason="Sold to her")

    pages = [
        browse_as(who).get(url("tickets:detail", cast.acme, ticket.number)).content.decode()
        for who in (cast.nora, cast.anna, cast.vera)
    ]
    assert ["Sold to her" in page for page in pages] == [True, False, False]


def _facts_of(cast, ticket) -> dict:
    with tenant(cast.north.pk):
        row = Ticket.objects.get(pk=ticket.pk)
    return {
        "type": row.type_id,
        "title": row.title,
        "project": row.project_id or "",
        "priority": row.priority,
        "percent": 0,
    }


def _let(vendor, **rights) -> None:
    with tenant(vendor.agency_id), transaction.atomic():
        type(vendor).objects.filter(pk=vendor.pk).update(**rights)
