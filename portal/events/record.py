"""Writing events, and handing them to their readers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from portal.core.context import tenant
from portal.core.jobs import enqueue
from portal.events import tasks
from portal.events.embargo import delayed
from portal.events.kinds import kind_of
from portal.events.models import Event, Revision
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
    kind, client = kind_of(code), client or getattr(subject, "client", None)
    with tenant(subject.agency_id):
        event = Event.objects.create(
            **_about(subject, client),
            **_when(happened_at or timezone.now(), client),
            actor=by,
            side=side or (by.side if by else "agency"),
            kind=code,
            area=area or kind.area,
            payload={"client": client.slug if client else "", **payload},
            internal=kind.internal if internal is None else internal,
        )
        if kind.amends:
            _amend_earlier(event, kind.amends)
    return _handed_out(event)


def amend(event: Event, *, by: Member | None, old: dict[str, Any] | None = None, **payload: Any) -> Event:
    """Say something else from now on, and keep what was said (red-line). old: earlier words that stand elsewhere.

    Nothing happens when nothing is different.
    """
    was = {key: event.payload.get(key, "") for key, value in payload.items() if event.payload.get(key) != value}
    was |= old or {}
    if not was:
        return event
    with tenant(event.agency_id):
        now = timezone.now()
        Revision.objects.create(
            agency_id=event.agency_id,
            event=event,
            old=was,
            changed_at=now,
            changed_by=by,
            is_internal=event.internal or event.visible_from > now,
        )
        event.payload, event.changed_at = {**event.payload, **payload}, now
        event.save(update_fields=["payload", "changed_at"])
    return event


def _amend_earlier(event: Event, code: str) -> None:
    """The first event of that kind about the same subject takes over the words that both have."""
    same = {"agency_id": event.agency_id, "client_id": event.client_id, "kind": code, "subject_id": event.subject_id}
    earlier = Event.objects.filter(**same, subject_type=event.subject_type).order_by("pk").first()
    if earlier:
        amend(earlier, by=event.actor, **{key: event.payload[key] for key in earlier.payload if key in event.payload})


def _about(subject: Any, client: Client | None) -> dict[str, Any]:
    return {
        "agency_id": subject.agency_id,
        "client": client,
        "project_id": getattr(subject, "project_id", None),
        "subject_type": subject._meta.label_lower,
        "subject_id": subject.pk,
    }


def _when(happened_at: datetime, client: Client | None) -> dict[str, datetime]:
    return {"happened_at": happened_at, "visible_from": delayed(happened_at, client)}


def _handed_out(event: Event) -> Event:
    for reader in _in_transaction.get(event.kind, ()):
        reader(event)
    enqueue(tasks.deliver, event.agency_id, event.pk)
    return event
