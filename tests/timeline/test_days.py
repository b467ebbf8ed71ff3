"""The day of an entry: the client's delay, held back, shown early."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.core.context import tenant
from portal.events.models import Event
from portal.people.actions import agency as agencies
from portal.people.actions import clients
from tests.browse import browse_as, reload, url
from timeline.actions import deciding


def test_held_back_until_a_day_with_a_reason_that_is_audited(cast, activity, days_pass):
    day = timezone.localdate() + timedelta(days=30)
    sent = {"do": "hold", "until": day.isoformat(), "reason": "Campaign starts later"}

    response = browse_as(cast.nora).post(url("timeline:decide", cast.acme, activity.event_id), sent, follow=True)

    assert "Campaign starts later" in response.content.decode()
    with tenant(cast.north.pk):
        assert AuditEvent.objects.filter(tab="timeline_decision", kind="insert").exists()
    days_pass(20)
    assert activity.title not in _feed(cast.anna, cast)
    days_pass(11)
    page = browse_as(cast.anna).get(url("timeline:entry", cast.acme, activity.event_id)).content.decode()
    assert activity.title in page
    assert "Campaign starts later" not in page


def test_held_back_without_a_day_until_somebody_shows_it(cast, activity, days_pass):
    _decide(cast, activity, do="hold")
    assert "Held back" in _feed(cast.nora, cast)
    days_pass(400)
    assert activity.title not in _feed(cast.anna, cast)

    _decide(cast, activity, do="release")
    days_pass(0)

    assert activity.title in _feed(cast.anna, cast)


def test_released_early_then_it_is_no_longer_open(cast, activity, days_pass):
    _decide(cast, activity, do="release")
    days_pass(0)

    assert activity.title in _feed(cast.anna, cast)
    page = _decide(cast, activity, do="hold").content.decode()
    assert "can see this entry already" in page
    with tenant(cast.north.pk), pytest.raises(deciding.AlreadyVisible):
        deciding.hold(_event(activity), by=cast.nora, reason="Too late")


def test_left_to_the_delay_again(cast, activity, days_pass):
    _decide(cast, activity, do="hold")
    _decide(cast, activity, do="let_go")

    with tenant(cast.north.pk):
        event = _event(activity)
    assert event.visible_from == event.happened_at + timedelta(days=10)


def test_a_reason_is_asked_for_and_past_days_are_none(cast, activity):
    path = url("timeline:decide", cast.acme, activity.event_id)
    browser = browse_as(cast.nora)

    assert browser.post(path, {"do": "hold", "reason": ""}).status_code == 422
    past = {"do": "hold", "until": timezone.localdate().isoformat(), "reason": "Later"}
    assert browser.post(path, past).status_code == 422
    with tenant(cast.north.pk):
        assert _event(activity).fixed_at is None


@pytest.mark.parametrize(("who", "status"), [("anna", 404), ("vera", 404), ("rita", 403), ("saul", 404), ("fred", 404)])
def test_who_may_set_the_day(cast, post, who, status):
    row = post(project=cast.shop)
    sent = {"do": "release", "reason": "Mine"}

    assert (
        browse_as(getattr(cast, who)).post(url("timeline:decide", cast.acme, row.event_id), sent).status_code == status
    )


@pytest.mark.parametrize("who", ["anna", "vera", "rita", "saul"])
def test_the_action_asks_itself_who_sets_the_day(cast, activity, who):
    with tenant(cast.north.pk), pytest.raises(PermissionDenied):
        deciding.release(activity.event, by=getattr(cast, who), reason="Mine")


def test_what_only_the_agency_sees_has_no_day(cast, activity):
    with tenant(cast.north.pk):
        Event.objects.filter(pk=activity.event_id).update(internal=True)
        with pytest.raises(PermissionDenied):
            deciding.release(activity.event, by=cast.nora, reason="Mine")

    path = url("timeline:decide", cast.acme, activity.event_id)
    assert browse_as(cast.nora).get(path).status_code == 404


def test_shorter_delay_of_the_client_moves_what_waits(cast, post, days_pass):
    row, held = post("Waits"), post("Held")
    _decide(cast, held, do="hold")
    days_pass(4)

    _set_delay(cast, 3)
    days_pass(0)

    page = _feed(cast.anna, cast)
    assert row.title in page
    assert held.title not in page


def test_longer_delay_leaves_what_is_visible(cast, post, days_pass):
    seen = post("Seen")
    days_pass(10)
    waits = post("Waits")

    _set_delay(cast, 20)
    days_pass(10)

    page = _feed(cast.anna, cast)
    assert seen.title in page
    assert waits.title not in page
    days_pass(10)
    assert waits.title in _feed(cast.anna, cast)


def test_what_a_shorter_delay_opens_becomes_visible_now_in_its_order(cast, post, days_pass):
    post("First"), days_pass(2), post("Second"), days_pass(2)
    now = timezone.now()

    _set_delay(cast, 0)

    with tenant(cast.north.pk):
        first, second = Event.objects.filter(kind="activity.posted").order_by("pk")
    assert now - timedelta(seconds=5) < first.visible_from < second.visible_from <= timezone.now()


@pytest.mark.parametrize("set_back_on", [date(2026, 10, 25), date(2027, 3, 28)])
def test_days_are_as_long_in_every_zone_that_the_moment_is_told_in(cast, post, time_machine, set_back_on):
    """A form tells it by the clock of the office, the database by UTC. Over a night in which the clock is set they once
    differed by an hour, and a delay that was set and taken back moved what was waiting."""
    noon = datetime.combine(set_back_on - timedelta(days=2), time(12), ZoneInfo("Europe/Berlin"))
    time_machine.move_to(noon)
    row = post(happened_at=noon)
    first = reload(row.event).visible_from

    _set_delay(cast, 30)
    _set_delay(cast, 10)

    assert first - reload(row.event).happened_at == timedelta(days=10)
    assert reload(row.event).visible_from == first


def test_delay_of_the_agency_moves_clients_without_their_own(cast, post, days_pass):
    _set_delay(cast, 8)
    mine, other = post("Of Acme"), post("Of Bolt", client=cast.bolt)

    with tenant(cast.north.pk):
        agencies.change(cast.north, by=cast.olaf, embargo_days=2)
    days_pass(2)

    assert mine.title not in _feed(cast.anna, cast)
    assert other.title in browse_as(cast.bob).get(url("timeline:index", cast.bolt)).content.decode()


def _set_delay(cast, days):
    with tenant(cast.north.pk):
        words = {"name": cast.acme.name, "manager": cast.acme.manager}
        clients.change_client(cast.acme, by=cast.olaf, embargo_days=days, **words)
        cast.acme.refresh_from_db(fields=["embargo_days"])


def _decide(cast, row, **sent):
    path = url("timeline:decide", cast.acme, row.event_id)
    return browse_as(cast.nora).post(path, {"reason": "Asked by Anna", **sent}, follow=True)


def _feed(member, cast) -> str:
    return browse_as(member).get(url("timeline:index", cast.acme)).content.decode()


def _event(row) -> Event:
    return Event.objects.get(pk=row.event_id)
