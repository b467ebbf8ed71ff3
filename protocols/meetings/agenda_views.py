"""The agenda on the meeting's page. All of it works without JavaScript."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.access import area
from portal.tenancy.once import once
from protocols.meetings import agenda
from protocols.meetings.forms import TopicForm
from protocols.meetings.views import get, show
from protocols.models import MeetingTopic


@area("work")
@require_POST
@once
def add(request, pk):
    """One point more."""
    meeting, form = get(request, pk), TopicForm(request.POST)
    if not meeting.can_be_added_to_by(request.member):
        raise PermissionDenied
    if not form.is_valid():
        return show(request, meeting, topic_form=form, status=422)
    try:
        agenda.add(meeting, by=request.member, **form.words)
    except agenda.AgendaFull:
        messages.error(request, _("An agenda has at most %(number)d items.") % {"number": agenda.MOST_TOPICS})
    return _back(request, pk)


@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk, topic):
    """Other words."""
    row = _get(request, pk, topic)
    if not row.can_be_changed_by(request.member):
        raise PermissionDenied
    form = TopicForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        agenda.change(row, by=request.member, **form.words)
        return _back(request, pk)
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "meeting": row.meeting, "topic": row}
    return render(request, "protocols/meetings/topic.html", context, status=status)


@area("work")
@require_POST
def remove(request, pk, topic):
    """One point less."""
    agenda.remove(_get(request, pk, topic), by=request.member)
    messages.success(request, _("Taken off the agenda"))
    return _back(request, pk)


@area("work")
@require_POST
def move(request, pk, topic):
    """One place up or down."""
    agenda.move(_get(request, pk, topic), by=request.member, up="up" in request.POST)
    return _back(request, pk)


def _get(request, pk, topic) -> MeetingTopic:
    meeting = get(request, pk)
    row = get_object_or_404(MeetingTopic.objects.visible_to(request.member).filter(meeting=meeting.pk), pk=topic)
    row.meeting = meeting
    return row


def _back(request, pk):
    return redirect(reverse("protocols:meeting", args=[request.client.slug, pk]) + "#agenda")
