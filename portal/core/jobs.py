"""Celery as a wake-up call: the database is the queue of record.

`enqueue` never fails because Redis is away; a sweeper (beat, every 30 s) finds what was lost.
"""

import logging
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def enqueue(task: Task, *args: Any) -> None:
    """Publish a task after the transaction has committed."""
    transaction.on_commit(lambda: _publish(task, args))


def _publish(task: Task, args: tuple[Any, ...]) -> None:
    try:
        task.apply_async(args, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("job not published, the sweeper will find it", extra={"task": task.name, "error": str(error)})
