"""Writing events, and handing them to their readers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from portal.core.context import tenant
from portal.core.jobs import enqueue
from portal.events import tasks
from portal.events.kinds import kind_of
from portal.events.models import Event
from portal.tenancy.models import Client, Member

_in_transaction: dict[str, list[Callable[[Event], None]]] = {}


def subscribe(code: str, reader: Callable[[Event], None]) -> None:
    """Run `reader` inside the transaction of every action that records this kind. Called from AppConfig.ready."""
    _in_transaction.setdefault(code, []).append(reader)


def record(
    code: str,
    subject: Any,
    *,
    by: Member | None,
    client: Client | None = None,
    internal: bool | None = None,
    happened_at: datetime | None = None,
    area: str = "",
    side: str = "",
    **payload: Any,
) -> Event:
    """Write what happened, in the action's own transaction; `by=None` means the system.

    Client and project are the subject's, unless given. Payload values must be JSON. The row is written with the
    agency's sight, because its actor may not see it yet (embargo).
    """
    kind = kind_of(code)
    client = client or getattr(subject, "client", None)
    happened_at = happened_at or timezone.now()
    with tenant(subject.agency_id):
        event = Event.objects.create(
            agency_id=subject.agency_id,
            client=client,
            project_id=getattr(subject, "project_id", None),
            actor=by,
            side=side or (by.side if by else "agency"),
            kind=code,
            area=area or kind.area,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            payload={"client": client.slug if client else "", **payload},
            internal=kind.internal if internal is None else internal,
            happened_at=happened_at,
            visible_from=happened_at + timedelta(days=client.delay_days if client else 0),
        )
    for reader in _in_transaction.get(code, ()):
        reader(event)
    enqueue(tasks.deliver, event.agency_id, event.pk)
    return event
