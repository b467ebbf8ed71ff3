"""What is done after an invoice was issued: its papers."""

from django.utils import timezone

from invoices.actions import making
from invoices.models import InvoiceDocument
from portal.core.jobs import wake
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
