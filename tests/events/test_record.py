"""Events: written with their action, delivered after it, at least once, to readers that may be asked twice."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events import delivery, kinds
from portal.events import record as recording
from portal.events.models import Event
from portal.events.record import record
from portal.tenancy.scope import acting_as


@pytest.fixture
def readers(monkeypatch):
    """What a single reader of deliveries was handed."""
    handed = []
    monkeypatch.setattr(delivery, "_readers", [lambda event: handed.append(event.pk)])
    return handed


def test_event_knows_who_where_and_from_when(cast, protocol):
    with tenant(cast.north.pk):
        event = Event.objects.get()

    assert (event.kind, event.side, event.area) == ("protocol.published", "agency", "work")
    assert (event.client_id, event.actor_id) == (cast.acme.pk, cast.nora.pk)
    assert event.visible_from - event.happened_at == timedelta(days=10)
    assert event.title == "Protocol: Jour fixe"


def test_contact_leaves_an_event_that_the_contact_may_not_see_yet(cast, write):
    with acting_as(cast.anna):
        protocol = write(by=cast.anna)
    with tenant(cast.north.pk):
        assert Event.objects.get(subject_id=protocol.pk).side == "client"
    with acting_as(cast.anna):
        assert not Event.objects.exists()


def test_action_that_fails_leaves_no_event(cast, write):
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError

    with tenant(cast.north.pk):
        assert not Event.objects.exists()


def test_subscriber_runs_in_the_transaction_of_the_action(cast, write, monkeypatch):
    heard = []
    monkeypatch.setattr(recording, "_in_transaction", {"protocol.published": [heard.append]})

    write()

    assert [event.kind for event in heard] == ["protocol.published"]


def test_undeclared_kind_is_refused(cast, protocol):
    with tenant(cast.north.pk), pytest.raises(KeyError):
        record("protocol.eaten", protocol, by=cast.nora)


def test_kind_is_declared_once():
    with pytest.raises(ValueError, match="twice"):
        kinds.register(kinds.kind_of("protocol.published"))


def test_title_of_an_old_event_lacks_a_word_but_not_the_page(cast):
    assert Event(kind="protocol.published", payload={}).title == "Protocol: …"


def test_delivery_happens_once(cast, protocol, readers):
    with tenant(cast.north.pk):
        event = Event.objects.get()
        delivery.deliver(event.pk)
        delivery.deliver(event.pk)

    assert readers == [event.pk]


def test_reader_that_fails_leaves_the_event_for_the_sweeper(cast, protocol, monkeypatch):
    def fail(event):
        raise RuntimeError("mail server on fire")

    monkeypatch.setattr(delivery, "_readers", [fail])
    with tenant(cast.north.pk):
        event = Event.objects.get()
        with pytest.raises(RuntimeError):
            delivery.deliver(event.pk)

        assert Event.objects.get().delivered_at is None


def test_an_event_whose_reader_always_fails_is_set_aside_and_hides_nobody(cast, protocol, monkeypatch):
    """Five tries, each after a longer wait; then it stands in the admin instead of keeping the house unready."""

    def fail(event):
        Event.objects.filter(pk=event.pk).update(kind="half.done")
        raise RuntimeError("no such thing")

    monkeypatch.setattr(delivery, "_readers", [fail])
    with tenant(cast.north.pk):
        event = Event.objects.get()
        for tries in range(delivery.MOST_TRIES):
            assert Event.objects.filter(delivery.due(at=event.recorded_at + timedelta(days=1)), pk=event.pk).exists()
            assert Event.objects.filter(delivery.untried()).exists() == (tries == 0)
            with pytest.raises(RuntimeError):
                delivery.deliver(event.pk)

        event.refresh_from_db()
        assert (event.tries, event.kind, event.delivered_at) == (5, "protocol.published", None)
        assert event.set_aside_at
        assert not Event.objects.filter(delivery.due(at=event.recorded_at + timedelta(days=1))).exists()


def test_each_try_waits_longer(cast, protocol):
    with tenant(cast.north.pk):
        event = Event.objects.get()
        for tries, seconds in enumerate([30, 120, 480, 1920, 7680]):
            Event.objects.update(tries=tries)
            moments = [event.recorded_at + timedelta(seconds=seconds + late) for late in (0, 1)]
            assert [Event.objects.filter(delivery.due(at=at)).exists() for at in moments] == [False, True]


def test_sweeper_finds_what_was_left_behind(cast, protocol):
    with tenant(cast.north.pk):
        old = timezone.now() - delivery.SWEEP_AFTER - timedelta(seconds=1)
        Event.objects.update(happened_at=old)
        left = Event.objects.filter(delivered_at=None, happened_at__lt=timezone.now() - delivery.SWEEP_AFTER)
        assert left.count() == 1


def test_outsider_cannot_write_events_past_record(cast, protocol):
    with acting_as(cast.anna), transaction.atomic():
        assert Event.objects.filter(kind="protocol.published").update(internal=True) == 0
