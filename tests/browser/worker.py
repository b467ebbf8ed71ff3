"""A worker in a thread."""

import json
from contextvars import Context
from queue import Queue
from threading import Thread

from django.db import connections


class Worker:
    """Takes wake-up calls as Celery does: after the commit, from JSON, on connections and in a context of its own."""

    def __init__(self):
        self.calls: Queue = Queue()
        self.failures: list[Exception] = []
        self.thread = Thread(target=self._work, daemon=True)
        self.thread.start()

    def publish(self, task, args) -> None:
        """Stands in for the broker."""
        self.calls.put((task, json.loads(json.dumps(args))))

    def finish(self) -> None:
        """Wait until all is done; a task that failed fails the test."""
        self.calls.join()
        assert self.failures == []

    def stop(self) -> None:
        self.calls.put(None)
        self.thread.join()

    def _work(self) -> None:
        while call := self.calls.get():
            task, args = call
            try:
                Context().run(task, *args)
            except Exception as error:
                self.failures.append(error)
            finally:
                connections.close_all()
                self.calls.task_done()
