"""Where invoices stand in the menu."""

from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice
from portal.tenancy.navigation import Entry


def _open(member, client):
    """What the client has still to pay to the agency."""
    return Invoice.objects.visible_to(member).of(client).unsettled().filter(issuer=None)


def _is_provider(member) -> bool:
    """Of a company that the client engaged itself."""
    return member.engaged_by_id is not None


ENTRIES = (
    Entry(
        "invoice_desk:index",
        "invoice",
        _("Invoices"),
        kinds=("specialist",),
        permission="money",
        order=60,
        namespace="invoice_desk",
        pages=("bank:index", "bank:file", "reminders:index", "reminders:rules"),
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
        pages=("settling:statement", "settling:receive", "settling:payment", "settling:outside", "settling:bring"),
        tone="warn",
        unread=_open,
    ),
    Entry(
        "settling:outside",
        "invoice",
        _("Your invoices"),
        kinds=("vendor",),
        of_client=True,
        group="center",
        order=240,
        pages=("settling:bring",),
        only=_is_provider,
    ),
)
