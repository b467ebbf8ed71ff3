"""Keeping mail that is nobody's until somebody says whose it is (MAIL_STRAYS, or an address), 90 days at most."""

import logging

from django.db import connections, transaction
from django.utils import timezone

from portal.mail.stray_models import KEPT_FOR, Stray
from portal.mail.text import clean_line

log = logging.getLogger(__name__)

MOST_RECIPIENTS = 100


def keep(raw: bytes, envelope) -> None:
    """Store it once, on the disk before this returns (portal.mail.intake.Envelope). Raises when that is not so."""
    body, content_type = envelope.posted or (None, "")
    told = {
        "raw": raw,
        "size": len(raw),
        "envelope_from": clean_line(envelope.sender)[:320],
        "recipients": [clean_line(to)[:320] for to in envelope.unknown[:MOST_RECIPIENTS]],
        "body": body,
        "content_type": clean_line(content_type)[:255],
    }
    with transaction.atomic(using="maint"):
        with connections["maint"].cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")
        rows = Stray.objects.using("maint").defer("raw", "body")
        stray, is_new = rows.get_or_create(source=envelope.source, source_key=envelope.key, defaults=told)
    if is_new:
        log.warning(
            "mail to nobody kept for the platform's staff", extra={"stray": stray.pk, "source": envelope.source}
        )


def end_old() -> None:
    """Forget what nobody has claimed in time."""
    with transaction.atomic(using="maint"):
        count, _tables = Stray.objects.using("maint").filter(received_at__lt=timezone.now() - KEPT_FOR).delete()
    if count:
        log.info("strays forgotten", extra={"count": count})
