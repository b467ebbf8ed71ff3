"""Work becomes lines of an invoice; what is invoiced is final, until the invoice is taken back whole."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from invoices.actions import drafting
from invoices.behind import Source, Work
from invoices.defaults import defaults_of
from invoices.models import Invoice, LineWork
from portal.core.context import tenant
from portal.tenancy.models import Client, Member
from worklog.charging import KIND, Taken, chargeable, shown, take, works_of
from worklog.models import WorkEntry
from worklog.questions import invoiceable


class NothingToCharge(Exception):
    """No entry of the period may be charged."""


@transaction.atomic
def draft(
    client: Client, first: date, last: date, *, by: Member, group: str, title: str, with_retainer: bool = False
) -> Invoice:
    """A draft with all work of the period that may be charged. group: as in charging. Raises NothingToCharge."""
    with tenant(client.agency_id):
        if by.agency_id != client.agency_id or not by.can("money"):
            raise PermissionDenied
        _hold(client, first, last)
        words: dict[str, Any] = {"by": group, "reader": by, "currency": defaults_of(client).currency}
        taken = take(client, first, last, with_retainer=with_retainer, **words)
        if not taken.parts:
            raise NothingToCharge
        chosen: dict[str, Any] = {"title": title, "work_group": group, "with_retainer": with_retainer}
        return drafting.draft(client, taken.parts, by=by, service_from=first, service_until=last, **chosen)


@transaction.atomic
def renew(invoice: Invoice, *, by: Member, group: str, with_retainer: bool = False) -> Invoice:
    """The draft's lines from work, made anew from what may be charged now."""
    with tenant(invoice.agency_id):
        row = drafting.locked_draft(invoice, by)
        drafting.replace_work(row, [], by=by)
        _hold(row.client, row.service_from, row.service_until)
        words: dict[str, Any] = {"by": group, "reader": by, "currency": row.currency}
        taken = take(row.client, row.service_from, row.service_until, with_retainer=with_retainer, **words)
        return drafting.replace_work(row, taken.parts, by=by, work_group=group, with_retainer=with_retainer)


def left_out(invoice: Invoice, *, reader: Member) -> Taken:
    """What of the draft's period could still be charged, or not yet."""
    with tenant(invoice.agency_id):
        words: dict[str, Any] = {"by": invoice.work_group or KIND, "reader": reader, "currency": invoice.currency}
        words["with_retainer"] = invoice.with_retainer
        return take(invoice.client, invoice.service_from, invoice.service_until, **words)


def current(agency_id: int, entry_ids: list[int]) -> dict[int, Work]:
    """Those that may be charged now, as they are now; nobody changes them until the transaction ends."""
    rows: Any = WorkEntry.objects.filter(agency_id=agency_id, pk__in=entry_ids).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk"))
    return works_of(shown(invoiceable(rows)).with_names())


def charged(rows: Iterable[LineWork]) -> None:
    """They are part of an issued invoice."""
    now, of_line = timezone.now(), defaultdict(list)
    for row in rows:
        of_line[row.agency_id, row.line_id].append(row.entry_id)
    for (agency_id, line_id), entry_ids in of_line.items():
        entries = WorkEntry.objects.filter(agency_id=agency_id, pk__in=entry_ids)
        entries.update(invoiced_at=now, invoice_line_id=line_id)


def freed(agency_id: int, entry_ids: list[int]) -> None:
    """The invoice was taken back whole."""
    rows = WorkEntry.objects.filter(agency_id=agency_id, pk__in=entry_ids)
    rows.update(invoiced_at=None, invoice_line_id=None)


SOURCE = Source(current, charged, freed)


def _hold(client: Client, first: date, last: date) -> None:
    """Two who draft at once take no entry twice: the second one waits and finds less."""
    rows = chargeable(client, first, last, with_retainer=True).order_by("pk").select_for_update(of=("self",))
    list(rows.values_list("pk"))
