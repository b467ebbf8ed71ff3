"""F21: what nobody can read lies in the queue. It is dropped with a line in the log, and the worker goes on."""

import base64
import json
import pickle
import subprocess
import sys
import time
import uuid

import pytest
import redis
from django.conf import settings
from kombu import Connection

from portal.core import processes

QUEUE, DONE = "poison", "poison-done"
PATIENCE_SECONDS = 60
COMMAND = ["-m", "celery", "--quiet", "-A", "tests.core.poison_app", "worker", "--pool", "solo", "-Q", QUEUE]


@pytest.fixture(scope="module")
def queue():
    """The list in Redis from which the worker takes its messages."""
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as client:
        client.delete(QUEUE, DONE)
        yield client
        client.delete(QUEUE, DONE)


@pytest.fixture(scope="module")
def worker(queue):
    """One process for all that is thrown at it."""
    command = [sys.executable, *COMMAND, "--without-gossip", "--without-mingle", "--loglevel", "critical"]
    process = subprocess.Popen(command, preexec_fn=processes.dies_with_parent(), stderr=subprocess.DEVNULL)
    yield process
    process.kill()
    process.wait()


def envelope(body: bytes, *, kind: str = "application/json", task: str = "poison.note") -> bytes:
    """A message as kombu lays it into Redis."""
    tag = str(uuid.uuid4())
    route = {"exchange": "", "routing_key": QUEUE}
    properties = {"correlation_id": tag, "delivery_mode": 2, "delivery_info": route, "priority": 0}
    properties |= {"body_encoding": "base64", "delivery_tag": tag}
    headers = {"lang": "py", "task": task, "id": tag, "root_id": tag, "argsrepr": "", "kwargsrepr": ""}
    message = {"body": base64.b64encode(body).decode(), "content-encoding": "utf-8", "content-type": kind}
    return json.dumps(message | {"headers": headers, "properties": properties}).encode()


def call(*args) -> bytes:
    return json.dumps([list(args), {}, {}]).encode()


POISON = {
    "no message at all": b"\x00\xff no message",
    "a message without its parts": b"{}",
    "a body that is no JSON": envelope(b"{broken"),
    "a pickle": envelope(pickle.dumps([["owned"], {}, {}]), kind="application/x-python-serialize"),
    "an unknown task": envelope(call("x"), task="os.system"),
    "wrong arguments": envelope(call("x", "y", "z")),
}


@pytest.mark.parametrize("name", POISON)
def test_poison_is_dropped_and_the_worker_lives(queue, worker, name):
    queue.lpush(QUEUE, POISON[name])
    queue.lpush(QUEUE, envelope(call(name)))

    assert wait_for(queue, name)
    assert queue.llen(QUEUE) == 0
    assert worker.poll() is None


def test_without_our_channel_the_worker_would_end(queue):
    """What kombu does by itself."""
    with Connection(settings.CELERY_BROKER_URL, transport="redis") as wire:
        queue.lpush("unread", POISON["no message at all"])
        with pytest.raises(ValueError):
            wire.SimpleQueue("unread", no_ack=True).get(timeout=5)


def wait_for(queue, word: str) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while word.encode() not in queue.lrange(DONE, 0, -1) and time.monotonic() < end:
        time.sleep(0.05)
    return word.encode() in queue.lrange(DONE, 0, -1)
