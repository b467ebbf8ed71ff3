"""Issue: one transaction gives the number, copies both sides, writes the taxes and freezes it all."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from invoices import behind, numbering
from invoices.actions import drafting, printing
from invoices.checks import hindrances, made_here
from invoices.days import today_of
from invoices.defaults import billing_of, profile_of
from invoices.events import CREDITED, ISSUED
from invoices.models import BillingData, Invoice, InvoiceTax, LineWork, TaxProfile
from invoices.papers.einvoice import cii_of
from invoices.sums import Totals
from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Member


class NotReady(Exception):
    """What stands in the way, in words."""

    def __init__(self, words: list[str]):
        super().__init__(*words)
        self.words = words


@transaction.atomic
def issue(invoice: Invoice, *, by: Member, on: date | None = None, seen: datetime | None = None) -> Invoice:
    """From now on nobody changes it. on: its date, today by the agency's clock unless told; never before the last one's.

    seen: `changed_at` of the draft that somebody looked at. Raises NotReady, WorkChanged (the work behind it is not what
    it was), AlreadyIssued, DraftChanged.
    """
    with tenant(invoice.agency_id):
        row = drafting.locked_draft(invoice, by)
        if seen not in (None, row.changed_at):
            raise drafting.DraftChanged
        drafting.drop_own_rate(row)
        profile, billing = profile_of(row.agency_id), billing_of(row.client)
        day = on or today_of(row.client.agency)
        last_on = made_here(row.agency_id).values_list("issued_on", flat=True).first()
        if words := hindrances(row, list(row.lines.all()), profile, billing, on=day, last_on=last_on):
            raise NotReady(words)
        work = list(LineWork.objects.filter(agency_id=row.agency_id, invoice=row))
        behind.confirm(row.agency_id, work)
        freeze(row, profile, billing, by=by, on=day)
        behind.mark_charged(work)
        tell(row, by=by)
    return row


def freeze(
    row: Invoice,
    profile: TaxProfile,
    billing: BillingData,
    *,
    by: Member | None,
    on: date,
    totals: Totals | None = None,
) -> None:
    """Sums first, the number last: until the transaction ends, others who issue wait for it. Raises NotReady.

    totals: unless they are just those of its lines.
    """
    _tax(row, drafting.carry(row, totals) if totals else drafting.recount(row))
    put_sides(row, profile, billing)
    row.issued_on, row.due_on = on, on + timedelta(days=row.terms_days)
    row.issued_at, row.issued_by = timezone.now(), by
    if not row.gross:
        row.settled_on = on  # nothing is to be paid
    row.series = profile.credit_series if row.is_credit else profile.series
    row.year = on.year
    row.sequence = numbering.next_of(row.agency_id, row.series, on.year)
    row.number = numbering.number_of(row.series, on.year, row.sequence)
    row.save()
    _try_data(row)
    printing.order(row)


def put_sides(row: Invoice, profile: TaxProfile, billing: BillingData) -> None:
    """Both sides as its papers have them from now on."""
    row.seller = profile.snapshot() | {"books_currency": row.client.agency.currency}
    row.buyer = billing.snapshot()


def _try_data(row: Invoice) -> None:
    """What no machine could read is not issued: afterwards nobody could mend it."""
    try:
        with translation.override(row.language):
            cii_of(row)
    except Exception as error:  # factur-x raises nothing closer when its schema refuses
        words = _("The data of the invoice cannot be written. Look for unusual signs in its texts and addresses.")
        raise NotReady([words]) from error


def tell(row: Invoice, *, by: Member | None, **more: Any) -> None:
    """Sums stay out of what is told: whoever may see them opens it."""
    kind = CREDITED if row.is_credit else ISSUED
    record(kind, row, by=by, invoice=row.pk, number=row.number, title=row.title, **more)


def _tax(row: Invoice, totals: Totals) -> Iterable[InvoiceTax]:
    return InvoiceTax.objects.bulk_create(
        InvoiceTax(agency_id=row.agency_id, invoice=row, **vars(tax)) for tax in totals.taxes
    )
