"""F21: a message of a hundred megabytes in the queue of jobs. The small ones are in tests/core/test_poison.py."""

import redis
from django.conf import settings

from tests.core.test_poison import QUEUE, call, envelope, queue, wait_for, worker

__all__ = ["queue", "worker"]

HUNDRED_MB = 100 * 1024 * 1024


def test_a_hundred_megabytes_hold_the_worker_up_for_a_moment(queue, worker):
    with redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=60) as patient:
        patient.lpush(QUEUE, envelope(call("x" * HUNDRED_MB)))
        patient.lpush(QUEUE, envelope(call("after it")))

        assert wait_for(patient, "after it")
    assert worker.poll() is None
