"""Wake-ups by sweepers: all that was lost, but under a backlog nothing twice while the first still waits its turn."""

import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from portal.core import jobs
from portal.core.context import current, tenant, traced
from portal.core.jobs import wake
from portal.events import tasks as event_tasks
from portal.events.models import Event
from portal.mail import tasks as mail_tasks
from portal.mail.sending import queue
from portal.tenancy.tasks import tenant_task


class Task:
    """Stands in for a Celery task: notes what is published, until the broker goes away."""

    def __init__(self, name, limit=99):
        self.name, self.limit, self.published = name, limit, []

    def delay(self, *args):
        if len(self.published) >= self.limit:
            raise ConnectionError
        self.published.append(args)


def test_what_was_woken_a_moment_ago_is_left_to_its_turn():
    task, other = Task("read"), Task("send")

    wake(task, [(1, 7, 0), (1, 8, 0)])
    wake(task, [(1, 7, 0), (1, 8, 0), (1, 9, 0)])
    wake(other, [(1, 7, 0)])
    wake(task, [])

    assert task.published == [(1, 7), (1, 8), (1, 9)]
    assert other.published == [(1, 7)]


def test_what_was_tried_since_is_woken_again_at_once():
    task = Task("read")

    wake(task, [(1, 7, 0)])
    wake(task, [(1, 7, 1)])

    assert task.published == [(1, 7), (1, 7)]


def test_a_wake_up_counts_as_lost_after_a_while(monkeypatch):
    task = Task("read")
    monkeypatch.setattr(jobs, "WAKE_AGAIN_SECONDS", 1)

    wake(task, [(1, 7, 0)])
    time.sleep(1.1)
    wake(task, [(1, 7, 0)])

    assert task.published == [(1, 7), (1, 7)]


def test_without_redis_nothing_counts_as_woken_that_was_not_sent():
    task = Task("read", limit=1)

    with pytest.raises(ConnectionError):
        wake(task, [(1, 7, 0), (1, 8, 0)])
    task.limit = 9
    wake(task, [(1, 7, 0), (1, 8, 0)])

    assert task.published == [(1, 7), (1, 8)]


def test_a_flushed_redis_forgets_wake_ups_and_marks_together():
    task = Task("read")

    wake(task, [(1, 7, 0)])
    cache.clear()
    wake(task, [(1, 7, 0)])

    assert task.published == [(1, 7), (1, 7)]


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_sweepers_do_not_send_a_backlog_again_and_again(cast, monkeypatch):
    sent = []
    for task in (event_tasks.deliver, mail_tasks.deliver):
        monkeypatch.setattr(task, "delay", lambda *ids, task=task: sent.append(task.name))
    queue(cast.north, "a@b.example", "Subject", "Text")
    with tenant(cast.north.pk), transaction.atomic():
        event = {"agency": cast.north, "side": "agency", "kind": "member.joined", "area": "work", "subject_id": 1}
        then = timezone.now() - timedelta(minutes=1)
        Event.objects.create(subject_type="tenancy.member", visible_from=then, recorded_at=then, **event)

    for _half_a_minute in range(3):
        event_tasks.sweep()
        mail_tasks.sweep_outgoing()

    assert sorted(sent) == ["portal.events.tasks.deliver", "portal.mail.tasks.deliver"]


def test_a_job_runs_under_the_id_of_the_request_that_wanted_it(cast, monkeypatch, django_capture_on_commit_callbacks):
    published, seen = [], []

    @tenant_task
    def look(agency_id):
        seen.append(current())

    task = look._get_current_object()
    publish = lambda task, args, **options: published.append((args, options["headers"]))  # noqa: E731
    monkeypatch.setattr("celery.app.task.Task.apply_async", publish)
    with traced(request_id="4711"), django_capture_on_commit_callbacks(execute=True):
        jobs.enqueue(task, cast.north.pk)
    [(args, headers)] = published
    task.apply(args, headers=headers)
    task.apply(args)
    task.app.tasks.pop(task.name)

    assert [(context.request_id, context.task) for context in seen] == [("4711", "look"), ("", "look")]


def test_whoever_writes_much_at_once_wakes_nobody_meanwhile(cast, monkeypatch, django_capture_on_commit_callbacks):
    published = []
    monkeypatch.setattr(jobs, "_publish", lambda task, args: published.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        with jobs.quietly():
            jobs.enqueue(event_tasks.deliver, cast.north.pk, 1)
        jobs.enqueue(event_tasks.deliver, cast.north.pk, 2)

    assert published == [(cast.north.pk, 2)]
