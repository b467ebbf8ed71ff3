"""The running timer as the frame of every page shows it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.formats import format_time
from portal.tenancy.models import Member
from worklog.models import Timer


@dataclass(frozen=True, slots=True)
class Running:
    """since: seconds since 1970; clock: how long it has run, "1:24:07"; asks: whether it is time to ask."""

    text: str
    line: list[str]
    since: int
    clock: str
    asks: bool


def running_of(member: Member) -> Running | None:
    """What runs now; one query."""
    timer = timer_of(member)
    return shown(timer) if timer else None


def timer_of(member: Member) -> Timer | None:
    return Timer.objects.visible_to(member).select_related("client", "project", "kind").first()


def shown(timer: Timer) -> Running:
    ran = timezone.now() - timer.started_at
    seconds = max(0, int(ran.total_seconds()))
    line = [timer.client and timer.client.name, timer.project and timer.project.name, timer.kind and timer.kind.name]
    return Running(
        text=timer.text or _("Something"),
        line=[part for part in line if part] + [_("since %(time)s") % {"time": format_time(timer.started_at)}],
        since=int(timer.started_at.timestamp()),
        clock=f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}",
        asks=timer.is_doubtful,
    )


def in_frame(request) -> dict:
    """Addresses and what runs; see portal.tenancy.navigation."""
    return {
        "running": running_of(request.member),
        "stop": reverse("my_work:stop"),
        "page": reverse("my_work:timer"),
    }
