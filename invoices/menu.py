"""Where invoices stand in the menu."""

from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice
from portal.tenancy.navigation import Entry


def _open(member, client):
    """What the client has still to pay."""
    return Invoice.objects.visible_to(member).of(client).unsettled()


ENTRIES = (
    Entry(
        "invoice_desk:index",
        "invoice",
        _("Invoices"),
        kinds=("specialist",),
        permission="money",
        order=60,
        namespace="invoice_desk",
    ),
    Entry(
        "invoices:index",
        "invoice",
        _("Invoices"),
        kinds=("specialist", "contact"),
        of_client=True,
        area="money",
        group="center",
        order=240,
        namespace="invoices",
        tone="warn",
        unread=_open,
    ),
)
