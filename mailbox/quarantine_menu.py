"""Where the page of mails that wait stands in the menu, with their number."""

from django.utils.translation import gettext_lazy as _

from mailbox.models import Mail
from portal.mail.models import InboundMail
from portal.tenancy.navigation import Entry


def _waiting(member, client):
    """Mails as they arrived that wait for a person, because they could not be filed or are held back."""
    held = Mail.held.visible_to(member).waiting().order_by().values("inbound_id")
    unfiled = InboundMail.objects.visible_to(member).in_quarantine().order_by().values("pk")
    return InboundMail.objects.visible_to(member).filter(pk__in=unfiled.union(held, all=True))


ENTRY = Entry(
    "quarantine:index",
    "inbox",
    _("Mails to sort"),
    kinds=("specialist",),
    permission="all_clients",
    order=60,
    namespace="quarantine",
    tone="warn",
    unread=_waiting,
)
