"""What happens to one person within five minutes is one mail, once, whatever breaks meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.core.health import queues
from portal.events import kinds
from portal.events.models import Event
from portal.mail.models import OutgoingMail
from portal.notifications import actions as notifications
from portal.notifications import bursts, tasks
from portal.notifications.models import Delivery, Notification
from portal.people.actions import members
from portal.tenancy.actions import set_access
from protocols import actions
from tests.browse import browse_as, url
from tests.notifications.conftest import mail_all, mails_to, tell_all


def outcomes(member) -> list[str]:
    with tenant(member.agency_id):
        return list(Delivery.objects.filter(member=member).order_by("pk").values_list("outcome", flat=True))


def sweep(agency) -> None:
    """What the sweeper finds due now."""
    with tenant(agency.pk):
        for pk in list(Delivery.objects.due(at=timezone.now()).values_list("pk", flat=True)):
            bursts.send(pk)


def test_an_hour_of_typing_is_a_mail_every_five_minutes_and_the_bell_rings_at_once(cast, protocol, tell):
    tell()
    with tenant(cast.north.pk):
        for number in range(4):
            actions.comment(protocol, by=cast.nora, text=f"Remark {number}")
    tell()
    with tenant(cast.north.pk):
        assert Notification.objects.visible_to(cast.anna).unread().count() == 5
    sweep(cast.north)
    assert mails_to(cast.anna) == []

    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        sweep(cast.north)
        sweep(cast.north)

    (mail,) = mails_to(cast.anna)
    assert mail.subject == "5 updates: Acme"
    assert "- Comment on: Jour fixe\n  Nora Example · 4 times" in mail.text
    assert outcomes(cast.anna) == ["mailed"] * 5


def test_four_remarks_on_one_protocol_are_one_line(cast, protocol, deliver):
    deliver()
    with tenant(cast.north.pk):
        for number in range(3):
            actions.comment(protocol, by=cast.nora, text=f"Remark {number}")
    deliver()

    assert mails_to(cast.anna)[-1].subject == "Comment on: Jour fixe (3)"


def test_what_was_read_in_the_portal_is_left_out(cast, write, tell):
    write("First")
    write("Second")
    tell()
    with tenant(cast.north.pk):
        first = Notification.objects.filter(member=cast.anna).earliest("pk")
        notifications.mark_read(cast.anna, first)
    mail_all(cast.north)

    (mail,) = mails_to(cast.anna)
    assert mail.subject == "Protocol: Second"
    assert outcomes(cast.anna) == ["read", "mailed"]


def test_whoever_opens_the_thing_itself_has_read_what_was_told_about_it(cast, protocol, tell):
    with tenant(cast.north.pk):
        actions.comment(protocol, by=cast.nora, text="A remark")
    tell()
    browse_as(cast.anna).get(url("protocols:detail", cast.acme, protocol.number))
    mail_all(cast.north)

    assert (mails_to(cast.anna), outcomes(cast.anna)) == ([], ["read", "read"])
    assert outcomes(cast.olaf) == ["mailed", "mailed"]


def test_when_all_is_read_there_is_no_mail(cast, protocol, tell):
    tell()
    with tenant(cast.north.pk):
        notifications.mark_read(cast.anna)
    mail_all(cast.north)

    assert (mails_to(cast.anna), outcomes(cast.anna)) == ([], ["read"])


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (lambda w: set_access(w.anna, w.acme, ["tickets"]), "closed"),
        (lambda w: members.end(w.anna, by=w.olaf), "closed"),
        (lambda w: type(w.anna.user).objects.filter(pk=w.anna.user_id).update(is_active=False), "closed"),
        (lambda w: type(w.acme).objects.filter(pk=w.acme.pk).update(access_until="2020-01-01"), "closed"),
        (lambda w: notifications.choose(w.anna, "protocol.published", in_app=True, email=False), "off"),
    ],
)
def test_what_has_been_closed_or_switched_off_meanwhile_is_not_mailed(cast, protocol, tell, change, outcome):
    tell()
    with tenant(cast.north.pk):
        change(cast)
    mail_all(cast.north)

    assert (mails_to(cast.anna), outcomes(cast.anna)) == ([], [outcome])


def test_urgent_mail_leaves_at_once_and_by_itself(cast, protocol, tell, monkeypatch):
    tell()
    monkeypatch.setitem(kinds._kinds, "protocol.commented", _urgent("protocol.commented"))
    with tenant(cast.north.pk):
        actions.comment(protocol, by=cast.nora, text="Fire")
    tell()
    sweep(cast.north)

    assert [mail.subject for mail in mails_to(cast.anna)] == ["Comment on: Jour fixe"]
    assert sorted(outcomes(cast.anna)) == ["", "mailed"]


@pytest.mark.parametrize(
    ("is_urgent", "seconds", "is_woken"), [(True, 300, True), (False, 0, True), (False, 300, False)]
)
def test_what_does_not_wait_wakes_a_worker(cast, protocol, monkeypatch, settings, is_urgent, seconds, is_woken):
    woken = []
    monkeypatch.setattr(notifications, "enqueue", lambda task, *ids: woken.append((task, ids[0])))
    settings.NOTIFICATION_BURST_SECONDS = seconds
    if is_urgent:
        monkeypatch.setitem(kinds._kinds, "protocol.published", _urgent("protocol.published"))
    tell_all(cast.north)

    assert bool(woken) is is_woken
    assert set(woken) <= {(tasks.send, cast.north.pk)}


def test_a_mail_the_app_writes_itself_is_not_written_twice(cast, protocol, tell, monkeypatch):
    kind = kinds._kinds["protocol.published"]
    monkeypatch.setitem(kinds._kinds, kind.code, type(kind)(**{**kind.__dict__, "has_own_mail": True}))
    tell()

    with tenant(cast.north.pk):
        assert Notification.objects.filter(member=cast.anna).exists()
        assert not Delivery.objects.exists()


def test_nobody_has_two_deliveries_of_one_notification(cast, protocol, tell):
    tell()
    with tenant(cast.north.pk):
        row = Delivery.objects.filter(member=cast.anna).get()
        row.pk = None
        with pytest.raises(IntegrityError, match="delivery_once"), transaction.atomic():
            row.save(force_insert=True)
        with pytest.raises(IntegrityError, match="delivery_ends_somehow"), transaction.atomic():
            Delivery.objects.update(outcome="mailed")


def test_mails_of_two_clients_are_one_for_whom_both_concern(cast, write, deliver):
    with tenant(cast.north.pk):
        cast.bolt.manager = cast.olaf
        cast.bolt.save()
    write("Oak")
    write("Bolts", client=cast.bolt)
    deliver()

    (mail,) = mails_to(cast.olaf)
    assert mail.subject == "2 updates: Acme, Bolt"
    assert mail.text.index("Acme\n- Protocol: Oak") < mail.text.index("Bolt\n- Protocol: Bolts")
    assert [m.subject for m in mails_to(cast.bob)] == ["Protocol: Bolts"]


# --- Committed, because others look at it ----------------------------------------------------------------------------


@pytest.fixture
def waiting(cast, write, monkeypatch):
    """Three notifications of each reader, committed and due."""
    monkeypatch.setattr("portal.core.jobs._publish", lambda task, args: None)
    with tenant(cast.north.pk), transaction.atomic():
        for title in ("One", "Two", "Three"):
            write(title)
    with transaction.atomic():
        tell_all(cast.north)
    with tenant(cast.north.pk), transaction.atomic():
        Delivery.objects.update(due_at=timezone.now())
        return list(Delivery.objects.filter(member=cast.anna).values_list("pk", flat=True))


def committed(member) -> list[str]:
    with transaction.atomic():
        return [mail.subject for mail in mails_to(member)]


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_eight_workers_at_one_moment_send_one_mail(cast, waiting):
    def work(pk):
        try:
            tasks.send(cast.north.pk, pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, waiting * 8))

    assert committed(cast.anna) == ["3 updates: Acme"]


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_a_crash_before_the_commit_sends_nothing_and_the_next_try_sends_once(cast, waiting, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Delivery.objects, "bulk_update", _crash)
        with pytest.raises(KeyboardInterrupt):
            tasks.send(cast.north.pk, waiting[0])
    assert committed(cast.anna) == []

    tasks.send(cast.north.pk, waiting[0])
    tasks.send(cast.north.pk, waiting[1])

    assert committed(cast.anna) == ["3 updates: Acme"]


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_the_sweeper_wakes_one_job_for_each_person(cast, waiting, monkeypatch):
    woken = []
    monkeypatch.setattr(tasks.send, "delay", lambda *ids: woken.append(ids))

    tasks.sweep()

    with tenant(cast.north.pk), transaction.atomic():
        people = Delivery.objects.filter(pk__in=[pk for _agency, pk in woken]).values_list("member_id", flat=True)
        assert sorted(people) == sorted([cast.anna.pk, cast.olaf.pk])
    assert timezone.now() - queues["notifications by mail"]() < timedelta(minutes=1)
    tasks.send(cast.north.pk, waiting[0])
    with transaction.atomic():
        mail_all(cast.north)
    assert queues["notifications by mail"]() is None


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_two_tellings_of_one_event_at_one_moment_are_one_delivery(cast, write, monkeypatch):
    monkeypatch.setattr("portal.core.jobs._publish", lambda task, args: None)
    with tenant(cast.north.pk), transaction.atomic():
        write()
        event = Event.objects.get(kind="protocol.published")

    def work(_number):
        try:
            with tenant(cast.north.pk), transaction.atomic():
                notifications.tell(event)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))

    with tenant(cast.north.pk), transaction.atomic():
        assert Delivery.objects.filter(member=cast.anna).count() == 1
        assert OutgoingMail.objects.count() == 0


def _urgent(code):
    kind = kinds._kinds[code]
    return type(kind)(**{**kind.__dict__, "urgent": True})


def _crash(*_args, **_kwargs):
    raise KeyboardInterrupt
