"""The day by an agency's own clock."""

from datetime import date

from django.utils import timezone

from portal.core.zones import zone
from portal.tenancy.models import Agency


def today_of(agency: Agency) -> date:
    return timezone.localtime(timezone=zone(agency.time_zone)).date()
