"""A cell of the week's sheet is filled in: a new entry, or other minutes of the one that is there."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.tenancy.models import Member
from worklog.actions.correcting import correct
from worklog.actions.logging import log
from worklog.choosing import Place
from worklog.days import Stretch, stretches
from worklog.durations import Typed
from worklog.models import Source, WorkEntry


class Crowded(Exception):
    """Several entries are behind the cell, or none can be there: one of them has to be opened."""


@transaction.atomic
def fill(place: Place, kind: str, day: date, typed: Typed, *, by: Member) -> tuple[list[WorkEntry], Stretch | None]:
    """What was logged or changed, and the time before (None when it is new). Raises `Crowded` and `MonthClosed`.

    A new entry is called as its kind until somebody says more. The person is locked first, so that whoever fills the same cell at
    the same moment waits and then finds the entry.
    """
    with tenant(by.agency_id):
        Member.objects.select_for_update(no_key=True).get(pk=by.pk)
    work = stretches(day, typed, timezone.get_current_timezone())  # type: ignore[arg-type]
    mine = WorkEntry.objects.visible_to(by).by_member(by).standing().on(day).of(place.client)
    rows = list(mine.filter(project=place.project, kind__name=kind)[:2])
    if not work or len(rows) > 1 or (rows and len(work) > 1):
        raise Crowded
    if not rows:
        return log(place.client, work, by=by, kind=kind, text=kind, project=place.project, source=Source.WEEK), None
    (row,), (stretch,) = rows, work
    was = Stretch(day, row.minutes, row.started_at, row.ended_at)
    span: dict[str, Any] = {"started_at": stretch.started_at, "ended_at": stretch.ended_at}
    if typed.start is None:
        span = {}
    return [correct(row, by=by, minutes=stretch.minutes, **span)], was
