"""Where the work log stands in the menu."""

from django.utils.translation import gettext_lazy as _

from portal.tenancy.navigation import Entry
from worklog.models import Timer


def _logs_time(member) -> bool:
    """The agency's people, and those whom a client engaged itself."""
    return member.is_specialist or member.engaged_by_id is not None


def _running(member, client):
    """One while the member's timer runs."""
    return Timer.objects.visible_to(member)


ENTRIES = (
    Entry(
        "my_work:index",
        "clock",
        _("My time"),
        kinds=("specialist", "vendor"),
        permission="write",
        order=20,
        bottom=True,
        only=_logs_time,
        namespace="my_work",
        tone="brand",
        unread=_running,
    ),
    Entry(
        "worklog:index",
        "clock",
        _("Work log"),
        of_client=True,
        area="work",
        group="center",
        order=230,
        namespace="worklog",
    ),
)
