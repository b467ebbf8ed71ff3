"""Agenda, people, action items and versions of a protocol."""

import re
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from portal.core.context import tenant
from portal.core.formats import format_datetime
from portal.core.zones import zone
from portal.events.models import Event
from portal.mail.models import OutgoingMail
from portal.notifications import actions as notifications
from portal.notifications import bursts
from portal.notifications.models import Delivery
from portal.tenancy.models import Agency, Member
from portal.tenancy.models import Client as Company
from portal.tenancy.scope import acting_as
from protocols import actions
from protocols.models import ActionItem, InternalNote, ProtocolRead, Version
from protocols.tasks import remind
from tests.browse import browse_as, reload, url
from tests.counting import queries_of
from tests.protocols.test_pdf import words_of


def _agenda(*points):
    rows = {"points-TOTAL_FORMS": len(points), "points-INITIAL_FORMS": 0}
    for number, (title, notes) in enumerate(points):
        rows |= {f"points-{number}-title": title, f"points-{number}-notes": notes}
    return rows


@pytest.fixture
def sent(words):
    """A protocol with an agenda, as a browser sends it."""
    points = _agenda(("Budget", "! Budget stays\n@anna fri approve the copy"), ("Norway", "48 of 60\n? Who tells them"))
    return {**words, "key_points": "In short: fine", **points}


@pytest.fixture
def published(cast, sent):
    browse_as(cast.nora).post(url("protocols:create", cast.acme), sent)
    with tenant(cast.north.pk):
        return cast.acme_protocol()


@pytest.fixture(autouse=True)
def _lookup(cast):
    from protocols.models import Protocol

    cast.acme_protocol = lambda: Protocol.objects.select_related("client__agency", "author").get(client=cast.acme)


def _page(who, cast, protocol):
    return browse_as(who).get(url("protocols:detail", cast.acme, protocol.number)).content.decode()


def test_agenda_decisions_questions_and_tasks_are_shown(cast, published):
    page = _page(cast.anna, cast, published)

    for words in ("Budget stays", "Who tells them", "approve the copy", "48 of 60", "In short: fine"):
        assert words in page
    assert "@anna" not in page
    with tenant(cast.north.pk):
        item = ActionItem.objects.get()
        assert (item.assignee_id, item.text, item.due_on.weekday()) == (cast.anna.pk, "approve the copy", 4)


def test_a_form_that_asks_for_one_more_item_keeps_what_was_typed(cast, sent):
    page = browse_as(cast.nora).post(url("protocols:create", cast.acme), {**sent, "add": ""})

    assert page.status_code == 200
    assert len(page.context["points"].forms) == 3
    assert "approve the copy" in page.content.decode()
    with tenant(cast.north.pk):
        assert not ActionItem.objects.exists()


def test_drafts_have_no_action_items(cast, sent):
    browse_as(cast.nora).post(url("protocols:create", cast.acme), {**sent, "draft": ""})
    with tenant(cast.north.pk):
        assert not ActionItem.objects.exists()


def test_a_draft_shows_the_action_items_that_it_will_have(cast, write):
    """They have no place in the text that is shown: whoever wrote them would think them lost."""
    draft = write(key_points="Short\n@anna fri approve the copy", publish=False)

    page = _page(cast.nora, cast, draft)
    pdf = words_of(browse_as(cast.nora).get(url("protocols:pdf", cast.acme, draft.number)))

    assert all(words in page for words in ("approve the copy", "Anna Example", "begin with the publication"))
    assert "approve the copy" in pdf and "Anna Example" in pdf
    with tenant(cast.north.pk):
        actions.publish(draft, by=cast.nora)
    assert "begin with the publication" not in _page(cast.anna, cast, draft)


