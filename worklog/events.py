"""What happens in the work log, and who is told of it."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.events.kinds import Kind
from portal.events.models import Event
from portal.notifications.audience import everybody, readers
from portal.tenancy.models import Member

LOGGED, CORRECTED, REMOVED = "work.logged", "work.corrected", "work.removed"
MISSING, TIMER_ASKS = "time.missing", "timer.asked"
MONTH_CLOSED, MONTH_OPENED = "month.closed", "month.opened"
WAITS, TIMER_LEFT = "work.waiting", "timer.left"


def _contacts(event: Event) -> QuerySet[Member]:
    return readers(event).filter(kind="contact")


def _oneself(event: Event) -> QuerySet[Member]:
    """Whom it is about."""
    return everybody(event).filter(pk=event.subject_id)


def _managers(event: Event) -> QuerySet[Member]:
    """Whoever approves the time of this client, or of all."""
    keeps = Q(kind="specialist", role__permissions__contains=["manage_clients"])
    if event.client and event.client.manager_id:
        keeps |= Q(pk=event.client.manager_id)
    return everybody(event).filter(keeps)


def _managers_and_oneself(event: Event) -> QuerySet[Member]:
    return _managers(event) | _oneself(event)


def _week(event: Event) -> str:
    return reverse("my_work:week_of", args=[event.payload.get("first") or event.payload["week"]])


def _review(event: Event) -> str:
    return reverse("my_work:review")


def _own(event: Event) -> str:
    return reverse("my_work:index")


def _timer(event: Event) -> str:
    return reverse("my_work:timer")


def _entry(event: Event) -> str:
    return reverse("worklog:entry", args=[event.payload["client"], event.payload["entry"]])


def _month(event: Event) -> str:
    return reverse("worklog:index", args=[event.payload["client"]])


QUIET: dict[str, Any] = {"timeline": False, "internal": True, "icon": "clock"}
KINDS = (
    Kind(LOGGED, _("Logged: %(title)s"), link=_entry, **QUIET),
    Kind(
        CORRECTED,
        _("Corrected in the work log: %(title)s"),
        label=_("Corrections in the work log"),
        icon="clock",
        timeline=False,
        told=_contacts,
        link=_entry,
        members=("contact",),
    ),
    Kind(
        MISSING,
        _("%(time)s h are missing in your week"),
        label=_("Missing time of the week"),
        told=_oneself,
        link=_week,
        members=("specialist",),
        **QUIET,
    ),
    Kind(
        TIMER_ASKS,
        _("Your timer has run for ten hours. Does it still?"),
        label=_("A timer that runs for ten hours"),
        told=_oneself,
        link=_timer,
        members=("specialist", "vendor"),
        **QUIET,
    ),
    Kind(
        WAITS,
        _("Waits for your approval: %(title)s"),
        label=_("Entries that wait for approval"),
        told=_managers,
        link=_review,
        members=("specialist",),
        **QUIET,
    ),
    Kind(
        TIMER_LEFT,
        _("The timer of %(who)s was stopped after %(time)s h, and nothing of it is logged"),
        label=_("A timer that nobody could log"),
        told=_managers_and_oneself,
        link=_own,
        members=("specialist", "vendor"),
        **QUIET,
    ),
    Kind(REMOVED, _("Removed from the work log: %(title)s"), link=_month, **QUIET),
    Kind(MONTH_CLOSED, _("Work log of %(month)s closed"), link=_month, **QUIET),
    Kind(MONTH_OPENED, _("Work log of %(month)s opened again"), link=_month, **QUIET),
)
