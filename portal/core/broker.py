"""Celery's way to Redis; a message that is no JSON is dropped there, where kombu would end the worker."""

import logging
from queue import Empty

from kombu.transport import redis

log = logging.getLogger(__name__)


class Channel(redis.Channel):
    """Takes messages off their queue."""

    def _brpop_read(self, **options):
        try:
            return super()._brpop_read(**options)
        except ValueError:
            log.error("message dropped, it is no JSON")
            raise Empty from None


class Transport(redis.Transport):
    """redis:// with that channel."""

    Channel = Channel