def test_done_from_the_page_and_undone(cast, published):
    with tenant(cast.north.pk):
        item = ActionItem.objects.get()
    path = url("protocols:do", cast.acme, published.number, item.pk)

    row = browse_as(cast.anna).post(path, {"done": "1"}, headers={"HX-Request": "true"})
    assert 'aria-pressed="true"' in row.content.decode() and "1 of 1 done" in row.content.decode()
    with tenant(cast.north.pk):
        assert ActionItem.objects.get().done_by_id == cast.anna.pk
        assert Event.objects.filter(kind="action.done").count() == 1

    browse_as(cast.nora).post(path, {"done": "0"})
    with tenant(cast.north.pk):
        assert not ActionItem.objects.get().is_done
    assert browse_as(cast.bob).post(path, {"done": "1"}).status_code == 404
    assert browse_as(cast.rita).post(path, {"done": "1"}).status_code == 403


def test_the_page_says_how_many_action_items_are_done(cast, write):
    protocol = write(key_points="@anna fri call\n@nora mon write")
    with tenant(cast.north.pk):
        assert "0 of 2 done" in _page(cast.anna, cast, protocol)
        actions.do(ActionItem.objects.get(text="call"), by=cast.anna)
    assert "1 of 2 done" in _page(cast.anna, cast, protocol)


def test_action_items_follow_the_text_and_stay_done(cast, published):
    with tenant(cast.north.pk):
        item = ActionItem.objects.get()
        actions.do(item, by=cast.anna)
        agenda = published.items.first()
        notes = "! Budget stays\n@anna fri approve the new copy\n@nora tell everybody"
        actions.save_item(agenda, by=cast.nora, seen=agenda.revision, notes=notes)
        rows = {row.text: row for row in ActionItem.objects.valid()}

        assert set(rows) == {"approve the new copy", "tell everybody"}
        assert rows["approve the new copy"].pk == item.pk and rows["approve the new copy"].is_done

        agenda.refresh_from_db()
        actions.save_item(agenda, by=cast.nora, seen=agenda.revision, notes="Nothing")
        assert not ActionItem.objects.valid().exists()
        assert ActionItem.objects.filter(dropped_at__isnull=False).count() == 2


def test_the_assignee_is_told_and_reminded_once(cast, published):
    with tenant(cast.north.pk):
        assert [e.payload["assignee"] for e in Event.objects.filter(kind="action.assigned")] == [cast.anna.pk]
        ActionItem.objects.update(due_on=ActionItem.objects.get().created_at.date())
    remind(cast.north.pk)
    remind(cast.north.pk)
    with tenant(cast.north.pk):
        assert Event.objects.filter(kind="action.due").count() == 1


@pytest.mark.parametrize("closed", ["archived_at", "read_only_at"])
def test_nobody_is_reminded_of_what_cannot_be_marked_as_done(cast, published, closed):
    with tenant(cast.north.pk):
        ActionItem.objects.update(due_on=ActionItem.objects.get().created_at.date())
        Company.objects.filter(pk=cast.acme.pk).update(**{closed: timezone.now()})
    remind(cast.north.pk)
    with tenant(cast.north.pk):
        assert not Event.objects.filter(kind="action.due").exists()


