"""How a deadline is said: what is left, or how late it is. Pure."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.formats import format_datetime, format_minutes, format_relative_day, format_time

SOON = timedelta(hours=24)
NOW = timedelta(hours=8)


def said(due_at: datetime | None, now: datetime) -> tuple[str, str]:
    """The words and their tone: bad when it is over, warn within a day, else mute; nothing without a deadline."""
    if due_at is None:
        return "", "mute"
    left = due_at - now
    if left < timedelta(0):
        return _late(-left), "bad"
    if left < NOW:
        return _("%(time)s h left") % {"time": format_minutes(int(left.total_seconds() // 60))}, "warn"
    day = format_relative_day(timezone.localtime(due_at).date(), today=timezone.localtime(now).date())
    return f"{day}, {format_time(due_at)}", "warn" if left < SOON else "mute"


def _late(late: timedelta) -> str:
    if late < timedelta(days=1):
        return _("%(time)s h late") % {"time": format_minutes(int(late.total_seconds() // 60))}
    return ngettext("%(number)d day late", "%(number)d days late", late.days) % {"number": late.days}


def share_gone(since: datetime, due_at: datetime, now: datetime) -> int:
    """How much of the time until the deadline is over, in per cent; all of it once it is late."""
    whole, gone = due_at - since, now - since
    return 100 if gone >= whole else max(0, round(100 * (gone / whole)))


def exactly(due_at: datetime | None) -> str:
    """Day and time, "" without one."""
    return format_datetime(due_at) if due_at else ""
