"""A period to print or to take along as PDF, and the day of the weekly mail."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.audit.log import log as audit_log
from portal.core.access import area, ruled
from portal.core.formats import format_date
from portal.core.markdown import render as markdown
from portal.core.paging import ahead, cut, moment_in, next_of
from portal.core.pdf import PdfTrouble, pdf_of, pdf_response
from portal.tenancy.logo import embedded
from timeline import presenting
from timeline.actions.announcing import choose_weekday, weekday_of
from timeline.events import POSTED
from timeline.feed import in_period
from timeline.forms import PeriodForm, WeeklyForm
from timeline.models import Activity

MOST = 500
"""Entries in one document; the ones after them are the next document."""


@area("work")
@require_safe
def period(request):
    """The entries of a period with all that stands behind them, as a page for the printer."""
    form = PeriodForm(request.GET)
    context = {"form": form, **(_contents(request, form.cleaned_data) if form.is_valid() else {})}
    return render(request, "timeline/period.html", context, status=422 if form.errors else 200)


@area("work")
@require_safe
def pdf(request):
    """The same as a document."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        raise Http404("no such period")
    context = {"request": request, "logo": embedded(request.agency), **_contents(request, form.cleaned_data)}
    try:
        content = pdf_of("timeline/pdf.html", context, brand=request.agency.brand_hex)
    except PdfTrouble:
        messages.error(request, _("The PDF cannot be made at the moment. Print the page instead, or try again later."))
        return redirect("timeline:period", request.client.slug)
    audit_log("export.made", {"what": f"timeline {request.client.slug}"}, agency_id=request.agency.pk)
    return pdf_response(content, f"timeline-{request.client.slug}-{context['first'].isoformat()}")


@ruled(kinds=("contact", "vendor"), area="work")
@require_http_methods(["GET", "HEAD", "POST"])
def weekly(request):
    """On which day the mail comes that says what became visible, or that it shall not come."""
    member = request.member
    form = WeeklyForm(request.POST or None, initial={"weekday": weekday_of(member)})
    if request.method == "POST" and form.is_valid():
        choose_weekday(member, form.cleaned_data["weekday"])
        messages.success(request, _("Saved"))
        return redirect("timeline:index", request.client.slug)
    return render(request, "timeline/weekly.html", {"form": form}, status=422 if form.errors else 200)


def _contents(request, days: dict) -> dict:
    """Days with their entries, oldest first, as this reader may see them now."""
    member, client = request.member, request.client
    after = request.GET.get("after", "")
    rows_of_days = in_period(member, client, days["first"], days["last"])
    page = cut(list(ahead(rows_of_days, moment_in(after), by="happened_at")[: MOST + 1]), by="happened_at", size=MOST)
    events = page.rows
    ids = [event.subject_id for event in events if event.kind == POSTED]
    rows = Activity.objects.visible_to(member).filter(pk__in=ids).in_bulk() if ids else {}
    lines = [_line(event, rows.get(event.subject_id) if event.kind == POSTED else None, member) for event in events]
    words = {"first": format_date(days["first"]), "last": format_date(days["last"])}
    return {
        **days,
        "lines": lines,
        "after": after,
        "next": next_of(request, page),
        "span": _("%(first)s to %(last)s") % words,
        "sides": presenting.side_names(member, client),
    }


def _line(event, activity: Activity | None, member) -> dict:
    return {
        "day": format_date(event.happened_at),
        "title": event.title,
        "gone": presenting.is_taken_back(event),
        "side": event.side,
        "who": str(event.actor or ""),
        "project": event.project.name if event.project else "",
        "text": markdown(activity.text) if activity else "",
        "link": activity.link if activity else "",
        "mark": presenting.mark_of(event, member, member.now)[0],
    }
