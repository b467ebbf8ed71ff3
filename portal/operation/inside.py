"""Checks of the house itself: walls, audit log, migrations, jobs, beat, mail, storage, index, money, backups, disk."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import QuerySet
from django.utils import timezone

from invoices.models import MoneyCheck
from portal.audit.log import log
from portal.audit.models import AuditEvent
from portal.audit.verification import verify
from portal.core.health import MAX_JOB_AGE, queues
from portal.files.models import File
from portal.files.storage import key_of
from portal.mail.delivery import GIVE_UP_AFTER
from portal.mail.models import InboundMail, OutgoingMail, Stray
from portal.mail.stray_models import KEPT_FOR
from portal.operation import archive
from portal.operation.findings import BROKEN, FINE, SOON, Finding, judged
from portal.operation.findings import said as _
from portal.search.models import FileText
from portal.tenancy import catalogue
from portal.tenancy.models import Agency

TICK = "operation:tick"
BACKUP = "operation:backup"
MADE = "backup.made"
TICK_SECONDS = 60
LATE_AFTER = 3 * TICK_SECONDS
"""Three missed ticks are an alarm."""
SILENCE, WEEKS = timedelta(hours=1), 3
"""Providers give up after some hours, so a silent hour is told when the same hour of the last weeks was not."""
LOW, VERY_LOW = 0.10, 0.03
"""Free parts of a disk from which on somebody should look, and from which on it is broken."""
MONEY_LATE = timedelta(hours=36)
BACKUP_LATE = timedelta(hours=36)
"""A night was left out."""
_CONTENT = re.compile(r"\d+/[0-9a-f]{2}/[0-9a-f]{64}")


def tick() -> None:
    """Called by beat through a worker: both live."""
    cache.set(TICK, timezone.now().timestamp(), None)


def saved(agencies: int, files: int) -> None:
    """Called when an archive is whole: all that is in the house was taken out of it, which the audit log notes too."""
    log(MADE, {"agencies": agencies, "files": files})
    cache.set(BACKUP, timezone.now().timestamp(), None)


def last_backup() -> datetime | None:
    """When the last archive was made. The cache may have been emptied meanwhile; the audit log remembers."""
    if at := cache.get(BACKUP):
        return datetime.fromtimestamp(at, UTC)
    made = AuditEvent.objects.using("maint").filter(agency_id=None, kind=MADE).newest_first().first()
    if made is None:
        return None
    cache.set(BACKUP, made.at.timestamp(), None)
    return made.at


def heard() -> str:
    """For /readyz: "late" after three missed ticks. A cache that is away or was emptied says nothing; undone jobs tell then."""
    at = cache.get(TICK)
    return "late" if at is not None and timezone.now().timestamp() - at > LATE_AFTER else "ok"


def walls() -> Iterator[Finding]:
    """The catalogue audit, with the rows behind the keys."""
    fine = _("%(count)d tables of agencies, all behind walls", {"count": len(catalogue.tenant_tables())})
    hint = _("Run manage.py check --deploy --database maint, and read what was changed last.")
    yield judged(_("Walls"), catalogue.findings("maint"), fine, hint)


def audit_log() -> Iterator[Finding]:
    """Every seal of the audit log."""
    verdict = verify()
    hint = _("Somebody changed the log behind its back. Keep the database as it is and compare it with a backup.")
    yield judged(_("Audit log"), [] if verdict == "ok" else [verdict], _("Unbroken, every seal holds"), hint)


def migrations() -> Iterator[Finding]:
    """Whether the database is of this release."""
    executor = MigrationExecutor(connections["default"])
    waiting = [str(migration) for migration, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    fine = _("Release %(release)s, all applied", {"release": settings.RELEASE})
    yield judged(_("Migrations"), waiting, fine, _("Run manage.py migrate --database owner."))


def jobs() -> Iterator[Finding]:
    """The oldest undone job of each queue of record."""
    for name, oldest in queues.items():
        moment = oldest()
        age = max(0, int((timezone.now() - moment).total_seconds())) if moment else 0
        text = _("Oldest undone job: %(age)d s, limit %(limit)d s", {"age": age, "limit": MAX_JOB_AGE})
        label = _("Jobs: %(queue)s", {"queue": name})
        problems = [text] if age > MAX_JOB_AGE else []
        yield judged(label, problems, text if moment else _("Nothing waits"), _("Are the worker and beat running?"))


def beat() -> Iterator[Finding]:
    """The tick that beat sends through a worker each minute."""
    at, hint = cache.get(TICK), _("Start beat and a worker; see that Redis answers.")
    if at is None:
        yield Finding(_("Beat"), BROKEN, _("No tick was heard in the last day"), hint)
        return
    age = max(0, int(timezone.now().timestamp() - at))
    text = _("Last tick %(age)d s ago", {"age": age})
    yield judged(_("Beat"), [text] if age > LATE_AFTER else [], text, hint)


def incoming_mail() -> Iterator[Finding]:
    """Whether the doors are silent at an hour of the week at which mail has always come."""
    now, mails = timezone.now(), InboundMail.objects.using("maint")
    hours = [now - timedelta(weeks=weeks) for weeks in range(WEEKS + 1)]
    came, *before = [mails.filter(received_at__gt=end - SILENCE, received_at__lte=end).exists() for end in hours]
    if came or not all(before):
        yield Finding(_("Incoming mail"), FINE, _("Comes as usual at this hour"))
        return
    text = _("None for an hour; in the last weeks there was always some at this time")
    hint = _("Send a mail to a client's portal address, and look at your provider's log of deliveries.")
    yield Finding(_("Incoming mail"), SOON, text, hint)


def young_mails() -> QuerySet[OutgoingMail]:
    """Outgoing mails that may have left, or been given up, within the hour: by agency and moment, as the index has them."""
    agencies = list(Agency.objects.using("maint").values_list("pk", flat=True))
    oldest = timezone.now() - GIVE_UP_AFTER - SILENCE
    return OutgoingMail.objects.using("maint").filter(agency__in=agencies, created_at__gt=oldest)


def outgoing_mail() -> Iterator[Finding]:
    """Whether the relay takes anything: one recipient whose server is away is none of our trouble, a silent hour with tries is."""
    hour_ago = timezone.now() - SILENCE
    tried = OutgoingMail.objects.using("maint").waiting().filter(attempts__gt=0, created_at__lt=hour_ago).count()
    text = _("%(count)d are tried again", {"count": tried}) if tried else _("Nothing waits")
    is_stuck = tried and not young_mails().filter(sent_at__gt=hour_ago).exists()
    hint = _("None left for an hour. Read the worker's log, and see that EMAIL_URL is what your relay wants.")
    yield judged(_("Outgoing mail"), [text] if is_stuck else [], text, hint)


def strays() -> Iterator[Finding]:
    """Mail that is nobody's and waits for platform staff; one day it is forgotten."""
    oldest = Stray.objects.using("maint").order_by("received_at").values_list("received_at", flat=True).first()
    if oldest is None:
        yield Finding(_("Mail to nobody"), FINE, _("Nothing waits"))
        return
    words = {"count": Stray.objects.using("maint").count(), "when": oldest + KEPT_FOR}
    text = _("%(count)d waiting, the first is forgotten on %(when)s", words)
    hint = _(
        "Read them in the platform administration. With an address, or MAIL_STRAYS, run manage.py ingest --strays."
    )
    yield Finding(_("Mail to nobody"), SOON, text, hint)


