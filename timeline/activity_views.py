"""Activities: put on the timeline, edited, taken back; their files; the day of an entry."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.access import area, staff_only
from portal.core.formats import format_date
from portal.files.forms import taking_files
from portal.files.responses import respond
from portal.tenancy.models import Client
from portal.tenancy.once import once
from timeline import presenting
from timeline.actions import deciding, posting
from timeline.feed import feed
from timeline.forms import ActivityForm, DayForm
from timeline.models import Activity, ActivityFile, can_be_dated_by, can_be_posted_by
from timeline.showing import detail_of, links_of


@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def create(request):
    """Work that the client shall know of."""
    client = request.client
    if not can_be_posted_by(request.member, client):
        raise PermissionDenied
    form = ActivityForm(request.POST or None, request.FILES or None, member=request.member, client=client)
    if request.method == "POST" and form.is_valid():
        done = _saved(form, lambda: posting.post(client, by=request.member, **form.words()))
        if done:
            messages.success(request, _posted(done))
            return redirect("timeline:index", client.slug)
    return render(request, "timeline/form.html", _around(form, client), status=_status(form))


@area("work")
@require_safe
def activity(request, pk):
    """The entry, by the activity behind it: where notices lead."""
    client = request.client
    entries = Activity.objects.visible_to(request.member).of(client).filter(pk=pk).values("event")
    event = get_object_or_404(feed(request.member, client).select_related("actor__user", "project"), pk__in=entries)
    return render(request, "timeline/entry.html", detail_of(event, request.member, client))


@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Other words; what was read before is shown beside them."""
    client, row = request.client, _get(request, pk)
    if not row.can_be_edited_by(request.member):
        raise PermissionDenied
    data = {"member": request.member, "client": client, "activity": row, "files": links_of(row, request.member)}
    form = ActivityForm(request.POST or None, request.FILES or None, **data)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and _saved(form, lambda: posting.edit(row, by=request.member, **form.words())):
        messages.success(request, _("Saved"))
        return redirect("timeline:entry", client.slug, row.event_id)
    return render(request, "timeline/form.html", _around(form, client), status=_status(form))


@area("work")
@require_POST
@once
def take_back(request, pk):
    """Away with it."""
    client = request.client
    is_gone = posting.take_back(_get(request, pk), by=request.member)
    words = (
        _("Deleted. Nobody outside the agency had seen it.")
        if is_gone
        else _("Taken back. The line stays, struck out.")
    )
    messages.success(request, words)
    return redirect("timeline:index", client.slug)


@area("work")
@require_safe
def download(request, pk, file):
    """A file of an activity, from the day on which the activity shows; pictures also in place."""
    links = ActivityFile.objects.visible_to(request.member).filter(activity=_get(request, pk))
    link = get_object_or_404(links.select_related("file"), pk=file)
    return respond(link.file, inline="inline" in request.GET, to=request.member)


@staff_only
@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, pk):
    """Hold an entry back, show it early, or let the delay decide again."""
    client = request.client
    if not can_be_dated_by(request.member, client):
        raise PermissionDenied
    event = get_object_or_404(feed(request.member, client), pk=pk, internal=False)
    form = DayForm(request.POST or None, initial={"do": "hold"})
    if request.method == "POST" and form.is_valid():
        _decided(request, event, form.cleaned_data)
        return redirect("timeline:entry", client.slug, event.pk)
    context = {"form": form, "event": event, "horizon": presenting.horizon_of(request.member, client)}
    return render(request, "timeline/day.html", context, status=_status(form))


def _decided(request, event, wish: dict) -> None:
    by, reason = request.member, wish["reason"]
    try:
        if wish["do"] == "hold":
            deciding.hold(event, by=by, reason=reason, until=wish["until"])
        elif wish["do"] == "release":
            deciding.release(event, by=by, reason=reason)
        else:
            deciding.let_go(event, by=by, reason=reason)
    except deciding.AlreadyVisible:
        messages.warning(request, _("The client can see this entry already. Correct it or take it back."))
    else:
        messages.success(request, _("Saved"))


def _posted(row: Activity) -> str:
    words = {"client": row.client.name, "day": format_date(row.event.visible_from)}
    if row.client.delay_days:
        return _("On the timeline. %(client)s sees it on %(day)s.") % words
    return _("On the timeline. %(client)s sees it now.") % words


def _saved(form, action):
    """What the action gives; None, and the words at the field, when a file cannot be kept."""
    with taking_files(form):
        return action()
    return None


def _around(form, client: Client) -> dict:
    return {"form": form, "activity": form.activity, "delay": client.delay_days, "client": client}


def _get(request, pk) -> Activity:
    rows = Activity.objects.visible_to(request.member).of(request.client).select_related("kind", "event")
    row = get_object_or_404(rows, pk=pk)
    row.client = request.client
    return row


def _status(form) -> int:
    return 422 if form.is_bound and form.errors else 200