def test_what_is_overdue_for_some_business_days_is_reminded_of_once_more(cast, published, time_machine):
    """Due on a Friday: reminded the day before, and once more on the Wednesday, when the agency opens."""

    def reminded(day, hour):
        time_machine.move_to(datetime(2026, 12, day, hour, 5, tzinfo=ZoneInfo("Europe/Berlin")))
        remind(cast.north.pk)
        with tenant(cast.north.pk):
            return Event.objects.filter(kind="action.due").count()

    with tenant(cast.north.pk):
        ActionItem.objects.update(due_on=date(2026, 12, 4))

    counted = [reminded(*at) for at in ((2, 12), (3, 12), (4, 12), (8, 12), (9, 8), (9, 9), (9, 12), (16, 12))]

    assert counted == [0, 1, 1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("place", "day", "hour", "is_told"),
    [
        ("America/Los_Angeles", 3, 1, False),
        ("Etc/UTC", 3, 1, True),
        ("Pacific/Auckland", 2, 13, True),
        ("Etc/UTC", 2, 13, False),
    ],
)
def test_what_is_due_tomorrow_is_reminded_of_by_the_agencys_own_day(
    cast, published, time_machine, place, day, hour, is_told
):
    """Due on the 4th. At one o'clock on the 3rd, UTC, it is the 2nd in Los Angeles; at 13:00 on the 2nd it is the 3rd in Auckland."""
    with tenant(cast.north.pk):
        Agency.objects.filter(pk=cast.north.pk).update(time_zone=place)
        ActionItem.objects.update(due_on=date(2026, 12, 4))
    time_machine.move_to(datetime(2026, 12, day, hour, tzinfo=UTC))

    remind(cast.north.pk)

    with tenant(cast.north.pk):
        assert ActionItem.objects.filter(reminders=1).exists() is is_told


def test_whoever_is_reminded_late_hears_of_it_again_some_days_after_that(cast, published, time_machine):
    with tenant(cast.north.pk):
        ActionItem.objects.update(due_on=date(2026, 12, 4), reminders=1, reminded_at=datetime(2026, 12, 10, tzinfo=UTC))
    time_machine.move_to(datetime(2026, 12, 14, 12, tzinfo=UTC))
    remind(cast.north.pk)
    with tenant(cast.north.pk):
        assert ActionItem.objects.get().reminders == 1

    time_machine.move_to(datetime(2026, 12, 15, 12, tzinfo=UTC))
    remind(cast.north.pk)
    with tenant(cast.north.pk):
        assert ActionItem.objects.get().reminders == 2


def test_done_from_the_mail_without_signing_in(cast, published):
    with tenant(cast.north.pk):
        notifications.tell(Event.objects.get(kind="action.assigned"))
        Delivery.objects.update(due_at=timezone.now())
        for waiting in Delivery.objects.waiting():
            bursts.send(waiting.pk)
        mail = OutgoingMail.objects.get(subject__contains="approve the copy")
    path = re.search(r"/north/protocols/done/[^\s\"]+", mail.text)[0]
    stranger = Client()

    assert "Is this done?" in stranger.get(path).content.decode()
    with tenant(cast.north.pk):
        assert not ActionItem.objects.get().is_done, "looking at the page marks nothing"
    stranger.post(path)
    stranger.post(path)
    with tenant(cast.north.pk):
        assert ActionItem.objects.get().done_by_id == cast.anna.pk
        assert Event.objects.filter(kind="action.done").count() == 1

    assert stranger.post(f"{path[:-4]}xyz/").status_code == 404
    with tenant(cast.north.pk):
        Member.objects.filter(pk=cast.anna.pk).update(ended_at=timezone.now())
    assert stranger.get(path).status_code == 404


def test_every_change_of_what_is_published_is_a_version_with_a_difference(cast, published):
    with tenant(cast.north.pk):
        agenda = published.items.last()
        actions.save_item(agenda, by=cast.nora, seen=agenda.revision, notes="48 of 210\n? Who tells them")
        assert list(Version.objects.order_by("number").values_list("number", flat=True)) == [1, 2]

    page = browse_as(cast.anna).get(url("protocols:version", cast.acme, published.number, 2)).content.decode()
    assert "<del>60</del>" in page and "<ins>210</ins>" in page
    assert "unchanged" in page
    assert browse_as(cast.bob).get(url("protocols:version", cast.acme, published.number, 2)).status_code == 404


def test_the_first_version_is_shown_as_it_was_published(cast, published):
    page = browse_as(cast.anna).get(url("protocols:version", cast.acme, published.number, 1)).content.decode()

    assert "as it was published" in page
    assert "unchanged" not in page
    assert format_datetime(published.held_at, tz=zone(cast.north.time_zone)) in page


