"""From which moment outsiders see an event: the delay after the work, unless somebody set another day.

`visible_from` also says truthfully when they first could see it, so nothing becomes visible in the past: what a shorter
delay opens appears now, in the order in which it happened (a second of age is a microsecond before now).
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from portal.events.models import Event
from portal.tenancy.models import Client

IN_ORDER = 1_000_000
_followers: list[Callable[[Client], None]] = []


def opened_at(event: Event, now: datetime) -> datetime:
    """The moment for an event that is to be seen from now on."""
    return now - max(now - event.happened_at, timedelta()) / IN_ORDER


def delayed(moment: datetime, client: Client | None) -> datetime:
    """The moment and the client's delay. Its days have 24 hours, in whatever zone the moment is told: SQL counts like that too."""
    return moment.astimezone(UTC) + timedelta(days=client.delay_days if client else 0)


def due_at(event: Event, client: Client) -> datetime:
    """The moment that follows from the client's delay; for work of long ago that is written down now, now."""
    return max(delayed(event.happened_at, client), opened_at(event, timezone.now()))


def follow_delay(client: Client) -> None:
    """The client's delay has changed: what nobody outside sees yet moves with it. Days that somebody set stay."""
    now = timezone.now()
    waiting = Event.objects.filter(agency_id=client.agency_id, client=client, visible_from__gt=now, fixed_at=None)
    at_once = Value(now) - ExpressionWrapper((Value(now) - F("happened_at")) / IN_ORDER, output_field=DurationField())
    waiting.update(visible_from=Greatest(F("happened_at") + timedelta(days=client.delay_days), at_once))
    for follower in _followers:
        follower(client)


def on_delay(follower: Callable[[Client], None]) -> None:
    """Call this too, in the same transaction, when a client's delay changes. Called from AppConfig.ready."""
    _followers.append(follower)
