"""Days by an agency's own clock: accounts are kept by it, wherever the reader sits."""

from datetime import date, datetime

from django.utils import timezone

from portal.core.zones import zone
from portal.tenancy.models import Agency


def today_of(agency: Agency) -> date:
    return day_of(timezone.now(), agency)


def day_of(moment: datetime, agency: Agency) -> date:
    return timezone.localtime(moment, zone(agency.time_zone)).date()
