"""A meeting without a protocol is on the list of whoever led it, and reminds: once on the next business morning, then once more."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.models import Event
from portal.notifications.models import Notification
from portal.tenancy.models import Absence
from protocols import actions as protocols
from protocols.meetings import actions, tasks, unwritten
from protocols.models import Meeting
from tests.browse import browse_as, reload, url
from tests.protocols.meeting_makers import held, mails_sent, plan, plan_series

__all__ = ["held", "mails_sent", "plan", "plan_series"]
FRIDAY = datetime(2026, 9, 4, 14, 0, tzinfo=UTC)  # 16:00 in Berlin


@pytest.fixture
def clock():
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


def titles(member) -> list[str]:
    """What "My day" asks the member to write."""
    return [row.title for row in browse_as(member).get(url("my_day", member.agency)).context["unwritten"]]


def reminders(cast) -> list[int]:
    with tenant(cast.north.pk):
        rows = Event.objects.filter(kind="meeting.unwritten").order_by("pk")
        return [event.payload["member"] for event in rows]


def go(cast, clock, moment: str) -> list[int]:
    clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    tasks.remind(cast.north.pk)
    return reminders(cast)


def test_it_is_on_the_list_of_the_leader_until_a_protocol_is_published(cast, held, plan):
    meeting = held("Call")
    plan("Coming"), held("Olaf's", by=cast.olaf, leader=cast.olaf)
    assert titles(cast.nora) == ["Call"]
    assert titles(cast.olaf) == ["Olaf's"]

    with tenant(cast.north.pk):
        words = {"title": "Call", "held_at": timezone.now(), "kind": "call", "key_points": "x"}
        protocol = protocols.write(cast.acme, by=cast.nora, publish=False, meeting=meeting, **words)
    assert titles(cast.nora) == ["Call"]
    with tenant(cast.north.pk):
        protocols.publish(protocol, by=cast.nora)
    assert titles(cast.nora) == []


def test_called_off_and_unconfirmed_ones_are_on_no_list(cast, held, plan):
    with tenant(cast.north.pk):
        actions.call_off(held("Off"), by=cast.nora)
    proposed = plan("Proposed", by=cast.anna, leader=cast.nora)
    with tenant(cast.north.pk):
        past = {"starts_at": timezone.now() - timedelta(hours=2), "ends_at": timezone.now() - timedelta(hours=1)}
        Meeting.objects.filter(pk=proposed.pk).update(**past)

    assert titles(cast.nora) == []


def test_page_leads_to_the_form_of_the_protocol(cast, held):
    meeting = held("Call")
    page = browse_as(cast.nora).get(url("protocols:meeting", cast.acme, meeting.pk)).content.decode()

    assert f"{url('protocols:create', cast.acme)}?meeting={meeting.pk}" in page
    assert (
        "No protocol yet"
        in browse_as(cast.anna).get(url("protocols:meetings", cast.acme), {"show": "past"}).content.decode()
    )


def test_the_list_of_meetings_leads_to_the_draft_that_was_begun(cast, held):
    """A second one about the same meeting would make two."""
    meeting = held("Call")
    browser, path = browse_as(cast.nora), url("protocols:meetings", cast.acme)
    write = f'href="{url("protocols:create", cast.acme)}?meeting={meeting.pk}"'
    assert write in browser.get(path).content.decode()

    with tenant(cast.north.pk):
        words = {"title": "Call", "held_at": timezone.now(), "kind": "call", "key_points": "x"}
        draft = protocols.write(cast.acme, by=cast.nora, publish=False, meeting=meeting, **words)

    page = browser.get(path).content.decode()
    assert write not in page and f'href="{url("protocols:edit", cast.acme, draft.number)}"' in page


def test_no_protocol_needed_is_said_with_a_reason_that_the_client_reads(cast, held):
    meeting = held("Call")
    browser, path = browse_as(cast.nora), url("protocols:waive_minutes", cast.acme, meeting.pk)

    assert browser.post(path, {"reason": ""}).status_code == 422
    assert browse_as(cast.anna).post(path, {"reason": "Mine"}).status_code == 403
    assert browser.post(path, {"reason": "Nobody answered the phone"}).status_code == 302

    assert titles(cast.nora) == []
    shown = browse_as(cast.anna).get(url("protocols:meeting", cast.acme, meeting.pk)).content.decode()
    assert "Nobody answered the phone" in shown
    assert browser.post(path, {"reason": "Again"}).status_code == 403


def test_reminder_comes_on_the_next_business_morning_and_after_three_business_days(cast, clock, held):
    held("Call", ago=timedelta(hours=2))
    nora = cast.nora.pk

    assert go(cast, clock, "2026-09-04T15:30") == []  # the same Friday
    assert go(cast, clock, "2026-09-05T10:00") == []  # Saturday
    assert go(cast, clock, "2026-09-07T06:30") == []  # Monday before nine in Berlin
    assert go(cast, clock, "2026-09-07T07:05") == [nora]
    assert go(cast, clock, "2026-09-07T07:20") == [nora]
    assert go(cast, clock, "2026-09-09T12:00") == [nora]
    assert go(cast, clock, "2026-09-10T07:05") == [nora, nora]
    assert go(cast, clock, "2026-09-25T10:00") == [nora, nora]


def test_nobody_is_reminded_outside_business_hours_however_late_it_is(cast, clock, held):
    held("Call", ago=timedelta(hours=2))

    assert go(cast, clock, "2026-09-07T18:30") == []  # due since the morning, but the worker was down until the evening
    assert go(cast, clock, "2026-09-08T07:05") == [cast.nora.pk]


def test_reminder_is_told_inside_the_agency_only(cast, clock, held, mails_sent):
    held("Call", ago=timedelta(hours=2))
    go(cast, clock, "2026-09-07T08:00")
    mails_sent()

    with tenant(cast.north.pk):
        told = Notification.objects.filter(kind="meeting.unwritten")
        assert [(row.member, row.title) for row in told] == [(cast.nora, "No protocol yet: Call")]


def test_while_the_leader_is_away_the_stand_in_is_told(cast, clock, held):
    held("Call", ago=timedelta(hours=2))
    with tenant(cast.north.pk):
        Absence.objects.create(
            agency=cast.north,
            member=cast.nora,
            stand_in=cast.olaf,
            starts_at=FRIDAY,
            ends_at=FRIDAY + timedelta(days=7),
        )

    assert go(cast, clock, "2026-09-07T08:00") == [cast.olaf.pk]


def test_nobody_is_reminded_of_what_is_written_waived_or_closed(cast, clock, held):
    waived, closed = held("Waived", ago=timedelta(hours=2)), held("Bolt's", client=cast.bolt, guests=[])
    with tenant(cast.north.pk):
        Meeting.objects.filter(pk=waived.pk).update(waived_at=timezone.now())
        type(cast.bolt).objects.filter(pk=cast.bolt.pk).update(archived_at=timezone.now())

    assert go(cast, clock, "2026-09-07T08:00") == []
    assert reload(closed).reminders == 0


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_sweeps_wake_only_agencies_in_which_there_is_something_to_do(cast, held, plan_series, monkeypatch):
    """Committed, so that the maintenance role's own connection sees it."""
    with transaction.atomic():
        held("Call"), plan_series()
    woken = []
    monkeypatch.setattr(tasks, "enqueue", lambda task, agency_id: woken.append((task.name, agency_id)))

    tasks.remind_all()
    tasks.make_all_ahead()

    names = ("remind", "make_ahead")
    assert woken == [(f"protocols.meetings.tasks.{name}", cast.north.pk) for name in names]


def test_only_who_led_it_or_the_agency_waives_even_without_a_page(cast, held):
    meeting = held()
    with tenant(cast.north.pk):
        for outsider in (cast.anna, cast.vera, cast.rita):
            with pytest.raises(PermissionDenied):
                unwritten.waive(meeting, by=outsider, reason="None of my business")
