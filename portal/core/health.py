"""/healthz: the process lives. /readyz: what it stands on works; `degraded` when only Redis is away."""

import uuid
from collections.abc import Callable
from datetime import datetime

import redis
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.core.access import public

MAX_JOB_AGE = 300
"""Seconds after which an undone job counts as an outage."""

queues: dict[str, Callable[[], datetime | None]] = {}
"""Queues of record: name -> moment of the oldest undone job, read through `maint`. Apps add theirs in AppConfig.ready."""


@transaction.non_atomic_requests
@public
@require_safe
def healthz(request):
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@transaction.non_atomic_requests
@public
@require_safe
def readyz(request):
    """200 with status ok or degraded, 503 when something that pages need is broken or a job waits too long."""
    checks = {name: _outcome(check) for name, check in CHECKS.items()}
    oldest = _outcome(_oldest_job)
    broken = any(not isinstance(value, str) or value != "ok" for value in checks.values())
    late = not isinstance(oldest, int) or oldest > MAX_JOB_AGE
    redis_state = _outcome(_redis)
    status = "broken" if broken or late else "ok" if redis_state == "ok" else "degraded"
    body = {"status": status, "release": settings.RELEASE, **checks, "redis": redis_state, "oldest_job_seconds": oldest}
    return JsonResponse(body, status=503 if status == "broken" else 200)


def _outcome(check):
    try:
        return check()
    except Exception as error:
        return f"broken: {type(error).__name__}"


def _database() -> str:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connections["default"])
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _storage() -> str:
    name = default_storage.save(f"health/{uuid.uuid4().hex}", ContentFile(b"ok"))
    default_storage.delete(name)
    return "ok"


def _redis() -> str:
    redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1).ping()
    return "ok"


def _oldest_job() -> int:
    moments = [moment for moment in (oldest() for oldest in queues.values()) if moment]
    return max(0, int((timezone.now() - min(moments)).total_seconds())) if moments else 0


CHECKS: dict[str, Callable[[], str]] = {"database": _database, "migrations": _migrations, "storage": _storage}
