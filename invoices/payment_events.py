"""What happens to the money. Sums stay out of what is told: whoever may see them opens the page."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.events.kinds import Kind
from portal.events.models import Event
from portal.notifications.audience import readers
from portal.tenancy.models import Member

RECEIVED, REVERSED, REFUNDED = "payment.received", "payment.reversed", "payment.refunded"
WAIVED, CLAIMED = "invoice.waived", "invoice.claimed"
REMINDED, BROUGHT = "invoice.reminded", "invoice.brought"
USED = "credit.used"


def _contacts(event: Event) -> QuerySet[Member]:
    return readers(event).filter(kind="contact")


def _statement(event: Event) -> str:
    return reverse("settling:statement", args=[event.payload["client"]])


def _invoice(event: Event) -> str:
    """Where it can be paid."""
    return reverse("invoices:detail", args=[event.payload["client"], event.subject_id])


MONEY: dict[str, Any] = {"area": "money", "icon": "wallet", "timeline": False, "link": _statement}
OF_ONE = MONEY | {"link": _invoice}
KINDS = (
    Kind(
        RECEIVED,
        _("Your payment for %(number)s has arrived. Thank you."),
        label=_("A payment that has arrived"),
        told=_contacts,
        members=("contact",),
        **MONEY,
    ),
    Kind(REVERSED, _("Payment for %(number)s reversed"), **MONEY),
    Kind(REFUNDED, _("Paid back: %(number)s"), **MONEY),
    Kind(WAIVED, _("Not asked for any more: the rest of %(number)s"), **MONEY),
    Kind(CLAIMED, _("Asked for again: the rest of %(number)s"), **MONEY),
    Kind(USED, _("Credit note %(number)s set off against %(invoice)s"), **MONEY),
    Kind(
        REMINDED,
        _("Reminder of invoice %(number)s"),
        label=_("Reminders of invoices"),
        told=_contacts,
        members=("contact",),
        has_own_mail=True,
        **OF_ONE,
    ),
    Kind(
        BROUGHT,
        _("New invoice %(number)s"),
        label=_("An invoice that was made elsewhere"),
        told=_contacts,
        members=("contact",),
        **OF_ONE,
    ),
)
