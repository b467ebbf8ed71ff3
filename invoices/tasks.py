"""What is done after an invoice was issued: its papers, reminders, and the nightly examination of the money."""

from contextlib import suppress

from django.utils import timezone

from invoices.actions import checking, making, reminding
from invoices.actions.reminding import NothingToRemind
from invoices.models import Invoice, InvoiceDocument
from portal.core.jobs import enqueue, wake
from portal.tenancy.tasks import cross_tenant_task, tenant_task

MOST_AT_ONCE = 50


@tenant_task(atomic=False)
def make_paper(agency_id: int, document_id: int) -> None:
    making.attempt(agency_id, document_id)


@cross_tenant_task
def make_papers() -> None:
    """Wake the papers that are not made yet and whose time has come."""
    rows = InvoiceDocument.objects.using("maint").filter(file=None, next_try_at__lte=timezone.now())
    wake(make_paper, rows.order_by("next_try_at").values_list("agency_id", "pk", "tries")[:MOST_AT_ONCE])


@tenant_task
def remind(agency_id: int, invoice_id: int) -> None:
    with suppress(NothingToRemind):
        reminding.remind(Invoice.objects.get(agency_id=agency_id, pk=invoice_id), by=None, only_due=True)


@cross_tenant_task
def remind_all() -> None:
    """Wake the reminders whose day has come."""
    for row in reminding.due():
        enqueue(remind, *row)


@cross_tenant_task
def check_money() -> None:
    checking.examine()
