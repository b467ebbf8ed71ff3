"""The timer: at most one per person, however many tabs start it at the same moment."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.core.formats import format_minutes
from portal.events.record import record
from portal.tenancy.models import Client, Member, Project
from worklog.actions import kinds
from worklog.actions.logging import check, log
from worklog.actions.months import MonthClosed
from worklog.days import MINUTE, Stretch, split, zone_of
from worklog.events import TIMER_ASKS, TIMER_LEFT
from worklog.models import Source, Timer, WorkEntry


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
            _end(running, by, timezone.now(), is_doubtful=running.is_doubtful)
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

    at: when it really stopped. Whoever says nothing of that after ten hours that nobody vouched for logs what a manager looks at
    first. Empty when nothing ran, or for less than a minute. Raises `Incomplete` and `MonthClosed`.
    """
    with tenant(by.agency_id):
        timer = _locked(by)
        if timer is None:
            return []
        _take(timer, words)
        is_doubtful = at is None and timer.is_doubtful
        return _end(timer, by, min(at or timezone.now(), timezone.now()), is_doubtful=is_doubtful)


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


@transaction.atomic
def leave(member: Member) -> None:
    """The person's place ends. What ran is logged as far as that can be, for a manager to find the words and to approve it."""
    with tenant(member.agency_id):
        timer = _locked(member)
        if timer is None:
            return
        work = split(timer.started_at, timezone.now(), zone_of(member))
        if not timer.is_complete and not member.is_vendor:
            timer.kind = timer.kind or kinds.first(member.agency)
            timer.text = timer.text or timer.kind.name
        try:
            with transaction.atomic():
                _end(timer, member, timezone.now(), is_doubtful=not member.is_vendor)
        except (Incomplete, PermissionDenied):
            _let_go(timer, work)


def due() -> list[tuple[int, int]]:
    """(agency id, member id) of timers that ran over midnight, or for so long that one asks. Reads through `maint`."""
    rows = Timer.objects.using("maint").select_related("member__user", "member__agency")
    rows = rows.filter(member__ended_at=None, member__user__is_active=True)
    return [(timer.agency_id, timer.member_id) for timer in rows if _is_over_midnight(timer) or timer.is_to_ask]


@transaction.atomic
def tend(*, by: Member) -> None:
    """Log the days that are over, and go on; ask once whether it still runs. Safe to call twice.

    The timer of somebody who may not log there any more is stopped, and that is told.
    """
    timer = _locked(by)
    if timer and _is_over_midnight(timer) and timer.is_complete and not _log_past_days(timer, by):
        _let_go(timer, split(timer.started_at, timezone.now(), zone_of(by)))
    elif timer and timer.is_to_ask:
        timer.asked_at = timezone.now()
        timer.save(update_fields=["asked_at"])
        record(TIMER_ASKS, by, by=None)


def _log_past_days(timer: Timer, by: Member) -> bool:
    """What lies before the last midnight becomes entries; the timer goes on from there. A closed month leaves it as it is.

    Returns whether the person may still log there.
    """
    work = split(timer.started_at, timezone.now(), zone_of(by))
    try:
        with transaction.atomic():
            _log(timer, work[:-1], by, is_doubtful=timer.is_doubtful)
    except MonthClosed:
        return True
    except PermissionDenied:
        return False
    timer.confirmed_at = timer.vouched_at
    timer.started_at = work[-1].started_at or timer.started_at
    timer.save(update_fields=["started_at", "confirmed_at"])
    return True


def _let_go(timer: Timer, work: list[Stretch]) -> None:
    """It ran for nothing that can be logged; its person and the managers hear how long.

    A vendor may have lost the client with it, and hears of what is about oneself only when it names no client.
    """
    member, time = timer.member, format_minutes(sum(stretch.minutes for stretch in work))
    client = timer.client if member.is_specialist else None
    record(TIMER_LEFT, member, by=None, client=client, who=str(member), time=time, text=timer.text)
    Timer.objects.filter(agency_id=member.agency_id, member=member).delete()


def _is_over_midnight(timer: Timer) -> bool:
    clock = zone_of(timer.member)
    return timezone.localdate(timer.started_at, clock) < timezone.localdate(timezone=clock)


def _locked(by: Member) -> Timer | None:
    """The running timer. The person is locked first, so that whoever starts at the same moment waits and then finds it."""
    Member.objects.select_for_update(no_key=True).get(pk=by.pk)
    rows = Timer.objects.select_related("client__agency", "project", "kind", "member__user", "member__agency", "agency")
    rows = rows.select_for_update(of=("self",))
    return rows.filter(agency_id=by.agency_id, member=by).first()


def _take(timer: Timer, words: dict[str, Any]) -> None:
    if words.get("kind"):
        timer.kind = kinds.named(timer.agency, words["kind"])
    before = timer.client_id
    for name in ("client", "project", "text"):
        if name in words:
            setattr(timer, name, words[name])
    if timer.client_id != before:  # a ticket belongs to one client
        timer.subject_type, timer.subject_id = "", None


def _end(timer: Timer, by: Member, at: datetime, *, is_doubtful: bool) -> list[WorkEntry]:
    work = split(timer.started_at, at, zone_of(by)) if at - timer.started_at >= MINUTE else []
    if work and not timer.is_complete:
        raise Incomplete
    made = _log(timer, work, by, is_doubtful=is_doubtful) if work else []
    timer.delete()
    return made


def _log(timer: Timer, work: list[Stretch], by: Member, *, is_doubtful: bool) -> list[WorkEntry]:
    subject = (timer.subject_type, timer.subject_id) if timer.subject_id else None
    words = {"kind": timer.kind.name, "text": timer.text, "project": timer.project, "subject": subject}
    return log(timer.client, work, by=by, source=Source.TIMER, is_doubtful=is_doubtful, **words)
