"""Where the pages of this app stand in the menu."""

from django.utils.translation import gettext_lazy as _

from portal.mail.models import MailReply
from portal.tenancy.navigation import Entry


def _unsettled(member, client):
    return MailReply.objects.visible_to(member).unsettled()


ENTRY = Entry(
    "notifications:deliveries",
    "send",
    _("Deliveries"),
    kinds=("specialist",),
    permission="manage_agency",
    group="admin",
    order=425,
    pages=("notifications:replies",),
    tone="warn",
    unread=_unsettled,
)
