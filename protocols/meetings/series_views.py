"""Changing and ending a series; both are the agency's."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.access import area, staff_only
from portal.tenancy.once import once
from protocols.meetings import presenting
from protocols.meetings import series as actions
from protocols.meetings.actions import Outdated
from protocols.meetings.forms import EndForm, SeriesForm
from protocols.meetings.ical import begin_of
from protocols.models import Meeting, MeetingSeries

MOST_SHOWN = 60


@staff_only
@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request, pk):
    """Another day, hour, place or circle of guests, from one meeting on."""
    series = _get(request, pk)
    coming = _coming(request, series)
    if not coming:
        messages.warning(request, _("No meeting of this series is ahead. Plan a new one instead."))
        return redirect("protocols:meetings", request.client.slug)
    options = {"instance": series, "client": request.client, "member": request.member}
    form = SeriesForm(request.POST or None, coming=coming, since=_day(request.GET.get("since", "")), **options)
    if request.method == "POST" and form.is_valid():
        since, words = form.cleaned_data["since"], form.words("since")
        try:
            actions.change(series, by=request.member, since=since, guests=form.guests, **words)
            messages.success(request, _("Series changed. Everybody invited gets a mail."))
            return redirect("protocols:meetings", request.client.slug)
        except Outdated as outdated:
            now = outdated.current
            form.show(now, ", ".join(presenting.rhythm_of(now, begin_of(now))))
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "protocols/meetings/series.html", {"form": form, "series": series}, status=status)


@staff_only
@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def end(request, pk):
    """The last day; what comes after it is called off."""
    series = _get(request, pk)
    form = EndForm(request.POST or None, initial={"last_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actions.end(series, by=request.member, last_on=form.cleaned_data["last_on"])
        messages.success(request, _("The series ends. Everybody invited is told."))
        return redirect("protocols:meetings", request.client.slug)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "protocols/meetings/end.html", {"form": form, "series": series}, status=status)


def _get(request, pk) -> MeetingSeries:
    rows = MeetingSeries.objects.visible_to(request.member).of(request.client)
    series = get_object_or_404(rows.select_related("leader__user", "project"), pk=pk)
    series.client = request.client
    if not series.can_be_changed_by(request.member):
        raise PermissionDenied
    return series


def _coming(request, series) -> list[Meeting]:
    rows = Meeting.objects.visible_to(request.member).filter(series=series, original_on__gte=timezone.localdate())
    return list(rows.filter(starts_at__gt=timezone.now()).order_by("original_on")[:MOST_SHOWN])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
