"""Figures for Prometheus, in its text format, from the database alone.

Each web process would count requests by itself and a scrape meets only one of them, so requests are counted where all of
them pass: in the proxy, or from the log lines `request`.
"""

from collections.abc import Callable, Iterator
from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone

from portal.accounts.models import Session
from portal.core.health import queues
from portal.events.models import Event
from portal.mail.models import InboundMail, OutgoingMail
from portal.notifications.models import Delivery
from portal.operation.inside import BACKUP, TICK
from portal.tenancy.models import Agency, Client, Member

Sample = tuple[dict[str, str], float]


def text() -> str:
    """All of them; the format is https://prometheus.io/docs/instrumenting/exposition_formats/ (0.0.4)."""
    return "".join(line for name, (what, samples) in FIGURES.items() for line in _lines(name, what, samples()))


def _lines(name: str, what: str, samples: Iterator[Sample]) -> Iterator[str]:
    yield f"# HELP portal_{name} {what}\n# TYPE portal_{name} gauge\n"
    for labels, value in samples:
        words = ",".join(f'{key}="{word}"' for key, word in labels.items())
        yield f"portal_{name}{{{words}}} {value:g}\n" if words else f"portal_{name} {value:g}\n"


def _info() -> Iterator[Sample]:
    yield {"release": settings.RELEASE}, 1


def _ages() -> Iterator[Sample]:
    for name, oldest in queues.items():
        moment = oldest()
        yield {"queue": name}, max(0.0, (timezone.now() - moment).total_seconds()) if moment else 0


def _incoming() -> Iterator[Sample]:
    states = {
        "waiting": Count("pk", filter=Q(processed_at=None, quarantined_at=None)),
        "done": Count("pk", filter=Q(processed_at__isnull=False)),
        "quarantined": Count("pk", filter=Q(quarantined_at__isnull=False, discarded_at=None)),
        "discarded": Count("pk", filter=Q(discarded_at__isnull=False)),
    }
    yield from _states(InboundMail.objects.using("maint").aggregate(**states))


def _silence() -> Iterator[Sample]:
    newest = InboundMail.objects.using("maint").order_by("-pk").values_list("received_at", flat=True).first()
    if newest:
        yield {}, max(0.0, (timezone.now() - newest).total_seconds())


def _outgoing() -> Iterator[Sample]:
    states = {
        "waiting": Count("pk", filter=Q(sent_at=None, failed_at=None)),
        "sent": Count("pk", filter=Q(sent_at__isnull=False)),
        "failed": Count("pk", filter=Q(failed_at__isnull=False)),
    }
    yield from _states(OutgoingMail.objects.using("maint").aggregate(**states))


def _states(counted: dict[str, int]) -> Iterator[Sample]:
    yield from (({"state": state}, number) for state, number in counted.items())


def _undelivered() -> Iterator[Sample]:
    yield {}, Event.objects.using("maint").filter(delivered_at=None).count()


def _untold() -> Iterator[Sample]:
    yield {}, Delivery.objects.using("maint").waiting().count()


def _agencies() -> Iterator[Sample]:
    yield {}, Agency.objects.using("maint").count()


def _clients() -> Iterator[Sample]:
    yield {}, Client.objects.using("maint").active().count()


def _members() -> Iterator[Sample]:
    rows = Member.objects.using("maint").active().values_list("kind").annotate(number=Count("pk")).order_by("kind")
    yield from (({"kind": kind}, number) for kind, number in rows)


def _sessions() -> Iterator[Sample]:
    yield {}, Session.objects.alive().exclude(user=None).count()


def _since(key: str) -> Iterator[Sample]:
    at = cache.get(key)
    if at is not None:
        yield {}, max(0.0, timezone.now().timestamp() - at)


FIGURES: dict[str, tuple[str, Callable[[], Iterator[Sample]]]] = {
    "release_info": ("The release that answers.", _info),
    "oldest_job_seconds": ("Age of the oldest undone job of a queue of record.", _ages),
    "incoming_mails": ("Raw mails by state.", _incoming),
    "last_mail_age_seconds": ("Seconds since a mail came in; missing when none ever did.", _silence),
    "outgoing_mails": ("Mails to send by state.", _outgoing),
    "undelivered_events": ("Events that their readers have not seen yet.", _undelivered),
    "untold_notifications": ("Notifications that wait for their mail.", _untold),
    "agencies": ("Agencies.", _agencies),
    "clients": ("Clients that are not archived.", _clients),
    "members": ("Members with a place, by kind.", _members),
    "sessions": ("Browsers that are signed in.", _sessions),
    "beat_tick_age_seconds": (
        "Seconds since beat was heard through a worker; missing when never.",
        partial(_since, TICK),
    ),
    "last_backup_age_seconds": ("Seconds since an archive was made; missing when never.", partial(_since, BACKUP)),
}
