"""Whether the audit log is as it was sealed."""

from django.db import connections, transaction


def verify() -> str:
    """ "ok", or the first seal that does not hold and why."""
    with transaction.atomic(using="maint"), connections["maint"].cursor() as cursor:
        cursor.execute("SELECT audit.verify()")
        return cursor.fetchone()[0]
