"""Internal fields never reach anybody outside the agency: not on pages, not in the history, not by the search, not in the database."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.models import Event
from portal.notifications import actions as notifications
from portal.notifications import bursts
from portal.notifications.models import Delivery, Notification
from portal.profile.actions import proposals
from portal.profile.models import Change, Field, Proposal, Reminder, Section
from portal.tenancy.actions import set_access
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from tests.profile.conftest import SECRET, SHARED, field_of, page, typed
from tests.walls_off import first_wall_off

OUTSIDERS = ("anna", "vera", "pavel")


def said(member, client, *names) -> str:
    """All pages of the profile, and what the search finds."""
    pages = [page(member, client, name).content.decode() for name in names or ("index", "history")]
    found = browse_as(member).get(url("search:index", client.agency), {"q": SECRET})
    assert found.status_code == 200
    return "".join([*pages, "".join(str(hits) for hits in found.context["groups"])])


def titles_later(member) -> str:
    """What the timeline says to the member when the delay is over. The events are older then: the database has a clock of its own."""
    with tenant(member.agency_id):
        Event.objects.update(visible_from=timezone.now() - timedelta(days=1))
    with acting_as(member), transaction.atomic():
        return " ".join(event.title for event in Event.objects.visible_to(member))


@pytest.mark.parametrize("name", OUTSIDERS)
def test_outsiders_read_what_is_shared_and_nothing_else(cast, section, name):
    member = getattr(cast, name)
    words = said(member, cast.acme)

    assert SHARED in words
    assert SECRET not in words
    assert "Remark" not in words


@pytest.mark.parametrize("name", OUTSIDERS)
def test_without_the_first_wall_nothing_leaks(cast, section, name):
    """The twin without the second one is in tests/test_canary.py: it needs rows that are committed."""
    with first_wall_off():
        words = said(getattr(cast, name), cast.acme)

    assert SHARED in words
    assert SECRET not in words


def test_staff_read_both(cast, section):
    for member in (cast.nora, cast.rita):
        words = said(member, cast.acme)
        assert SHARED in words
        assert SECRET in words


def test_a_section_without_anything_shared_is_not_even_named(cast, write):
    write("Why they nearly left", ("Reason", SECRET, True))

    for name in OUTSIDERS:
        assert "nearly left" not in said(getattr(cast, name), cast.acme)
    with first_wall_off():
        assert "nearly left" not in said(cast.anna, cast.acme)


@pytest.mark.parametrize("name", ["carl", "bob", "saul", "fred"])
def test_whoever_has_no_part_in_it_finds_nothing(cast, section, name):
    assert page(getattr(cast, name), cast.acme).status_code == 404
    with acting_as(getattr(cast, name)), transaction.atomic():
        found = Field.objects.filter(client=cast.acme)
        assert [row.label for row in found.visible_to(getattr(cast, name))] == []


def test_the_area_opens_and_closes_it(cast, section):
    with tenant(cast.north.pk):
        set_access(cast.carl, cast.acme, ["work"])
    assert SHARED in page(cast.carl, cast.acme).content.decode()


@pytest.mark.parametrize("name", OUTSIDERS)
def test_the_database_itself_shows_outsiders_shared_rows_alone(cast, section, name):
    with acting_as(getattr(cast, name)), transaction.atomic():
        assert list(Field.objects.values_list("label", flat=True)) == ["Main goal"]
        assert list(Change.objects.values_list("label", flat=True)) == ["Main goal"]
        assert list(Section.objects.values_list("title", flat=True)) == ["Agreements"]


def test_vendors_lose_sight_with_the_last_project(cast, section):
    with tenant(cast.north.pk):
        cast.shop.accesses.all().delete()
    cast.vera.__dict__.pop("project_accesses", None)
    cast.vera.__dict__.pop("client_ids", None)

    with acting_as(cast.vera), transaction.atomic():
        assert not Field.objects.exists()
    assert page(cast.vera, cast.acme).status_code == 404


@pytest.mark.parametrize("name", OUTSIDERS)
def test_outsiders_write_nothing_by_themselves(cast, section, goal, name):
    with acting_as(getattr(cast, name)), transaction.atomic():
        assert Field.objects.update(text="hacked") == 0
        assert Section.objects.update(title="hacked") == 0
        assert Change.objects.update(new="hacked") == 0
    place = {"agency": cast.north, "client": cast.acme}
    for row in (
        Field(section=section, label="x", is_internal=False, **place),
        Change(label="x", verb="added", is_internal=False, **place),
        Proposal(field=goal, **place),
        Reminder(quarter="2026-10-01", **place),
    ):
        with acting_as(getattr(cast, name)), pytest.raises(DatabaseError), transaction.atomic():
            row.save()


def test_a_field_made_internal_takes_its_past_along(cast, section, goal):
    form = page(cast.nora, cast.acme, "edit", section.pk).context["form"]
    data = typed(form, **{f"is_shared_{goal.pk}": None})
    assert browse_as(cast.nora).post(url("profile:edit", cast.acme, section.pk), data).status_code == 302

    assert SHARED not in said(cast.anna, cast.acme)
    with acting_as(cast.anna), transaction.atomic():
        assert not Change.objects.exists()
    assert SHARED in said(cast.nora, cast.acme)


def test_a_field_made_internal_takes_along_what_was_told_of_it(cast, section, goal):
    """Shared by mistake: neither the bell, nor a mail that waits, nor the timeline ten days later names it to the client."""
    with tenant(cast.north.pk):
        wish = proposals.propose(goal, by=cast.anna, text="Twenty thousand orders")
        proposals.take_in(wish, by=cast.nora, text="Twenty thousand orders", version=goal.version)
        for event in Event.objects.all():
            notifications.tell(event)
        assert Notification.objects.visible_to(cast.anna).count() == 2, "it was told at first"
        assert Delivery.objects.waiting().filter(member=cast.anna).exists()

    form = page(cast.nora, cast.acme, "edit", section.pk).context["form"]
    data = typed(form, **{f"is_shared_{goal.pk}": None})
    assert browse_as(cast.nora).post(url("profile:edit", cast.acme, section.pk), data).status_code == 302

    with tenant(cast.north.pk):
        for waiting in Delivery.objects.waiting().filter(member=cast.anna):
            Delivery.objects.filter(pk=waiting.pk).update(due_at=timezone.now())
            bursts.send(waiting.pk)
        assert set(Delivery.objects.filter(member=cast.anna).values_list("outcome", flat=True)) == {"closed"}
        assert Notification.objects.visible_to(cast.olaf).exists(), "the agency's people keep what they were told"
    assert "Main goal" not in browse_as(cast.anna).get(url("notifications:index", cast.north)).content.decode()
    for member in (cast.anna, cast.vera):
        assert "Main goal" not in titles_later(member)
    with tenant(cast.north.pk):
        assert [event.title for event in Event.objects.visible_to(cast.nora) if "Main goal" in event.title]


def test_a_name_that_did_not_fit_into_what_was_told_leaves_no_part_behind(cast, write):
    """Of ten fields that were shared at once the title has room for five names, and for half of the sixth."""
    names = [f"{number} Discount from so many pieces on" for number in range(10, 20)]
    section = write("Prices", *[(name, "Ten percent", False) for name in names])
    sixth = field_of(section, names[5])
    form = page(cast.nora, cast.acme, "edit", section.pk).context["form"]
    data = typed(form, **{f"is_shared_{sixth.pk}": None})
    assert browse_as(cast.nora).post(url("profile:edit", cast.acme, section.pk), data).status_code == 302

    titles = titles_later(cast.anna)
    assert names[0] in titles and "15 Discount" not in titles


def test_what_stood_there_while_it_was_internal_stays_internal(cast, section, remark):
    path = url("profile:edit", cast.acme, section.pk)
    form = page(cast.nora, cast.acme, "edit", section.pk).context["form"]
    clean = {f"text_{remark.pk}": "Invoices by post", f"is_shared_{remark.pk}": "on"}
    assert browse_as(cast.nora).post(path, typed(form, **clean)).status_code == 302

    words = said(cast.anna, cast.acme)
    assert "Invoices by post" in words
    assert SECRET not in words
