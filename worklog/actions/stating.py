"""The monthly statement: the work log of the past month as PDF, to everybody of the client who may see it, once."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.core.formats import format_date, format_hours
from portal.core.zones import zone
from portal.events.models import Event
from portal.events.record import record
from portal.files.actions import store_bytes
from portal.files.models import File
from portal.mail.sending import queue
from portal.notifications import late, unsubscribing
from portal.notifications.audience import may_know
from portal.notifications.mails import AUTOMATIC
from portal.notifications.models import Preference
from portal.tenancy.models import Client, ClientAccess, Member
from portal.tenancy.scope import acting_as, agency_urls
from worklog.client_events import STATED
from worklog.exporting import document_of, taken
from worklog.filtering import MEMBER, View
from worklog.models import ClientWorkPolicy, WorkPolicy, WorkStatement
from worklog.months import Month

MORNING = 7
"""The hour from which it goes out, by the agency's clock."""
CATCHING_UP = timedelta(days=3)
"""So long after its day it is still sent, if nothing ran then; an older one would only surprise."""


def due(*, using: str = "maint") -> list[tuple[int, int, str]]:
    """(agency id, client id, month) whose day it is and that were not stated. using: through which role it reads."""
    found = []
    for policy in WorkPolicy.objects.using(using).filter(statement_day__isnull=False).select_related("agency"):
        local = timezone.localtime(timezone=zone(policy.agency.time_zone))
        month = Month.of(local.date()).before
        if local.hour >= MORNING:
            found += [(policy.agency_id, pk, month.key) for pk in _clients(policy, month, local.date(), using)]
    return found


@transaction.atomic
def state(client: Client, month: Month) -> WorkStatement | None:
    """Send it, as a contact of the client sees the month; None when it was sent. Raises PdfTrouble, and nothing has happened then."""
    row, is_new = WorkStatement.objects.get_or_create(agency_id=client.agency_id, client=client, month=month.first)
    readers = _readers(client)
    if not is_new or not readers:
        return row if is_new else None
    with (
        translation.override(client.agency.language),
        timezone.override(zone(client.agency.time_zone)),
        acting_as(readers[0]),
    ):
        what = taken(readers[0], client, View(month, MEMBER, {}))
        content = document_of(what) if what.entries else b""
    if content:
        row.file, row.minutes = store_bytes(f"{what.name}.pdf", content, client=client, area="work"), what.sums.minutes
        row.save(update_fields=["file", "minutes"])
        event = record(STATED, row, by=None, title=str(month), month=month.key)
        _mail(event, row.file, row.minutes)
    return row


def _clients(policy: WorkPolicy, month: Month, today: date, using: str) -> list[int]:
    """Clients whose day this is: the agency's, or later when its people see the month later."""
    stated = WorkStatement.objects.using(using).filter(month=month.first).values("client_id")
    clients = Client.objects.using(using).active().filter(agency_id=policy.agency_id).exclude(pk__in=stated)
    rows = ClientWorkPolicy.objects.using(using).filter(agency_id=policy.agency_id, delayed_since__isnull=False)
    delayed = set(rows.values_list("client_id", flat=True))
    day = month.after.first.replace(day=policy.statement_day or 1)
    found = []
    for client in clients.select_related("agency"):
        shown = month.after.first + timedelta(days=client.delay_days if client.pk in delayed else 0)
        if max(day, shown) <= today <= max(day, shown) + CATCHING_UP:
            found.append(client.pk)
    return found


def _readers(client: Client) -> list[Member]:
    """Contacts to whom the client's work is open."""
    open_to = ClientAccess.objects.filter(agency_id=client.agency_id, client=client).whole()
    open_to = open_to.filter(areas__contains=["work"])
    rows = Member.objects.filter(agency_id=client.agency_id, pk__in=open_to.values("member_id"), kind="contact")
    people = rows.active().complete().order_by("pk")
    return [member for member in people if member.sees_area(client, "work")]


def _mail(event: Event, file: File, minutes: int) -> None:
    """To everybody who is told of statements and did not switch the mail off."""
    told = [member for member in event.declared.told(event) if may_know(member, event)]  # type: ignore[misc]
    off = Preference.objects.filter(member__in=told, kind=event.kind, email=False)
    silent = set(off.values_list("member_id", flat=True))
    for member in told:
        if member.pk not in silent:
            _write(member, event, file, minutes)


def _write(member: Member, event: Event, file: File, minutes: int) -> None:
    agency, language = member.agency, member.user.language or member.agency.language
    with translation.override(language), agency_urls(agency) as base:
        month = format_date(date.fromisoformat(f"{event.payload['month']}-01"), style="month")
        off_url = base + unsubscribing.path_for(member, {STATED})
        words: dict[str, Any] = {
            "agency": agency,
            "subject": _("Work log of %(month)s") % {"month": month},
            "heading": _("Work log of %(month)s: %(time)s") % {"month": month, "time": format_hours(minutes)},
            "line": str(event.client),
            "text": _(
                "Everything that was logged is in the PDF. In the portal you also see the results, and can ask about an entry."
            ),
            "action_url": base + event.path,
            "action_label": _("Open it in the portal"),
            "why": _("You get this mail once a month, on the day that %(agency)s chose.") % {"agency": agency.name},
            "links": [
                {"url": off_url, "label": _("Switch these mails off")},
                {"url": base + reverse("notifications:preferences"), "label": _("Choose what we tell you")},
            ],
        }
        text, html = (render_to_string(f"notifications/email/notice.{form}", words) for form in ("txt", "html"))
        headers = AUTOMATIC | unsubscribing.headers(off_url)
        only_if = (late.KNOWN, [member.pk, event.pk])
        queue(agency, member.user.email, words["subject"], text, html, headers=headers, files=[file], only_if=only_if)
