"""Reminders: three tiers, each at most once for an invoice, stopped by payment."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from invoices.actions.settling import locked
from invoices.days import day_of, today_of
from invoices.models import (
    Invoice,
    InvoiceDocument,
    Kind,
    PaperKind,
    Reminder,
    ReminderPolicy,
    ReminderTier,
    may_settle,
)
from invoices.models.reminders import TIERS, USUAL_DAYS, goes_by_itself
from invoices.payment_events import REMINDED
from invoices.reminder_letters import recipients_of, words_of, write
from portal.core.context import tenant
from portal.core.zones import zone
from portal.events.record import record
from portal.tenancy.models import Agency, Member

MORNING = 8
"""The hour from which they go out, by the agency's clock."""


class NothingToRemind(Exception):
    """Nothing is overdue, or all tiers were sent. `code`: paid, early, all, sent, paper, nobody."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def tiers_of(agency_id: int, using: str = "default") -> list[ReminderTier]:
    """The three tiers as the agency has set them, else as usual."""
    found = {row.tier: row for row in ReminderTier.objects.using(using).filter(agency_id=agency_id)}
    return [found.get(tier) or ReminderTier(agency_id=agency_id, tier=tier, days=USUAL_DAYS[tier]) for tier in TIERS]


def next_of(
    invoice: Invoice, sent: Sequence[Reminder], tiers: Sequence[ReminderTier]
) -> tuple[ReminderTier, date] | None:
    """The tier that comes next and its day; None when all were sent. Needs the client's agency.

    Between two lie the days that lie between their tiers.
    """
    if len(sent) >= len(tiers) or invoice.due_on is None:
        return None
    tier, day = tiers[len(sent)], invoice.due_on + timedelta(days=tiers[len(sent)].days)
    if sent:
        gap = max(1, tier.days - tiers[len(sent) - 1].days)
        last = day_of(max(row.sent_at for row in sent), invoice.client.agency)
        day = max(day, last + timedelta(days=gap))
    return tier, day


def due(*, using: str = "maint") -> list[tuple[int, int]]:
    """(agency id, invoice id) of reminders whose day has come, of agencies that want them sent. using: the role that reads."""
    found = []
    for policy in ReminderPolicy.objects.using(using).filter(automatic_since__isnull=False).select_related("agency"):
        local = timezone.localtime(timezone=zone(policy.agency.time_zone))
        if local.hour >= MORNING:
            found += [(policy.agency_id, pk) for pk in _due_of(policy.agency, local, using)]
    return found


def _due_of(agency: Agency, local: datetime, using: str) -> list[int]:
    tiers, today = tiers_of(agency.pk, using), local.date()
    rows = Invoice.objects.using(using).filter(goes_by_itself(), agency_id=agency.pk, issuer=None).overdue(on=today)
    invoices = rows.select_related("client__agency").prefetch_related("reminders")
    steps = ((invoice, next_of(invoice, list(invoice.reminders.all()), tiers)) for invoice in invoices)
    return [invoice.pk for invoice, step in steps if step and step[1] <= today]


@transaction.atomic
def remind(invoice: Invoice, *, by: Member | None, only_due: bool = False, tier: int | None = None) -> Reminder:
    """Send the next tier now, with the PDF. only_due: not before its day; tier: only this one, as it was shown.

    Raises NothingToRemind; nothing has happened then.
    """
    with tenant(invoice.agency_id):
        row = locked(invoice)
        if by is not None and not may_settle(by, row.client, row.issuer_id):
            raise PermissionDenied
        step, paper = _step(row, only_due, tier), _paper(row)
        people, addresses = recipients_of(row)
        if not (people or addresses):
            raise NothingToRemind("nobody")
        heading, text = words_of(row, step)
        said = {"heading": heading, "text": text, "fee": step.fee, "open_amount": row.open_amount}
        reminder = Reminder.objects.create(agency_id=row.agency_id, invoice=row, tier=step.tier, sent_by=by, **said)
        record(REMINDED, row, by=by, number=row.number, tier=step.tier)
        write(reminder, row, paper, people, addresses)
    return reminder


def _step(row: Invoice, only_due: bool, wanted: int | None) -> ReminderTier:
    """The tier to send. wanted: whoever clicks twice means one reminder, not the first and the second."""
    today = today_of(row.client.agency)
    if row.kind != Kind.INVOICE or row.issuer_id is not None or not row.open_amount:
        raise NothingToRemind("paid")
    if not row.is_overdue(today):
        raise NothingToRemind("early")
    step = next_of(row, list(row.reminders.all()), tiers_of(row.agency_id))
    if step is None:
        raise NothingToRemind("all")
    if wanted not in (None, step[0].tier):
        raise NothingToRemind("sent")
    if only_due and step[1] > today:
        raise NothingToRemind("early")
    return step[0]


def _paper(row: Invoice):
    papers = InvoiceDocument.objects.filter(invoice=row, kind=PaperKind.PDF, file__isnull=False).select_related("file")
    found = papers.first()
    if found is None:
        raise NothingToRemind("paper")
    return found.file


def may_rule(member: Member) -> bool:
    """Who says how the agency reminds."""
    return member.is_specialist and member.can("manage_agency") and member.can("money")


@transaction.atomic
def set_rules(agency: Agency, tiers: Sequence[dict[str, Any]], *, by: Member, automatic: bool) -> None:
    """Days, fees and texts of the three tiers, and whether they go out by themselves. tiers: with `tier` and its words."""
    if not may_rule(by):
        raise PermissionDenied
    policy, _is_new = ReminderPolicy.objects.select_for_update().get_or_create(agency=agency)
    if automatic != (policy.automatic_since is not None):
        policy.automatic_since = timezone.now() if automatic else None
        policy.save(update_fields=["automatic_since"])
    for words in tiers:
        ReminderTier.objects.update_or_create(agency=agency, tier=words["tier"], defaults=words)