def storage() -> Iterator[Finding]:
    """Rows without their content are losses; contents without a row are swept away after a day."""
    rows = File.objects.using("maint").values_list("agency_id", "sha256").distinct()
    wanted = {key_of(agency_id, sha256) for agency_id, sha256 in rows.iterator()}
    lying = {name for name in archive.stored() if _CONTENT.fullmatch(name)}
    missing = [_("%(key)s is missing", {"key": key}) for key in sorted(wanted - lying)]
    words = {"count": len(wanted), "orphans": len(lying - wanted)}
    fine = _("%(count)d contents, all there; %(orphans)d without a row, swept after a day", words)
    yield judged(_("Storage"), missing, fine, _("Restore these files from a backup: the names are their SHA-256."))


def search_index() -> Iterator[Finding]:
    """Files whose words nobody has read yet."""
    waiting = FileText.objects.none().missing().count()
    text = _("%(count)d files are still to be read", {"count": waiting})
    yield Finding(_("Search"), SOON, text) if waiting else Finding(_("Search"), FINE, _("Every file is read"))


def money() -> Iterator[Finding]:
    """What manage.py check_money found last night."""
    checks = list(MoneyCheck.objects.using("maint").select_related("agency"))
    if not checks:
        yield Finding(_("Money"), FINE, _("Not examined yet"))
        return
    lines = [f"{check.agency.slug}: {line}" for check in checks for line in check.problems]
    oldest = min(check.checked_at for check in checks)
    words = {"count": sum(check.invoices for check in checks), "when": oldest}
    fine = _("%(count)d invoices, every invariant holds, examined %(when)s", words)
    if not lines and timezone.now() - oldest > MONEY_LATE:
        yield Finding(_("Money"), SOON, fine, _("Run manage.py check_money; is beat running?"))
        return
    yield judged(
        _("Money"), lines, fine, _("Run manage.py check_money. Correct nothing by hand before you know the cause.")
    )


def backups() -> Iterator[Finding]:
    """When manage.py backup made its last archive."""
    label, hint = _("Backup"), _("Run manage.py backup each night, and carry the archives to another place.")
    if not settings.BACKUP_KEY:
        yield Finding(label, SOON, _("Not made here: BACKUP_KEY is not set"), hint)
    elif when := last_backup():
        is_late = timezone.now() - when > BACKUP_LATE
        text = _("Last one %(when)s", {"when": when})
        yield Finding(label, BROKEN if is_late else FINE, text, hint if is_late else "")
    else:
        yield Finding(label, BROKEN, _("None was ever made"), hint)


def disk() -> Iterator[Finding]:
    """Room where the data lies."""
    usage = shutil.disk_usage(settings.DATA_DIR)
    part = usage.free / usage.total
    text = _("%(free)d GB of %(total)d GB free", {"free": usage.free // 10**9, "total": usage.total // 10**9})
    state = BROKEN if part < VERY_LOW else SOON if part < LOW else FINE
    yield Finding(_("Disk"), state, text, "" if state == FINE else _("Make room, or give the machine a larger disk."))


OF_MAIL = (incoming_mail, outgoing_mail, strays)
CHECKS = (walls, audit_log, migrations, jobs, beat, *OF_MAIL, storage, search_index, money, backups, disk)
