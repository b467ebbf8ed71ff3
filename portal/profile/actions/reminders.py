"""Once a quarter the profile is to be confirmed again; whoever has not is asked, and never twice in a quarter."""

from datetime import date

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from portal.core.zones import zone
from portal.events.record import record
from portal.profile.models import CONFIRMED_FOR, Field, Reminder, Section, SectionQuerySet
from portal.tenancy.models import Client
from portal.tenancy.models.client import OPEN_CLIENT


def due(sections: SectionQuerySet) -> SectionQuerySet:
    """Shared sections, with something in them, that nobody has confirmed for so long; of clients for whom we still work."""
    filled = Field.objects.shared().exclude(text="")
    rows = sections.annotate(stands_since=Coalesce("confirmed_at", "created_at"))
    return rows.filter(stands_since__lte=timezone.now() - CONFIRMED_FOR, fields__in=filled, **OPEN_CLIENT).distinct()


@transaction.atomic
def ask(client: Client) -> bool:
    """Remind of this client's profile; False when that was done in this quarter already, or nothing is due."""
    sections = list(due(Section.objects.of(client)).in_order())
    if not sections:
        return False
    quarter = quarter_of(timezone.localdate(timezone=zone(client.agency.time_zone)))
    row = Reminder(agency_id=client.agency_id, client=client, quarter=quarter)
    # The lock makes the count below and the row one step; the unique key holds it if that were forgotten.
    Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    if Reminder.objects.of(client).filter(quarter=quarter).exists():
        return False
    row.save()
    titles = ", ".join(section.title for section in sections)
    record("profile.due", row, by=None, sections=titles[:200])
    return True


def quarter_of(day: date) -> date:
    """The first day of its quarter."""
    return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
