"""Please explain: somebody of the client asks about an entry, the agency answers, and until it is released it is not invoiced."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.business_time import BusinessCalendar
from portal.core.context import tenant
from portal.events.record import record
from portal.notifications.actions import mark_read_about
from portal.tenancy.calendars import calendar_of
from portal.tenancy.models import Member
from worklog.actions.tracing import mark_of
from worklog.client_events import ANSWERED, ASKED, RELEASED
from worklog.models import Explanation, ExplanationPost, WorkEntry
from worklog.questions import can_be_answered_by, can_be_asked_by, can_be_posted_by, can_be_released_by

SILENCE_DAYS = 5
"""Business days after an answer that release an entry by themselves."""


class Outdated(Exception):
    """The entry says something else since it was on the screen."""


class TooMany(Exception):
    """There is no room for one more post, see worklog.questions."""


@transaction.atomic
def ask(entry: WorkEntry, text: str, *, by: Member) -> Explanation:
    """From now on the entry is not invoiced. Asked again, it waits for a new answer. Raises `TooMany`."""
    with tenant(entry.agency_id):
        row = _locked(entry.pk)
        if row.agency_id != by.agency_id or not can_be_asked_by(row, by):
            raise PermissionDenied
        found, is_new = Explanation.objects.get_or_create(
            agency_id=row.agency_id, entry=row, defaults={"asked_by": by, "asked_at": timezone.now()}
        )
        if not is_new:
            found.asked_at, found.asked_by = timezone.now(), by
            found.answered_at = found.due_on = found.released_at = found.released_by = None
            found.save()
        _post(found, text, by=by)
        record(ASKED, row, by=by, entry=row.pk, title=row.text)
    return found


@transaction.atomic
def answer(explanation: Explanation, text: str, *, by: Member) -> Explanation:
    """Say why. The client releases the entry, or five business days of silence do. Raises `TooMany`."""
    with tenant(explanation.agency_id):
        row, found = _both(explanation.pk)
        if row.agency_id != by.agency_id or not can_be_answered_by(found, row, by):
            raise PermissionDenied
        found.answered_at = timezone.now()
        found.due_on = _due_of(row)
        found.save(update_fields=["answered_at", "due_on"])
        _post(found, text, by=by)
        record(ANSWERED, row, by=by, entry=row.pk, title=row.text)
    return found


@transaction.atomic
def release(explanation: Explanation, *, by: Member, seen: str = "") -> Explanation:
    """The client is content; the entry may be invoiced. Safe to call twice. seen: `mark_of` what was read. Raises Outdated."""
    with tenant(explanation.agency_id):
        row, found = _both(explanation.pk)
        if row.agency_id != by.agency_id or not can_be_released_by(row, by):
            raise PermissionDenied
        if seen and seen != mark_of(row):
            raise Outdated
        _release(row, found, by=by)
    mark_read_about(by, row)
    return found


def silent() -> list[tuple[int, int]]:
    """(agency id, id) of answered questions whose day has come, by the earliest clock there is. Reads through `maint`."""
    tomorrow = timezone.now().date() + timedelta(days=1)
    rows = Explanation.objects.using("maint").filter(released_at=None, due_on__lte=tomorrow)
    return list(rows.order_by("pk").values_list("agency_id", "pk"))


@transaction.atomic
def release_by_silence(pk: int) -> bool:
    """Nobody of the client has said anything since the answer. Returns whether that was so."""
    row, found = _both(pk)
    today = calendar_of(row.client.agency).local(timezone.now()).date()
    if found.released_at or found.due_on is None or found.due_on > today:
        return False
    _release(row, found, by=None)
    return True


def begin_silence_anew(row: WorkEntry) -> None:
    """It says something else than what was explained: nobody releases that by a silence that began before.

    Call with the agency's sight, for an entry that is locked.
    """
    answered = Explanation.objects.filter(agency_id=row.agency_id, entry=row, released_at=None)
    answered.exclude(answered_at=None).update(due_on=_due_of(row))


def silence_ends_on(calendar: BusinessCalendar, day: date) -> date:
    """The day after five business days; the day of the answer is none of them. Without business days, five days."""
    left, end = SILENCE_DAYS, day
    for _number in range(366):
        if left == 0:
            break
        end += timedelta(days=1)
        left -= calendar.is_business_day(end)
    return end + timedelta(days=1) if left == 0 else day + timedelta(days=SILENCE_DAYS + 1)


def _due_of(row: WorkEntry) -> date:
    """The end of a silence that begins now."""
    calendar = calendar_of(row.client.agency)
    return silence_ends_on(calendar, calendar.local(timezone.now()).date())


def _release(row: WorkEntry, found: Explanation, *, by: Member | None) -> None:
    if found.released_at:
        return
    found.released_at, found.released_by = timezone.now(), by
    found.save(update_fields=["released_at", "released_by"])
    record(RELEASED, row, by=by, entry=row.pk, title=row.text)


def _post(found: Explanation, text: str, *, by: Member) -> None:
    if not can_be_posted_by(found, by):
        raise TooMany
    ExplanationPost.objects.create(agency_id=found.agency_id, explanation=found, text=text, posted_by=by)


def _locked(pk: int) -> WorkEntry:
    """The entry is locked first, as by whoever invoices it."""
    rows = WorkEntry.objects.select_related("client__agency", "member", "vendor")
    return rows.select_for_update(of=("self",)).get(pk=pk)


def _both(pk: int) -> tuple[WorkEntry, Explanation]:
    entry_id = Explanation.objects.values_list("entry_id", flat=True).get(pk=pk)
    return _locked(entry_id), Explanation.objects.select_for_update().get(pk=pk)
