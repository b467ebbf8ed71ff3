"""Logging time: by hand, from the timer, for the people of a protocol."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Client, Member, Project
from portal.tenancy.models.access import projects_open_to
from worklog.actions import kinds
from worklog.actions.months import hold_open
from worklog.days import Stretch
from worklog.events import LOGGED, WAITS
from worklog.models import (
    Charge,
    Source,
    WorkBudget,
    WorkEntry,
    WorkKind,
    WorkNote,
    can_be_logged_by,
)
from worklog.showing import shown_from


@transaction.atomic
def log(
    client: Client,
    work: Sequence[Stretch],
    *,
    by: Member,
    kind: str,
    text: str,
    project: Project | None = None,
    member: Member | None = None,
    charge: str = "",
    note: str = "",
    source: str = Source.HAND,
    subject: tuple[str, int] | None = None,
    import_key: str = "",
    is_doubtful: bool = False,
) -> list[WorkEntry]:
    """Write down work, one entry for each stretch. kind: the name of an offered one; member: whose time, if not one's own.

    subject: ("app.model", id) of what it was for. Without a charge it counts as what was agreed. Written with the agency's sight,
    because its provider sees neither rules nor closings. is_doubtful: a manager looks at it before the client does, whatever the
    rules say. Raises `MonthClosed`.
    """
    member = member or by
    check(by, client, project, member)
    with tenant(client.agency_id):
        hold_open(client, (stretch.day for stretch in work), by=by)
        words: dict[str, Any] = {"kind": kinds.named(client.agency, kind), "text": text, "project": project}
        words |= {"source": source, "import_key": import_key, "member": member, "by": by}
        words["subject_type"], words["subject_id"] = subject or ("", None)
        words["doubted_at"] = timezone.now() if is_doubtful else None
        rows = [_write(client, stretch, charge=charge, **words) for stretch in work]
        if any(row.is_waiting for row in rows):
            tell_of_waiting(rows[0], by=by, but=rows)
        if note and by.is_specialist:
            annotate(rows, note, by=by)
    return rows


def check(by: Member, client: Client, project: Project | None, member: Member) -> None:
    """Raises PermissionDenied for whoever must not log this."""
    if by.agency_id != client.agency_id or not can_be_logged_by(by, client):
        raise PermissionDenied
    if project and project.client_id != client.pk:
        raise PermissionDenied
    if by.is_vendor and (project is None or project.pk not in projects_open_to(by, client)):
        raise PermissionDenied
    if member.pk != by.pk and not (by.is_specialist and member.is_specialist and member.agency_id == by.agency_id):
        raise PermissionDenied


def annotate(rows: Sequence[WorkEntry], text: str, *, by: Member) -> None:
    """The internal note of these entries from now on; "" takes it away."""
    old = WorkNote.objects.filter(agency_id=by.agency_id, entry__in=[row.pk for row in rows])
    if not text:
        old.delete()
        return
    made = {"text": text, "written_by": by, "written_at": timezone.now()}
    for row in rows:
        WorkNote.objects.update_or_create(agency_id=row.agency_id, entry=row, defaults=made)


def tell_of_waiting(row: WorkEntry, *, by: Member, but: Sequence[WorkEntry] = ()) -> None:
    """Managers hear of the first entry that waits for them at this client; of more they are not told until that one is settled.

    but: what was logged at once with it.
    """
    others = WorkEntry.objects.filter(agency_id=row.agency_id).of(row.client).awaiting_approval()
    if not others.exclude(pk__in=[row.pk, *(other.pk for other in but)]).exists():
        record(WAITS, row, by=by, title=row.text, who=str(row.member))


def subject_of(row: models.Model) -> tuple[str, int]:
    """What names a row as the subject of an entry."""
    return row._meta.label_lower, row.pk


def agreed_charge(client: Client, project: Project | None, day: date) -> str:
    """In the retainer when a budget is in force in that month, for the project or the client as a whole; else billable."""
    rows = WorkBudget.objects.filter(agency_id=client.agency_id).of(client).in_force(day.replace(day=1))
    return Charge.RETAINER if rows.filter(Q(project=None) | Q(project=project)).exists() else Charge.BILLABLE


def _write(
    client: Client, stretch: Stretch, *, by: Member, member: Member, kind: WorkKind, project, charge: str, **words
) -> WorkEntry:
    row = WorkEntry.objects.create(
        agency_id=client.agency_id,
        client=client,
        project=project,
        member=member,
        vendor=member.vendor,
        kind=kind,
        spent_on=stretch.day,
        minutes=stretch.minutes,
        started_at=stretch.started_at,
        ended_at=stretch.ended_at,
        charge=charge or agreed_charge(client, project, stretch.day),
        logged_by=by,
        visible_from=None if words["doubted_at"] else shown_from(client, member, stretch.day),
        **words,
    )
    record(LOGGED, row, by=by, entry=row.pk, title=row.text, minutes=row.minutes)
    return row