def test_saving_without_a_change_makes_no_version(cast, published):
    with tenant(cast.north.pk):
        agenda = published.items.last()
        actions.save_item(agenda, by=cast.nora, seen=agenda.revision, notes=agenda.notes)
        assert Version.objects.count() == 1


def test_a_change_begins_the_time_for_corrections_anew(cast, published, time_machine):
    before = published.correct_until
    time_machine.move_to(timezone.now() + timedelta(days=3))
    with tenant(cast.north.pk):
        agenda = published.items.last()
        actions.save_item(agenda, by=cast.nora, seen=agenda.revision, notes="Other")
    with tenant(cast.north.pk):
        assert cast.acme_protocol().correct_until > before


def test_internal_notes_are_the_agencys_alone(cast, sent):
    browse_as(cast.nora).post(url("protocols:create", cast.acme), {**sent, "internal_note": "Thomas hesitated"})
    with tenant(cast.north.pk):
        protocol = cast.acme_protocol()
    page = _page(cast.nora, cast, protocol)
    assert "Thomas hesitated" in page
    assert re.search(r"card-note no-print.*Thomas hesitated", page, re.DOTALL), "what is printed is handed out"
    assert "Thomas hesitated" not in _page(cast.anna, cast, protocol)
    with acting_as(cast.anna):
        assert not InternalNote.objects.exists()
    with acting_as(cast.nora):
        assert InternalNote.objects.exists()


def test_a_flood_of_action_items_is_cut_off_and_costs_little(cast, write):
    """What is beyond stays text; and rewriting all of them is compared in a moment."""
    lines = [f"@anna {number} {'a sentence that looks like all the others ' * 8}" for number in range(150)]
    protocol = write(key_points="\n".join(lines))
    start = time.process_time()
    with tenant(cast.north.pk):
        changed = {"key_points": "\n".join(line[::-1].join(["@anna ", ""]) for line in lines)}
        actions.edit(protocol, by=cast.nora, seen_at=reload(protocol).edited_at, **changed)
        items = ActionItem.objects.filter(protocol=protocol)
        assert (items.valid().count(), items.count()) == (100, 200)
    assert time.process_time() - start < 5


def test_contacts_cannot_write_internal_notes(cast, words):
    browse_as(cast.anna).post(url("protocols:create", cast.acme), {**words, "internal_note": "Mine"})
    with tenant(cast.north.pk):
        assert not InternalNote.objects.exists()
        protocol = cast.acme_protocol()
        with pytest.raises(PermissionDenied):
            actions.keep_internal_note(protocol, by=cast.anna, text="Mine")


def test_who_was_there_and_who_has_read_it(cast, sent):
    people = {"present": [cast.nora.pk, cast.anna.pk], "absent": [cast.olaf.pk], "others": "Piotr Wójcik"}
    browse_as(cast.nora).post(url("protocols:create", cast.acme), {**sent, **people})
    with tenant(cast.north.pk):
        protocol = cast.acme_protocol()
    _page(cast.anna, cast, protocol)

    page = _page(cast.nora, cast, protocol)
    assert "Olaf Example was invited and not there" in page and "Piotr Wójcik" in page
    assert "Read by 1 person" in page
    with tenant(cast.north.pk):
        opened = ProtocolRead.objects.get(member=cast.anna)
    assert f'Anna Example <span class="faint"><time datetime="{opened.read_at.isoformat()}">' in page


def test_people_of_other_clients_cannot_be_chosen(cast, sent):
    answer = browse_as(cast.nora).post(url("protocols:create", cast.acme), {**sent, "present": [cast.bob.pk]})
    assert answer.status_code == 422


def test_the_page_asks_little_of_the_database(cast, published):
    path = url("protocols:detail", cast.acme, published.number)
    for member in (cast.nora, cast.anna):
        browser = browse_as(member)
        browser.get(path)
        asked = queries_of(browser, path)
        assert len(asked) <= 12, "\n".join(asked)
