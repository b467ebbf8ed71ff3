"""One entry: what came of it, what it said before; changed, removed, added to by whoever may."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.access import area, ruled
from portal.files.forms import taking_files
from portal.files.preview_cache import preview_of
from portal.files.responses import respond, respond_page
from portal.notifications.actions import mark_read_about
from portal.tenancy.once import once
from worklog import detail
from worklog.actions import correcting, proving
from worklog.actions.looking import look
from worklog.actions.months import MonthClosed
from worklog.entry_forms import EntryForm, ResultForm
from worklog.hanging import with_corrections
from worklog.models import WorkEntry, WorkResult
from worklog.presenting import line_of
from worklog.talk import talk_of

loggers = ruled(kinds=("specialist", "vendor"), area="work")


@area("work")
@require_safe
def entry(request, pk):
    """Time, results, history, questions."""
    row = _get(request, pk)
    mark_read_about(request.member, row)
    look(request.member, request.client)
    form = ResultForm(member=request.member, client=request.client)
    return render(request, "worklog/entry.html", _around(request, row, form))


@loggers
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Say it better. What somebody of the client has seen leaves a trace there."""
    row = _get(request, pk)
    if not row.can_be_edited_by(request.member):
        raise PermissionDenied
    note = detail.note_of(row, request.member)
    form = EntryForm(request.POST or None, member=request.member, entry=row, note=note)
    if request.method == "POST" and form.is_valid() and _corrected(form, row, request.member):
        messages.success(request, _("Saved"))
        return redirect("worklog:entry", request.client.slug, row.pk)
    context = {"form": form, "row": row, "line": line_of(row, request.member)}
    return render(request, "worklog/form.html", context, status=422 if form.errors else 200)


@loggers
@require_POST
def remove(request, pk):
    """Away with it."""
    row = _get(request, pk)
    try:
        is_gone = correcting.remove(row, by=request.member)
    except MonthClosed:
        messages.warning(request, _("This month is closed. Ask the account manager."))
        return redirect("worklog:entry", request.client.slug, pk)
    words = _("Removed.") if is_gone else _("Removed. The client had seen it, so the line stays, with no time.")
    messages.success(request, words)
    return redirect("my_work:index")


@loggers
@require_POST
def waive(request, pk):
    """This talk needs no protocol."""
    correcting.waive_protocol(_get(request, pk), by=request.member)
    messages.success(request, _("Fine: no protocol."))
    return redirect("my_day" if request.member.is_specialist else "my_work:index")


@loggers
@require_POST
@once
def add_results(request, pk):
    """Links, texts, files, pictures from the clipboard."""
    row = _get(request, pk)
    if not row.can_be_edited_by(request.member):
        raise PermissionDenied
    form = ResultForm(request.POST, request.FILES, member=request.member, client=request.client)
    if form.is_valid() and _added(form, row, request.member):
        messages.success(request, _("Added"))
        return redirect("worklog:entry", request.client.slug, row.pk)
    return render(request, "worklog/entry.html", _around(request, row, form), status=422)


@area("work")
@require_safe
def result(request, pk, result):
    """The file; pictures also in place."""
    return respond(_result(request, pk, result).file, inline="inline" in request.GET, to=request.member)


@area("work")
@require_safe
def preview(request, pk, result):
    """What the file looks like, opened in place or as a page."""
    found = _result(request, pk, result)
    context = {"file": found.file, "entry": found.entry, "result": found, "preview": preview_of(found.file)}
    return render(request, "worklog/_preview.html" if request.htmx else "worklog/preview.html", context)


@area("work")
@require_safe
def preview_page(request, pk, result, page):
    """One page of the preview as a picture."""
    return respond_page(_result(request, pk, result).file, page, to=request.member)


@loggers
@require_POST
def drop_result(request, pk, result):
    """Away with it."""
    rows = WorkResult.objects.visible_to(request.member).filter(entry=_get(request, pk)).select_related("entry")
    proving.drop(get_object_or_404(rows, pk=result), by=request.member)
    messages.success(request, _("Removed."))
    return redirect("worklog:entry", request.client.slug, pk)


def _around(request, row: WorkEntry, form: ResultForm) -> dict:
    member, may_edit = request.member, row.can_be_edited_by(request.member)
    line = line_of(row, member)
    return {
        "row": row,
        "line": line,
        "lede": detail.lede_of(row, line.span),
        "results": detail.results_of(row, member, request.client, may_edit=may_edit),
        "corrections": detail.corrections_of(row),
        "facts": detail.facts_of(row, member),
        "history": detail.history_of(row),
        "note": detail.note_of(row, member) if member.is_specialist else "",
        "talk": talk_of(row, member),
        "is_unwritten": detail.is_unwritten(row, member),
        "may_edit": may_edit,
        "form": form if may_edit else None,
        "now": timezone.now(),
    }


def _corrected(form: EntryForm, row: WorkEntry, member) -> bool:
    try:
        correcting.correct(row, by=member, reason=form.cleaned_data["reason"], **form.words())
        correcting.renote(row, form.cleaned_data["note"], by=member)
    except MonthClosed:
        form.add_error("spent_on", _("This month is closed."))
    return not form.errors


def _added(form: ResultForm, row: WorkEntry, member) -> bool:
    """False, and the words at the field, when a file cannot be kept."""
    with taking_files(form):
        proving.add(row, by=member, **form.words())
    return not form.errors


def _get(request, pk) -> WorkEntry:
    request.client.agency = request.agency
    rows = WorkEntry.objects.visible_to(request.member).of(request.client).with_names()
    row = get_object_or_404(with_corrections(rows, request.member), pk=pk)
    row.client, row.member.agency = request.client, request.agency
    return row


def _result(request, pk, result) -> WorkResult:
    rows = WorkResult.objects.visible_to(request.member).filter(entry=_get(request, pk), file__isnull=False)
    return get_object_or_404(rows.select_related("file", "entry"), pk=result)
