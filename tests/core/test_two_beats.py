"""F18: two beats run side by side, as during a deploy. Whatever they set going happens once."""

from collections import Counter
from contextvars import Context
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from portal.core import jobs
from portal.core.context import tenant
from portal.events.models import Event
from portal.mail.models import OutgoingMail
from portal.notifications.models import Notification
from portal.tenancy.models import Agency
from protocols.models import ActionItem
from tests.scenery import scenery  # noqa: F401, fixture

# It looks for things outside: other proofs' matter, and no part of what beat sets going among the agencies.
OUTWARD = {"portal.operation.tasks.examine", "portal.mail.tasks.poll_mailboxes"}
TASKS = [row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values() if row["task"] not in OUTWARD]


@pytest.fixture
def both(monkeypatch):
    """Runs a task twice at one moment, each on connections and in a context of its own; what it hands on is done at once."""
    monkeypatch.setattr(jobs, "_publish", lambda task, args: task(*args))

    def run(name: str) -> list[Exception]:
        start, failures = Barrier(2), []

        def beat() -> None:
            try:
                start.wait()
                Context().run(import_string(name))
            except Exception as error:
                failures.append(error)
            finally:
                connections.close_all()

        threads = [Thread(target=beat) for _beat in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return failures

    return run


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_two_beats_side_by_side_set_nothing_going_twice(scenery, both, time_machine):  # noqa: F811, the fixture
    _promise_for_tomorrow()
    told = Counter()
    for days in (1, 12):
        before = _newest()
        time_machine.move_to(timezone.now() + timedelta(days=days))
        for name in TASKS:
            assert both(name) == [], name
        on_that_day = _since(before)
        assert [what for what, number in on_that_day.items() if number > 1] == []
        told += on_that_day
    assert len({what[1] for what in told if what[0] == "Event"}) >= 4, "there was something to tell"


def _promise_for_tomorrow() -> None:
    """The protocols of the scenery are of one day in 2026; of what was promised then nobody is reminded for ever."""
    for agency in Agency.objects.using("maint"):
        with tenant(agency.pk), transaction.atomic():
            ActionItem.objects.update(due_on=timezone.localdate() + timedelta(days=1))


def _newest() -> dict:
    return {model: getattr(model.objects.using("maint").order_by("-pk").first(), "pk", 0) for model in MODELS}


def _since(before: dict) -> Counter:
    return Counter(
        (model.__name__, *map(str, facts(row)))
        for model, facts in MODELS.items()
        for row in model.objects.using("maint").filter(pk__gt=before[model])
    )


MODELS = {
    Event: lambda row: (row.kind, row.client_id, row.subject_type, row.subject_id, sorted(row.payload.items())),
    Notification: lambda row: (row.member_id, row.event_id),
    OutgoingMail: lambda row: (row.to, row.subject, row.text),
}
