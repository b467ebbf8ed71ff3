"""Pages of one client's protocols: the list, one protocol, writing and changing it."""

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.access import area
from portal.core.http import number_in
from portal.core.paging import next_of
from portal.files.forms import taking_files
from portal.tenancy.once import once
from protocols import actions, presenting
from protocols.comparing import compared
from protocols.forms import BasePointFormSet, FilterForm, PointFormSet, ProtocolForm
from protocols.models import Meeting, Protocol, can_be_written_by
from protocols.reading import LISTED
from protocols.showing import done, one, opened, show
from worklog.actions.correcting import belong
from worklog.models import WorkEntry

YEARS = 6
"""So many years can be chosen in the list; older ones are found by their words."""


@area("work")
@require_safe
def index(request):
    """All protocols of the client, newest first."""
    filters = FilterForm(request.GET)
    narrow = filters.narrow if filters.is_narrowing else None
    page = LISTED.page(request.member, request.client, request.GET.get("after", ""), narrow)
    context = {
        "rows": presenting.rows_of(page.rows, request.client),
        "more": next_of(request, page),
        "filters": filters,
        "years": range(timezone.localdate().year, timezone.localdate().year - YEARS, -1),
        "may_write": can_be_written_by(request.member, request.client),
    }
    if _part(request) == "index.html":
        context |= presenting.choices_for(request.member, request.client)
    return render(request, f"protocols/{_part(request)}", context)


@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def create(request):
    """A new protocol, kept as a draft or published at once."""
    if not can_be_written_by(request.member, request.client):
        raise PermissionDenied
    if request.POST.get("draft_number"):
        return edit(request, _number(request))
    meeting, talk = _meeting(request), _talk(request)
    form, points = _bound(request, None, meeting, talk)
    if _is_ready(request, form, points):
        publish, uploads = _wants_publication(request), form.cleaned_data["uploads"]
        with taking_files(form):
            what = {"uploads": uploads, "contents": form.contents(points), "meeting": meeting, **form.words}
            protocol = actions.write(request.client, by=request.member, publish=publish, **what)
            belong(talk, protocol, by=request.member)
            return done(request, protocol, _("Protocol published") if publish else _("Draft kept"))
    return _form(request, form, points, meeting=meeting)


@area("work")
@require_safe
def detail(request, number):
    """What was discussed, and what was said about it afterwards."""
    protocol = one(request, number)
    opened(request, protocol)
    return show(request, protocol)


@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, number):
    """Change a protocol; when somebody else saved meanwhile, both texts stand side by side."""
    protocol = one(request, number)
    if not protocol.can_be_edited_by(request.member):
        raise PermissionDenied
    form, points = _bound(request, protocol)
    if not _is_ready(request, form, points):
        return _form(request, form, points, protocol=protocol)
    try:
        with taking_files(form):
            what = {"uploads": form.cleaned_data["uploads"], "contents": form.contents(points), **form.words}
            seen_at, publish = form.cleaned_data["version"], _wants_publication(request)
            actions.edit(protocol, by=request.member, seen_at=seen_at, publish=publish, **what)
            return done(request, protocol, _("Protocol published") if publish else _("Saved"))
    except actions.Conflict as conflict:
        return _conflict(request, form, points, conflict.current)
    return _form(request, form, points, protocol=protocol)


@area("work")
@require_POST
def keep(request):
    """What is being typed, kept as a draft without a word being said; answers with the state line of the form."""
    if not can_be_written_by(request.member, request.client):
        raise PermissionDenied
    protocol = one(request, _number(request)) if request.POST.get("draft_number") else None
    form, points = _bound(request, protocol, None if protocol else _meeting(request))
    if protocol and (protocol.is_published or not protocol.can_be_edited_by(request.member)):
        raise PermissionDenied
    if not form.is_valid() or not points.is_valid():
        return render(request, "protocols/_kept.html", {"form": form, "protocol": protocol, "is_waiting": True})
    try:
        kept = _keep(request, protocol, form, points)
    except actions.Conflict as conflict:
        return render(request, "protocols/_kept.html", {"form": form, "protocol": conflict.current, "is_clash": True})
    return render(request, "protocols/_kept.html", {"protocol": kept, "version": kept.edited_at.isoformat()})


