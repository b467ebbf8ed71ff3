"""F21: what nobody can read lies in the queue. It is dropped with a line in the log, and the worker goes on."""

import base64
import json
import pickle
import time
import uuid

import pytest
import redis
from celery import Celery
from celery.contrib.testing.worker import start_worker
from django.conf import settings

QUEUE = "poison"
PATIENCE_SECONDS = 60


@pytest.fixture
def queue():
    """The list in Redis from which the worker takes its messages."""
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as client:
        client.delete(QUEUE)
        yield client
        client.delete(QUEUE)


@pytest.fixture
def worker(queue):
    """A worker with our settings and two tasks of its own; `done` is what they did."""
    app, done = Celery("poison", set_as_current=False), []
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.task_default_queue = QUEUE

    @app.task(name="poison.note", shared=False)
    def note(word):
        done.append(word)

    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30, queues=[QUEUE]):
        app.done = done
        yield app


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

    assert wait_for(worker, name)
    assert queue.llen(QUEUE) == 0


def wait_for(worker, word: str) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while word not in worker.done and time.monotonic() < end:
        time.sleep(0.05)
    return word in worker.done
