"""The timer: at most one per person, however many tabs start it at the same moment."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.core.zones import zone
from portal.tenancy.models import Client, Member, Project
from worklog.actions import kinds
from worklog.actions.logging import check, log
from worklog.days import split
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


def _locked(by: Member) -> Timer | None:
    """The running timer. The person is locked first, so that whoever starts at the same moment waits and then finds it."""
    Member.objects.select_for_update(no_key=True).get(pk=by.pk)
    rows = Timer.objects.select_related("client__agency", "project", "kind").select_for_update(of=("self",))
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
    if not work:
        return []
    subject = (timer.subject_type, timer.subject_id) if timer.subject_id else None
    words = {"kind": timer.kind.name, "text": timer.text, "project": timer.project, "subject": subject}
    return log(timer.client, work, by=by, source=Source.TIMER, **words)