@area("work")
@require_POST
def publish(request, number):
    """From now on everybody of the client sees it."""
    protocol = actions.publish(one(request, number), by=request.member)
    return done(request, protocol, _("Protocol published"))


def _keep(request, protocol: Protocol | None, form: ProtocolForm, points) -> Protocol:
    what = {"contents": form.contents(points), **form.words}
    if protocol:
        return actions.edit(protocol, by=request.member, seen_at=form.cleaned_data["version"], **what)
    kept = actions.write(request.client, by=request.member, publish=False, meeting=form.meeting, **what)
    belong(_talk(request), kept, by=request.member)
    return kept


def _number(request) -> int:
    number = request.POST["draft_number"]
    if not number.isdecimal() or len(number) > 9:
        raise Http404("no such draft")
    return int(number)


def _meeting(request) -> Meeting | None:
    """The meeting that the protocol is written for, named in the address."""
    pk = number_in(request.GET.get("meeting", ""))
    rows = Meeting.objects.visible_to(request.member).of(request.client)
    return get_object_or_404(rows, pk=pk) if pk else None


def _talk(request) -> WorkEntry | None:
    """The entry of a call or a meeting that the protocol is written for, named in the address."""
    pk = number_in(request.GET.get("entry", ""))
    rows = WorkEntry.objects.visible_to(request.member).of(request.client).by_member(request.member)
    return get_object_or_404(rows.select_related("project"), pk=pk) if pk else None


def _bound(
    request, protocol: Protocol | None, meeting: Meeting | None = None, talk: WorkEntry | None = None
) -> tuple[ProtocolForm, BasePointFormSet]:
    """The form and the agenda below it, as sent or as they stand."""
    options = {"client": request.client, "member": request.member, "meeting": meeting, "instance": protocol}
    first = presenting.first_words_of(meeting) if meeting else presenting.first_words_of_talk(talk) if talk else {}
    form = ProtocolForm(request.POST or None, request.FILES or None, initial=first, **options)
    points = PointFormSet(_rows(request), initial=presenting.points_of(protocol, meeting), prefix="points")
    return form, cast(BasePointFormSet, points)


def _rows(request):
    """What was sent of the agenda; one row more when that was asked for, none when the sender knows no agenda."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    total = data.get("points-TOTAL_FORMS", "0")
    count = int(total) if total.isdecimal() and len(total) < 4 else 0
    data["points-TOTAL_FORMS"] = str(count + ("add" in data))
    data.setdefault("points-INITIAL_FORMS", "0")
    return data


def _is_ready(request, form: ProtocolForm, points) -> bool:
    """Sent, complete and meant to be saved: "add" only asks for one more row."""
    return request.method == "POST" and "add" not in request.POST and all([form.is_valid(), points.is_valid()])


def _wants_publication(request) -> bool:
    """Of the two buttons the careful one wins."""
    return "publish" in request.POST and "draft" not in request.POST


def _part(request) -> str:
    """The whole page, or for htmx the part that it swaps."""
    if not request.htmx or request.htmx.boosted:
        return "index.html"
    return "_more.html" if request.GET.get("after") else "_list.html"


def _form(request, form, points, *, status=200, **context):
    asks = "add" in request.POST
    status = 422 if status == 200 and not asks and form.is_bound and (form.errors or any(points.errors)) else status
    context = {"form": form, "points": points, "asks_for_more": asks, **context}
    return render(request, "protocols/form.html", context, status=status)


def _conflict(request, form, points, theirs):
    """Both texts: mine stays in the form, theirs stands beside it with what is different, and the next save is meant."""
    form.show_version(theirs)
    saved = ProtocolForm(client=request.client, member=request.member, instance=theirs)
    context = {"protocol": theirs, "theirs": theirs, "theirs_places": compared(form, points.points(), saved)}
    return _form(request, form, points, status=409, **context)
