"""F21: a message of a hundred megabytes in the queue of jobs. The small ones are in tests/core/test_poison.py."""

from tests.core.test_poison import QUEUE, call, envelope, queue, wait_for, worker

__all__ = ["queue", "worker"]


def test_a_hundred_megabytes_hold_the_worker_up_for_a_moment(queue, worker):
    queue.lpush(QUEUE, envelope(call("x" * 100 * 1024 * 1024)))
    queue.lpush(QUEUE, envelope(call("after it")))

    assert wait_for(worker, "after it")
