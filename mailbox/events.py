"""What can happen to mails."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.events.kinds import Kind
from portal.events.models import Event
from portal.notifications.audience import readers
from portal.tenancy.models import Member


def _told(event: Event) -> QuerySet[Member]:
    """Whoever may read it, but not whoever wrote it."""
    return readers(event).exclude(user__email__iexact=event.payload.get("address", ""))


def _link(event: Event) -> str:
    return reverse("mailbox:detail", args=[event.payload["client"], event.payload["mail"]])


KINDS = [
    Kind(
        "mail.received",
        _("Mail from %(sender)s: %(title)s"),
        label=_("New mails"),
        area="mails",
        icon="mail",
        told=_told,
        link=_link,
    ),
]
