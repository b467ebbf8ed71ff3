"""What happens with invoices, and who is told of it. No sum stands in an event or a mail: who may see sums opens the invoice."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice
from portal.core.formats import format_date
from portal.events.kinds import Kind, Said
from portal.events.models import Event
from portal.notifications.audience import everybody, readers
from portal.tenancy.models import Member

ISSUED, CREDITED, READ = "invoice.issued", "credit.issued", "invoice.read"


def _contacts(event: Event) -> QuerySet[Member]:
    return readers(event).filter(kind="contact")


def _accountants(event: Event) -> QuerySet[Member]:
    """The account manager, if the role sees sums."""
    manager = event.client.manager_id if event.client else None
    return everybody(event).filter(pk=manager, role__permissions__contains=["money"])


def _invoice(event: Event) -> str:
    return reverse("invoices:detail", args=[event.payload["client"], event.payload["invoice"]])


def _about(event: Event, member: Member) -> Said | None:
    """What it is for, and until when it is to be paid: a number alone says nothing to whoever has to pay."""
    invoices = Invoice.objects.visible_to(member).filter(pk=event.payload["invoice"])
    invoice = invoices.select_related("client__agency").first()
    if invoice is None:
        return None
    due = gettext("due on %(day)s") % {"day": format_date(invoice.due_on)} if invoice.due_on else ""
    words = [part for part in (invoice.title, invoice.reason, due) if part]
    return Said(invoice.client.agency.name, ", ".join(words))


OF_MONEY: dict[str, Any] = {"area": "money", "icon": "invoice", "timeline": False, "link": _invoice}
KINDS = (
    Kind(
        ISSUED,
        _("A new invoice: %(number)s"),
        label=_("New invoices"),
        quote=_about,
        told=_contacts,
        members=("contact",),
        **OF_MONEY,
    ),
    Kind(
        CREDITED,
        _("A new credit note: %(number)s"),
        label=_("New credit notes"),
        quote=_about,
        told=_contacts,
        members=("contact",),
        **OF_MONEY,
    ),
    Kind(
        READ,
        _("Read by the client: invoice %(number)s"),
        label=_("Invoices that the client has read"),
        told=_accountants,
        members=("specialist",),
        internal=True,
        **OF_MONEY,
    ),
)
