"""When somebody is reminded once more: in the morning, some business days later."""

from datetime import datetime, timedelta

from portal.core.business_time import BusinessCalendar, NeverOpenError, next_opening

AGAIN_AFTER_DAYS = 3
MOST = 2
"""Whoever has not heard two reminders does not hear a third."""


def morning_after(calendar: BusinessCalendar, moment: datetime, days: int = 1) -> datetime:
    """When business opens on the n-th business day after the day of this moment; at the end of time if it never does."""
    try:
        for _day in range(days):
            midnight = calendar.local(moment).replace(hour=0, minute=0, second=0, microsecond=0)
            moment = next_opening(calendar, midnight + timedelta(days=1))
        return moment
    except NeverOpenError:
        return datetime.max.replace(tzinfo=moment.tzinfo)
