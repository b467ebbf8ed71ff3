"""A worker's app with our settings, a queue and one task of its own (tests/core/test_poison.py)."""

import redis
from celery import Celery
from django.conf import settings

QUEUE, DONE = "poison", "poison-done"

app = Celery("poison")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_default_queue = QUEUE


@app.task(name="poison.note")
def note(word):
    """Says that it was done."""
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as client:
        client.lpush(DONE, word[:80])
