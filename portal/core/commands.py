"""The four processes that stay: web, worker, beat and the mail server. What differs between bin/run and a container is the caller's."""

import sys
from collections.abc import Sequence
from pathlib import Path

Command = list[str]


def commands(*, bind: str, schedule: Path, web: Sequence[str], worker: Sequence[str]) -> dict[str, Command]:
    """bind: where web listens; schedule: where beat remembers what it has set going; web, worker: further options."""
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "portal"]
    # fmt: off
    return {
        "web": [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", bind, "--worker-class", "gthread", "--threads", "4",
                "--preload", "--no-control-socket", "--log-level", "warning", *web],
        "worker": [*celery, "worker", "--without-gossip", "--without-mingle", *worker],
        "beat": [*celery, "beat", "--schedule", str(schedule), "--pidfile="],
        "mail": [sys.executable, "manage.py", "mail_door"],
    }
    # fmt: on
