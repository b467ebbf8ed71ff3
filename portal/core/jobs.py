"""Celery as a wake-up call: the database is the queue of record.

`enqueue` never fails because Redis is away; a sweeper (beat, every 30 s) finds what was lost and wakes it with `wake`.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from celery import Task
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError

from portal.core.context import current

log = logging.getLogger(__name__)

WAKE_AGAIN_SECONDS = 120
"""How long a wake-up by a sweeper may wait in the queue before it counts as lost; a job is an outage after 300 (health)."""

_is_quiet: ContextVar[bool] = ContextVar("is_quiet", default=False)


@contextmanager
def quietly() -> Iterator[None]:
    """What is enqueued in here wakes nobody: for whoever writes much at once and wakes what is left of it himself (the sweepers
    find the rest)."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


def enqueue(task: Task, *args: Any) -> None:
    """Publish a task after the transaction has committed. The id of the request that wanted it travels along."""
    if _is_quiet.get():
        return
    transaction.on_commit(lambda: _publish(task, args))


def _publish(task: Task, args: tuple[Any, ...]) -> None:
    try:
        task.apply_async(args, retry=False, headers={"request_id": current().request_id})
    except (OperationalError, OSError) as error:
        log.warning("job not published, the sweeper will find it", extra={"task": task.name, "error": str(error)})


def wake(task: Task, rows: Iterable[tuple[int, int, int]]) -> None:
    """Publish what a sweeper found, as (agency id, row id, tries so far), unless a sweeper did so a short while ago.

    Under a backlog a wake-up still waits its turn; another one would only make the queue longer. The marks lie in
    Redis, like the queue: a flush forgets both. They are written last, so that a crash never leaves a mark alone.
    """
    found = {f"woken:{task.name}:{agency_id}:{pk}:{tries}": (agency_id, pk) for agency_id, pk, tries in rows}
    recent, sent = cache.get_many(found) if found else {}, []
    try:
        for key in (key for key in found if key not in recent):
            task.delay(*found[key])
            sent.append(key)
    finally:
        if sent:
            cache.set_many(dict.fromkeys(sent, True), WAKE_AGAIN_SECONDS)
