"""What happens between the client and the agency about the work log, and who is told of it."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.events.kinds import Kind
from portal.events.models import Event
from portal.notifications.audience import everybody, readers
from portal.tenancy.models import Member
from worklog.models import WorkEntry

ASKED, ANSWERED, RELEASED = "work.questioned", "work.answered", "work.released"
BUDGET, IMPORTED, STATED = "work.budgeted", "work.imported", "work.stated"


def _workers(event: Event) -> QuerySet[Member]:
    """Who did the work, and the account manager."""
    authors = WorkEntry.objects.filter(agency_id=event.agency_id, pk=event.subject_id).values("member_id")
    concerned = Q(pk__in=authors)
    if event.client and event.client.manager_id:
        concerned |= Q(pk=event.client.manager_id)
    return everybody(event).filter(concerned).exclude(kind="contact")


def _contacts(event: Event) -> QuerySet[Member]:
    return readers(event).filter(kind="contact")


def _entry(event: Event) -> str:
    return reverse("worklog:entry", args=[event.payload["client"], event.payload["entry"]])


def _month(event: Event) -> str:
    return f"{reverse('worklog:index', args=[event.payload['client']])}?month={event.payload['month']}"


def _client(event: Event) -> str:
    return reverse("worklog:index", args=[event.payload["client"]])


PLAIN: dict[str, Any] = {"timeline": False, "icon": "clock"}
OF_ENTRY: dict[str, Any] = {**PLAIN, "link": _entry}
TO_WORKERS: dict[str, Any] = {**OF_ENTRY, "told": _workers, "members": ("specialist", "vendor")}
TO_CONTACTS: dict[str, Any] = {"told": _contacts, "members": ("contact",)}
KINDS = (
    Kind(ASKED, _("Please explain: %(title)s"), label=_("Questions about work"), **TO_WORKERS),
    Kind(ANSWERED, _("Explained: %(title)s"), label=_("Answers about work"), **OF_ENTRY, **TO_CONTACTS),
    Kind(RELEASED, _("Content with the answer: %(title)s"), label=_("Released entries"), **TO_WORKERS),
    Kind(BUDGET, _("Budget from %(title)s on"), link=_client, **PLAIN),
    Kind(IMPORTED, _("%(count)s entries imported"), link=_client, internal=True, **PLAIN),
    Kind(
        STATED,
        _("Work log of %(title)s as PDF"),
        label=_("Monthly statement of the work log"),
        link=_month,
        has_own_mail=True,
        **PLAIN,
        **TO_CONTACTS,
    ),
)
