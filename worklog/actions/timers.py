"""The timer: at most one per person, however many tabs start it at the same moment."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.core.zones import zone
from portal.events.record import record
from portal.tenancy.models import Client, Member, Project
from worklog.actions import kinds
from worklog.actions.logging import check, log
from worklog.actions.months import MonthClosed
from worklog.days import Stretch, split
from worklog.events import TIMER_ASKS
from worklog.models import Source, Timer, WorkEntry

ASKS_AFTER = timedelta(hours=10)
"""So long a timer runs before its person is asked whether it still does."""


class Incomplete(Exception):
    """The timer does not say yet for whom or what it ran."""


@transaction.atomic
def start(
    *,
    by: Member,
    client: Client | None = None,
    kind: str = "",
    text: str = "",
    project: Project | None = None,
    subject: tuple[str, int] | None = None,
) -> Timer:
    """Run from now on; what ran until now is logged. Raises `Incomplete` when it cannot be."""
    if client:
        check(by, client, project, by)
    elif by.is_contact or not by.can("write"):
        raise PermissionDenied
    with tenant(by.agency_id):
        running = _locked(by)
        if running:
            _end(running, by, timezone.now())
        subject_type, subject_id = subject or ("", None)
        return Timer.objects.create(
            agency_id=by.agency_id,
            member=by,
            client=client,
            project=project,
            kind=kinds.named(by.agency, kind) if kind else None,
            text=text,
            subject_type=subject_type,
            subject_id=subject_id,
        )


@transaction.atomic
def stop(*, by: Member, at: datetime | None = None, **words: Any) -> list[WorkEntry]:
    """Log what ran, one entry a day. words: client, project, kind, text, where the timer lacks them or they are others.

    Empty when nothing ran, or for less than a minute. Raises `Incomplete` and `MonthClosed`.
    """
    with tenant(by.agency_id):
        timer = _locked(by)
        if timer is None:
            return []
        _take(timer, words)
        return _end(timer, by, min(at or timezone.now(), timezone.now()))


@transaction.atomic
def describe(*, by: Member, **words: Any) -> Timer | None:
    """Say for whom and what it runs, while it runs."""
    with tenant(by.agency_id):
        timer = _locked(by)
        if timer:
            _take(timer, words)
            if timer.client:
                check(by, timer.client, timer.project, by)
            timer.save()
    return timer


@transaction.atomic
def discard(*, by: Member) -> None:
    """It ran for nothing."""
    with tenant(by.agency_id):
        Timer.objects.filter(agency_id=by.agency_id, member=by).delete()


@transaction.atomic
def confirm(*, by: Member) -> None:
    """It still runs."""
    with tenant(by.agency_id):
        Timer.objects.filter(agency_id=by.agency_id, member=by).update(confirmed_at=timezone.now())


def due() -> list[tuple[int, int]]:
    """(agency id, member id) of timers that ran over midnight, or for so long that one asks. Reads through `maint`."""
    rows = Timer.objects.using("maint").select_related("member__user", "agency")
    return [(timer.agency_id, timer.member_id) for timer in rows if _is_over_midnight(timer) or _is_to_ask(timer)]


@transaction.atomic
def tend(*, by: Member) -> None:
    """Log the days that are over, and go on; ask once whether it still runs. Safe to call twice."""
    timer = _locked(by)
    if timer and _is_over_midnight(timer) and timer.client and timer.kind and timer.text:
        _log_past_days(timer, by)
    if timer and _is_to_ask(timer):
        timer.asked_at = timezone.now()
        timer.save(update_fields=["asked_at"])
        record(TIMER_ASKS, by, by=None)


def _log_past_days(timer: Timer, by: Member) -> None:
    """What lies before the last midnight becomes entries; the timer goes on from there. A closed month leaves it as it is."""
    clock = zone(by.user.time_zone or by.agency.time_zone)
    work = split(timer.started_at, timezone.now(), clock)
    try:
        with transaction.atomic():
            _log(timer, work[:-1], by)
    except MonthClosed:
        return
    timer.confirmed_at = timer.confirmed_at or timer.started_at
    timer.started_at = work[-1].started_at or timer.started_at
    timer.save(update_fields=["started_at", "confirmed_at"])


def _is_over_midnight(timer: Timer) -> bool:
    clock = zone(timer.member.user.time_zone or timer.agency.time_zone)
    return timezone.localdate(timer.started_at, clock) < timezone.localdate(timezone=clock)


def _is_to_ask(timer: Timer) -> bool:
    last = max(timer.started_at, timer.confirmed_at or timer.started_at)
    return timezone.now() - last >= ASKS_AFTER and (timer.asked_at is None or timer.asked_at < last)


def _locked(by: Member) -> Timer | None:
    """The running timer. The person is locked first, so that whoever starts at the same moment waits and then finds it."""
    Member.objects.select_for_update(no_key=True).get(pk=by.pk)
    rows = Timer.objects.select_related("client__agency", "project", "kind", "member__user", "agency")
    rows = rows.select_for_update(of=("self",))
    return rows.filter(agency_id=by.agency_id, member=by).first()


def _take(timer: Timer, words: dict[str, Any]) -> None:
    if words.get("kind"):
        timer.kind = kinds.named(timer.agency, words["kind"])
    for name in ("client", "project", "text"):
        if name in words:
            setattr(timer, name, words[name])


def _end(timer: Timer, by: Member, at: datetime) -> list[WorkEntry]:
    work = split(timer.started_at, at, zone(by.user.time_zone or by.agency.time_zone))
    if work and not (timer.client and timer.kind and timer.text):
        raise Incomplete
    timer.delete()
    return _log(timer, work, by) if work else []


def _log(timer: Timer, work: list[Stretch], by: Member) -> list[WorkEntry]:
    subject = (timer.subject_type, timer.subject_id) if timer.subject_id else None
    words = {"kind": timer.kind.name, "text": timer.text, "project": timer.project, "subject": subject}
    return log(timer.client, work, by=by, source=Source.TIMER, **words)
