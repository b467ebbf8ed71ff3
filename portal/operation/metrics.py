"""Figures for Prometheus, in its text format, from the database alone.

Each web process would count requests by itself and a scrape meets only one of them, so requests are counted where all of
them pass: in the proxy, or from the log lines `request`. A scrape comes each quarter of a minute, so nothing here reads all
mails that ever were: it counts what is open, and what happened within an hour.
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
from portal.operation.inside import BACKUP, SILENCE, TICK, young_mails
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
    mails = InboundMail.objects.using("maint")
    yield {"state": "waiting"}, mails.undone().count()
    yield {"state": "quarantined"}, mails.in_quarantine().count()


def _came() -> Iterator[Sample]:
    yield {}, InboundMail.objects.using("maint").filter(received_at__gt=timezone.now() - SILENCE).count()


def _silence() -> Iterator[Sample]:
    newest = InboundMail.objects.using("maint").order_by("-pk").values_list("received_at", flat=True).first()
    if newest:
        yield {}, max(0.0, (timezone.now() - newest).total_seconds())


def _outgoing() -> Iterator[Sample]:
    yield {"state": "waiting"}, OutgoingMail.objects.using("maint").waiting().count()


def _left() -> Iterator[Sample]:
    ended = {name: Count("pk", filter=Q(**{f"{name}_at__gt": timezone.now() - SILENCE})) for name in ("sent", "failed")}
    yield from (({"state": state}, number) for state, number in young_mails().aggregate(**ended).items())


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
    "incoming_mails": ("Raw mails that are not filed, by state.", _incoming),
    "incoming_mails_last_hour": ("Raw mails that came in within the last hour.", _came),
    "last_mail_age_seconds": ("Seconds since a mail came in; missing when none ever did.", _silence),
    "outgoing_mails": ("Mails to send that have not left.", _outgoing),
    "outgoing_mails_last_hour": ("Mails that left, or were given up, within the last hour.", _left),
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
