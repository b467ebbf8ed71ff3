"""A person's own time, over all clients: one day, all entries, and the line that logs."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.access import ruled
from portal.core.formats import format_hours
from portal.core.paging import next_of
from portal.core.pdf import PdfTrouble
from portal.tenancy.models import Member
from portal.tenancy.once import once
from worklog import entries_export, today
from worklog.actions import correcting
from worklog.actions.logging import log
from worklog.actions.months import MonthClosed
from worklog.all_entries import Wanted, choices_of
from worklog.days import Stretch, read_day
from worklog.durations import read
from worklog.forms import QuickForm, UndoForm
from worklog.keyset import page_of
from worklog.models import WorkEntry
from worklog.presenting import lines_of

PAGE = 50
loggers = ruled(kinds=("specialist", "vendor"), permission="write")


@loggers
@require_http_methods(["GET", "HEAD", "POST"])
@once
def index(request):
    """One day: what was logged, and one line for the next."""
    form = QuickForm(request.POST or None, member=request.member, day=_day(request))
    if request.method == "POST" and form.is_valid() and (made := _logged(form, request.member)):
        words = {"time": format_hours(sum(row.minutes for row in made)), "client": made[0].client.name}
        messages.success(
            request,
            _("%(time)s logged for %(client)s.") % words,
            extra_tags=undo_url(made, back=request.POST.get("from", "")),
        )
        return redirect(_to_the_next(request, made[0].spent_on))
    card = today.card_of(request.member, form.shown_day)
    form.suggest(card.last, request.GET.get("place", ""))
    context = {"form": form, "card": card, "is_day": True}
    return render(request, "worklog/day.html", context, status=422 if form.errors else 200)


@loggers
@require_safe
def entries(request):
    """What this person logged, or everybody whose time it sees; the newest first."""
    wanted = Wanted.read(request.GET)
    page = page_of(wanted.rows(request.member), request.GET.get("after", ""), size=PAGE)
    lines = lines_of(page.rows, request.member)
    context = {"wanted": wanted, "lines": lines, "more": next_of(request, page), "is_all": True}
    if request.htmx and request.GET.get("after"):
        return render(request, "worklog/_rows.html", context)
    context |= {"choices": choices_of(request.member, wanted), "exports": wanted.exports()}
    context["total"] = wanted.total(request.member)
    return render(request, "worklog/entries.html", context)


@loggers
@require_safe
def export(request, form):
    """The same as a file."""
    wanted = Wanted.read(request.GET)
    try:
        return entries_export.export(request.member, wanted, form)
    except PdfTrouble:
        messages.error(request, _("The PDF cannot be made at the moment. Take the XLSX instead, or try again later."))
    except entries_export.TooMany:
        words = _("These are too many entries for one file, which takes %(most)d. Choose fewer days.")
        messages.error(request, words % {"most": entries_export.MOST})
    return redirect(f"{reverse('my_work:entries')}{wanted.query}")


@loggers
@require_safe
def understood(request):
    """How a time is understood, while it is typed."""
    text = request.GET.get("time", "").strip()
    typed = read(text)
    hint = format_hours(typed.minutes) if typed else _("not yet a time") if text else ""
    return render(request, "worklog/_understood.html", {"hint": hint, "is_wrong": bool(text and not typed)})


@loggers
@require_POST
def undo(request):
    """Take back what was just logged or changed."""
    form = UndoForm(request.GET)
    if not form.is_valid():
        raise Http404("nothing to undo")
    rows = list(WorkEntry.objects.visible_to(request.member).filter(pk__in=form.cleaned_data["entries"]))
    try:
        with transaction.atomic():
            for row in rows:
                _take_back(row, form.before, by=request.member)
    except MonthClosed:
        messages.warning(request, _("This month is closed. Ask the account manager."))
    else:
        messages.success(request, _("Taken back."))
    return redirect(_back(request, "my_work:index"))


def _take_back(row: WorkEntry, before: dict | None, *, by: Member) -> None:
    if before:
        correcting.correct(row, by=by, **before)
    else:
        correcting.remove(row, by=by)


def undo_url(rows: list[WorkEntry], was: Stretch | None = None, back: str = "") -> str:
    """Where the toast's "Undo" posts to, and the page it comes back to. was: the time before, when there was some."""
    asked: dict[str, str | int] = {"entries": ",".join(str(row.pk) for row in rows), "from": back}
    if was:
        asked["was"] = was.minutes
    if was and was.started_at and was.ended_at:
        asked |= {"start": int(was.started_at.timestamp()), "end": int(was.ended_at.timestamp())}
    return f"{reverse('my_work:undo')}?{urlencode(asked)}"


def _day(request) -> date:
    """The day that the page is about, today unless another is named."""
    return read_day(request.GET.get("day", "")) or timezone.localdate()


def _back(request, place: str) -> str:
    """To the page with the form: my day, the week, or the day itself."""
    return {"my_day": "my_day", "week": "my_work:week"}.get(
        request.POST.get("from") or request.GET.get("from", ""), place
    )


def _to_the_next(request, day: date) -> str:
    """The page with the line, and the line ready to be typed into again: with Enter one goes on from entry to entry."""
    page = resolve_url(_back(request, today.url_of(day)))
    return f"{page}{'&' if '?' in page else '?'}new"


def _logged(form: QuickForm, member) -> list[WorkEntry]:
    """What was logged; nothing, and the words at the field, when its month is closed."""
    try:
        return log(form.cleaned_data["place"].client, form.work(), by=member, **form.words())
    except MonthClosed:
        form.add_error("day", _("This month is closed. Ask the account manager to add the entry."))
        return []
