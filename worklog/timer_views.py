"""The timer: started and stopped from every page, described on its own."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.formats import format_hours
from portal.core.http import number_in, own_address
from worklog import clock
from worklog.actions import timers
from worklog.actions.months import MonthClosed
from worklog.forms import StopForm, TimerForm
from worklog.models import Timer, WorkEntry
from worklog.own_views import loggers, undo_url


@loggers
@require_http_methods(["GET", "HEAD", "POST"])
def page(request):
    """What runs: said more exactly, stopped now or earlier; or something new is started."""
    timer = clock.timer_of(request.member)
    form = _form(request, timer)
    if request.method == "POST" and form.is_valid():
        if timer is None:
            timers.start(by=request.member, **form.words())
            return redirect("my_work:timer")
        at = form.cleaned_data["at"]
        return _stopped(request, at=at, **form.words()) or redirect("my_work:index")
    context = {"form": form, "timer": timer, "running": clock.shown(timer) if timer else None, "is_timer": True}
    return render(request, "worklog/timer.html", context, status=422 if form.errors else 200)


@loggers
@require_POST
def start(request):
    """At once, wherever one is; for whom and what can be said later. An entry that is named goes on; what runs is logged."""
    words = _words_of(request)
    try:
        timers.start(by=request.member, **words)
    except timers.Incomplete:
        messages.warning(request, _("Say first what has run until now."))
        return redirect("my_work:timer")
    text = _("The timer runs.") if words else _("The timer runs. Say for whom and what when you stop it.")
    messages.success(request, text)
    return redirect(_next(request))


@loggers
@require_POST
def stop(request):
    """Log what ran. When something is missing, the page of the timer asks for it."""
    return _stopped(request) or redirect(_next(request))


@loggers
@require_POST
def describe(request):
    """Keep what was said, and let it run."""
    form = TimerForm(request.POST, member=request.member)
    if form.is_valid():
        timers.describe(by=request.member, **form.words())
        messages.success(request, _("Saved"))
    return redirect("my_work:timer")


@loggers
@require_POST
def confirm(request):
    """Yes, it still runs."""
    timers.confirm(by=request.member)
    return redirect(_next(request))


@loggers
@require_POST
def discard(request):
    """It ran for nothing."""
    timers.discard(by=request.member)
    messages.success(request, _("Discarded. Nothing was logged."))
    return redirect("my_work:index")


def _words_of(request) -> dict:
    """What the entry says that goes on; nothing when none is named."""
    pk = number_in(request.POST.get("again", ""))
    if not pk:
        return {}
    mine = WorkEntry.objects.visible_to(request.member).by_member(request.member).with_names()
    row = get_object_or_404(mine, pk=pk)
    row.client.agency = request.agency
    subject = (row.subject_type, row.subject_id) if row.subject_id else None
    return {
        "client": row.client,
        "project": row.project,
        "kind": row.kind.name,
        "text": row.text,
        "subject": subject,
    }


def _form(request, timer: Timer | None) -> TimerForm:
    if timer is None:
        return TimerForm(request.POST or None, member=request.member)
    place = f"p{timer.project_id}" if timer.project_id else f"c{timer.client_id}" if timer.client_id else ""
    initial = {"text": timer.text, "place": place, "kind": timer.kind.name if timer.kind else ""}
    return StopForm(request.POST or None, member=request.member, since=timer.started_at, initial=initial)


def _stopped(request, **words):
    """Nothing when all is well; else the page on which it can be mended."""
    try:
        made = timers.stop(by=request.member, **words)
    except timers.Incomplete:
        messages.warning(request, _("Say for whom and what it ran."))
        return redirect("my_work:timer")
    except MonthClosed:
        messages.warning(request, _("It ran into a month that is closed. Ask the account manager, or discard it."))
        return redirect("my_work:timer")
    _say(request, made)
    return None


def _say(request, made: list[WorkEntry]) -> None:
    if not made:
        messages.success(request, _("Less than a minute: nothing was logged."))
        return
    if made[0].doubted_at:
        messages.warning(request, _("It ran for long without a word from you, so a manager looks at it first."))
    words = {"time": format_hours(sum(row.minutes for row in made)), "client": made[0].client.name}
    messages.success(request, _("%(time)s logged for %(client)s.") % words, extra_tags=undo_url(made))


def _next(request) -> str:
    """Back to where the button was."""
    return own_address(request, request.POST.get("next", "")) or "my_work:index"
