"""What can happen to mails."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.events.kinds import Kind
from portal.events.models import Event
from portal.notifications.audience import everybody, readers
from portal.tenancy.models import Member


def _told(event: Event) -> QuerySet[Member]:
    """Whoever may read it, but not whoever wrote it."""
    return readers(event).exclude(user__email__iexact=event.payload.get("address", ""))


def _assignee(event: Event) -> QuerySet[Member]:
    return everybody(event).filter(pk=event.payload["assignee"])


def _told_of_sent(event: Event) -> QuerySet[Member]:
    """Whoever may read it and does not get the mail itself."""
    return readers(event).exclude(user__email__in=event.payload.get("addresses", []))


def _author(event: Event) -> QuerySet[Member]:
    return everybody(event).filter(pk=event.payload["author"])


def _link(event: Event) -> str:
    return reverse("mailbox:detail", args=[event.payload["client"], event.payload["mail"]])


def _sorters(event: Event) -> QuerySet[Member]:
    """Those who may place what waits (portal.mail.quarantine.can_sort)."""
    return everybody(event).filter(kind="specialist", role__permissions__contains=["write", "all_clients"])


def _to_sort(event: Event) -> str:
    return reverse("quarantine:index")


def _address(event: Event) -> str:
    return reverse("mailbox:address", args=[event.payload["client"]])


KINDS = [
    Kind(
        "mail.received",
        _("Mail from %(sender)s: %(title)s"),
        label=_("New mails"),
        area="mails",
        icon="mail",
        told=_told,
        link=_link,
        reply="mail",
    ),
    Kind(
        "mail.sent",
        _("Mail written: %(title)s"),
        label=_("Mails written in the portal"),
        area="mails",
        icon="send",
        told=_told_of_sent,
        link=_link,
        reply="mail",
    ),
    Kind(
        "mail.returned",
        _("Mail did not reach %(people)s: %(title)s"),
        label=_("Mails of mine that did not arrive"),
        area="mails",
        icon="alert",
        timeline=False,
        told=_author,
        link=_link,
        urgent=True,
    ),
    Kind(
        "mail.assigned",
        _("Mail for %(name)s: %(title)s"),
        label=_("Mails that I am to answer"),
        area="mails",
        icon="flag",
        timeline=False,
        internal=True,
        told=_assignee,
        link=_link,
        members=("specialist",),
    ),
    Kind(
        "mail.moved", _("Mail moved: %(title)s"), area="mails", icon="mail", timeline=False, internal=True, link=_link
    ),
    Kind(
        "mail.hidden",
        _("Mail set aside as not relevant: %(title)s"),
        area="mails",
        icon="x",
        timeline=False,
        internal=True,
        link=_link,
    ),
    Kind(
        "mail.unhidden",
        _("Mail taken back: %(title)s"),
        area="mails",
        icon="undo",
        timeline=False,
        internal=True,
        link=_link,
    ),
    Kind(
        "address.renewed",
        _("%(name)s has a new mail address; the old one is taken until %(until)s"),
        label=_("New mail addresses"),
        area="mails",
        icon="mail",
        timeline=False,
        told=readers,
        link=_address,
    ),
    Kind(
        "quarantine.waiting",
        _("Mails that wait to be sorted: %(number)s"),
        label=_("Mails that wait to be sorted, once a day"),
        area="mails",
        icon="inbox",
        timeline=False,
        internal=True,
        told=_sorters,
        link=_to_sort,
        members=("specialist",),
    ),
]
