"""The week: a sheet that is filled in by the keyboard and saves itself."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.formats import format_date, format_hours, format_time
from worklog import today
from worklog.actions.filling import Crowded, fill
from worklog.actions.months import MonthClosed
from worklog.days import Stretch, read_day
from worklog.durations import read
from worklog.forms import RowForm
from worklog.models import WorkEntry
from worklog.own_views import loggers, undo_url
from worklog.sheet import Cell, Row, Sheet, sheet_of
from worklog.weeks import Week


@loggers
@require_http_methods(["GET", "HEAD", "POST"])
def week(request, day: str = ""):
    """The sheet of a week. What was typed is saved cell by cell, or all at once without scripts."""
    sheet = sheet_of(request.member, _week(day), _keys(request))
    if request.method == "POST":
        return _saved(request, sheet)
    return render(request, "worklog/week.html", _around(request, sheet))


def _saved(request, sheet: Sheet):
    """Save what differs from what stood there; answer with the cells that changed, or with the page."""
    touched = [(row, cell) for row in sheet.rows for cell in row.cells if cell.is_open and _is_typed(request, cell)]
    last = [change for row, cell in touched if (change := _save(request, row, cell))]
    wrong = {cell.name: cell.error for _row, cell in touched if cell.error}
    if not request.htmx and not wrong:
        for rows, was in last[-1:]:
            messages.success(request, _("Saved"), extra_tags=undo_url(rows, was, "week"))
        return redirect(request.get_full_path())
    typed = {name: request.POST.get(f"t{name}", "").strip() for name in wrong}
    sheet = sheet_of(request.member, sheet.week, sheet.keys)
    names = {cell.name for _row, cell in touched}
    for row in sheet.rows:
        for cell in row.cells:
            cell.sent = request.POST.get(f"t{cell.name}", "")
            if cell.name in wrong:
                cell.error, cell.is_kept = wrong[cell.name], not typed[cell.name]
                cell.value = typed[cell.name] or cell.value
    if not request.htmx:
        return render(request, "worklog/week.html", _around(request, sheet), status=422)
    changed = [row for row in sheet.rows if any(cell.name in names for cell in row.cells)]
    context = {"sheet": sheet, "changed": changed, "names": names, "saved": format_time(timezone.now()), "wrong": wrong}
    context["undo"] = undo_url(*last[-1], "week") if last else ""
    return render(request, "worklog/_cells.html", context)


def _is_typed(request, cell: Cell) -> bool:
    """Whether the cell holds something else than before; what was emptied too, which is not how an entry goes away."""
    return request.POST.get(f"t{cell.name}", "").strip() != request.POST.get(f"was{cell.name}", "")


def _save(request, row: Row, cell: Cell) -> tuple[list[WorkEntry], Stretch | None] | None:
    """What changed and the time before; nothing, and the words at the cell, when it cannot be saved."""
    text = request.POST.get(f"t{cell.name}", "").strip()
    if not text:
        cell.error = _("Open the day to remove the entry") if cell.value else ""
        return None
    typed = read(text)
    if typed is None:
        cell.error = _("Type a time such as 1:30")
        return None
    try:
        return fill(row.place, row.kind, cell.day, typed, by=request.member)
    except Crowded:
        cell.error = _("Open the day to change this")
    except MonthClosed:
        cell.error = _("This month is closed")
    except PermissionDenied:
        cell.error = _("You cannot log time here any more")
    return None


def _keys(request) -> list[str]:
    """Rows to show: those of the form that was sent; else what the address adds, and perhaps last week's."""
    if request.method == "POST":
        return request.POST.getlist("row")
    keys = request.GET.getlist("row")
    form = RowForm(request.GET, member=request.member) if "place" in request.GET else None
    if form and form.is_valid():
        keys.append(form.key)
    return keys


def _around(request, sheet: Sheet) -> dict:
    more = [key for key in sheet.last if key not in sheet.keys]
    span = f"{format_date(sheet.week.monday, style='short')} – {format_date(sheet.week.sunday)}"
    return {
        "sheet": sheet,
        "span": span,
        "copy": more,
        "gaps": today.gaps_of(sheet.gaps),
        "row_form": RowForm(member=request.member, places=sheet.places),
        "is_this_week": sheet.week == Week.of(timezone.localdate()),
        "total": format_hours(sheet.minutes),
        "is_week": True,
    }


def _week(day: str) -> Week:
    found = read_day(day) if day else timezone.localdate()
    if found is None:
        raise Http404("no such week")
    return Week.of(found)
