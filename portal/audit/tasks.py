"""Sealing: each minute what is complete gets its hash."""

import logging

from celery import shared_task
from django.db import connections, transaction

from portal.audit.verification import NOTE

log = logging.getLogger(__name__)


@shared_task(name="portal.audit.tasks.seal")
def seal() -> None:
    """Seal what no running transaction can add to; the hash also goes to the log, out of the database's reach."""
    with transaction.atomic(using="maint"), connections["maint"].cursor() as cursor:
        cursor.execute("SELECT audit.seal_now()")
        count = cursor.fetchone()[0]
        cursor.execute("SELECT n, encode(hash, 'hex') FROM audit.seal ORDER BY n DESC LIMIT 1")
        last = cursor.fetchone()
    if count and last:
        log.info(NOTE, extra={"seal": last[0], "events": count, "hash": last[1]})


seal.is_tenant_task = False
