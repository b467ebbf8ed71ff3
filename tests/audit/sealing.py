"""Sealing all that there is, also while other tests run."""

import time

from django.db import connections

from portal.audit.tasks import seal


def seal_everything() -> None:
    """Running transactions of others hold the horizon back, so this may take a moment."""
    for _turn in range(480):
        seal()
        with connections["maint"].cursor() as cursor:
            cursor.execute(
                "SELECT NOT EXISTS (SELECT FROM audit.event WHERE xid >= "
                "coalesce((SELECT upto FROM audit.seal ORDER BY n DESC LIMIT 1), '0'))"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.25)
    raise AssertionError("nothing could be sealed: a transaction stays open")
