"""Pages of one client's meetings."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.access import area
from portal.core.http import seen_in
from portal.core.paging import next_of
from portal.tenancy.once import once
from protocols.addresses import in_parts
from protocols.carrying import carried_into
from protocols.meetings import actions, feeds, month, presenting, reading, series, unwritten
from protocols.meetings.forms import AnswerForm, MeetingForm, TopicForm, WaiverForm
from protocols.meetings.seeing import as_seen
from protocols.models import Meeting, can_be_written_by


@area("work")
@require_safe
def index(request):
    """The next meeting with its agenda, the month, all meetings, the series, and what is still unwritten."""
    rows = reading.meetings_of(request.member, request.client)
    is_past, after = request.GET.get("show") == "past", request.GET.get("after", "")
    page = (reading.past if is_past else reading.coming)(rows, after)
    for meeting in page.rows:
        meeting.client = request.client
    if after and request.htmx:
        return render(
            request, "protocols/meetings/_more.html", _list(request, page, reading.around(page.rows, request.member))
        )
    following = next(iter(reading.coming(rows, "").rows if is_past or after else page.rows), None)
    beside = reading.around([*page.rows, *([following] if following else [])], request.member)
    context = {
        **_list(request, page, beside),
        **_margin(request, rows),
        "is_past": is_past,
        "following": following and _next_card(request, following, beside),
        "may_plan": actions.can_be_planned_by(request.member, request.client),
        "topic_form": TopicForm(),
    }
    return render(request, "protocols/meetings/index.html", context)


def _list(request, page, beside):
    rows = presenting.rows_of(page.rows, request.client, request.member, beside.counts())
    return {"rows": rows, "more": next_of(request, page)}


def _next_card(request, meeting, beside):
    meeting.client = request.client
    topics = beside.topics[meeting.pk]
    return {
        "meeting": meeting,
        "lede": in_parts(presenting.lede_of(meeting)),
        "nearness": presenting.nearness_of(meeting),
        "guests": [guest.member for guest in beside.guests[meeting.pk]],
        "answers": presenting.answers_in_words(beside.guests[meeting.pk], meeting),
        "points": presenting.points_of(topics, meeting, request.member),
        "planned": presenting.time_in_words(topics, meeting),
        "may_add": meeting.can_be_added_to_by(request.member),
    }


def _margin(request, rows):
    first = month.first_of(request.GET.get("month", ""))
    margin = reading.margin(rows, request.client, first)
    for meeting in (*margin.month, *margin.without):
        meeting.client = request.client
    feed = feeds.feed_of(request.member)
    return {
        "sheet": month.sheet_of(first, margin.month, request.client, request.member),
        "without": margin.without,
        "may_write": can_be_written_by(request.member, request.client),
        "series": presenting.series_rows(margin.of_series, request.client),
        "feed": feeds.address_of(feed),
        "feed_read_at": feed.read_at,
    }


@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def plan(request):
    """A new meeting or series; of a contact a proposal."""
    if not actions.can_be_planned_by(request.member, request.client):
        raise PermissionDenied
    form = MeetingForm(request.POST or None, client=request.client, member=request.member, guests=[request.member.pk])
    if request.method == "POST" and form.is_valid():
        return _planned(request, form)
    return _form(request, form)


def _planned(request, form):
    client, by = request.client, request.member
    if form.is_series:
        planned = series.plan(client, by=by, guests=form.guests, **form.words_of_series())
        messages.success(request, _("Series planned. Everybody invited gets a mail."))
        following = planned.meetings.order_by("starts_at").first()
        return _to(request, following) if following else redirect("protocols:meetings", client.slug)
    words = form.words("rhythm", "last_on")
    if not by.is_specialist:
        words["leader"] = client.manager
    meeting = actions.plan(client, by=by, guests=form.guests, **words)
    done = (
        _("Meeting planned. Everybody invited gets a mail.") if by.is_specialist else _("Proposed. You hear from us.")
    )
    messages.success(request, done)
    return _to(request, meeting)


@area("work")
@require_safe
def detail(request, pk):
    """One meeting: agenda, who comes, and what can be done."""
    return show(request, get(request, pk))


@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request, pk):
    """Another time, place or title, of this one only."""
    meeting = get(request, pk)
    if not meeting.can_be_changed_by(request.member):
        raise PermissionDenied
    guests = [guest.member_id for guest in reading.around([meeting], request.member).guests[meeting.pk]]
    form = MeetingForm(
        request.POST or None, instance=meeting, client=request.client, member=request.member, guests=guests
    )
    if request.method == "POST" and form.is_valid():
        invited = None if meeting.series_id else form.guests
        try:
            meeting = actions.change(meeting, by=request.member, guests=invited, **form.words())
            messages.success(request, _("Saved"))
            return _to(request, meeting)
        except actions.Outdated as outdated:
            form.show(outdated.current, presenting.lede_of(outdated.current))
    return _form(request, form, meeting=meeting)


@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def call_off(request, pk):
    """Ask once, then tell everybody that it does not take place."""
    meeting = get(request, pk)
    if not meeting.can_be_changed_by(request.member):
        raise PermissionDenied
    if request.method == "POST":
        actions.call_off(meeting, by=request.member)
        messages.success(request, _("Declined") if meeting.is_proposal else _("Called off. Everybody invited is told."))
        return _to(request, meeting)
    return render(
        request, "protocols/meetings/call_off.html", {"meeting": meeting, "lede": presenting.lede_of(meeting)}
    )


@area("work")
@require_POST
@once
@as_seen
def confirm(request, pk):
    """Say yes to a proposal."""
    meeting = actions.confirm(get(request, pk), by=request.member, seen=seen_in(request))
    messages.success(request, _("Confirmed. Everybody invited gets a mail."))
    return _to(request, meeting)


@area("work")
@require_POST
@as_seen
def answer(request, pk):
    """Yes, no or maybe."""
    meeting, form = get(request, pk), AnswerForm(request.POST)
    if not form.is_valid():
        return show(request, meeting, answer_form=form, status=422)
    words = {"answer": form.cleaned_data["answer"], "whole_series": form.cleaned_data["series"]}
    actions.answer(meeting, by=request.member, seen=seen_in(request), **words)
    messages.success(request, _("Thank you, your answer is noted."))
    return _to(request, meeting)


@area("work")
@require_POST
def waive(request, pk):
    """No protocol is needed."""
    meeting, form = get(request, pk), WaiverForm(request.POST)
    if not meeting.can_be_waived_by(request.member):
        raise PermissionDenied
    if not form.is_valid():
        return show(request, meeting, waiver_form=form, status=422)
    unwritten.waive(meeting, by=request.member, reason=form.cleaned_data["reason"])
    messages.success(request, _("Noted: no protocol is needed."))
    return _to(request, meeting)


@area("work")
@require_POST
def renew_feed(request):
    """A new address for one's own calendar; the old one is dead from now on."""
    feeds.renew(request.member)
    messages.success(request, _("This is your new address. The old one shows nothing any more."))
    return redirect(reverse("protocols:meetings", args=[request.client.slug]) + "#feed")


def get(request, pk) -> Meeting:
    """The meeting of the page."""
    meeting = get_object_or_404(
        reading.meetings_of(request.member, request.client).select_related(
            "leader__user", "created_by__user", "cancelled_by__user", "waived_by__user", "series", "project"
        ),
        pk=pk,
    )
    meeting.client = request.client
    return meeting


def show(request, meeting, *, answer_form=None, topic_form=None, waiver_form=None, status=200):
    """The meeting's page; one of its forms may have errors."""
    beside, member = reading.around([meeting], request.member), request.member
    topics, guests = beside.topics[meeting.pk], beside.guests[meeting.pk]
    state, tone = presenting.state_of(meeting, member)
    is_open = not meeting.is_over and not meeting.is_cancelled
    context = {
        "meeting": meeting,
        "lede": in_parts(presenting.lede_of(meeting)),
        "state": state,
        "tone": tone,
        "seats": presenting.seats_of(guests, meeting),
        "points": presenting.points_of(topics, meeting, member),
        "planned": presenting.time_in_words(topics, meeting),
        "carried": carried_into(meeting, member) if is_open else [],
        "may_add": meeting.can_be_added_to_by(member),
        "may_change": meeting.can_be_changed_by(member),
        "may_confirm": meeting.can_be_confirmed_by(member),
        "may_answer": is_open
        and not request.client.is_read_only
        and meeting.my_answer is not None
        and not meeting.is_proposal,
        "may_waive": meeting.can_be_waived_by(member) and not meeting.published_at,
        "may_write": _is_time_to_write(meeting) and can_be_written_by(member, request.client),
        "may_change_series": bool(meeting.series and _may_change_series(request, meeting)),
        "answer_form": answer_form or _answer_form(request, meeting),
        "topic_form": topic_form or TopicForm(),
        "waiver_form": waiver_form or WaiverForm(),
    }
    return render(request, "protocols/meetings/detail.html", context, status=status)


def _is_time_to_write(meeting) -> bool:
    """From the day before on; what was called off or never confirmed has no protocol."""
    is_near = meeting.starts_at - timezone.now() < timedelta(days=1)
    return is_near and not meeting.is_cancelled and not meeting.is_proposal


def _may_change_series(request, meeting) -> bool:
    meeting.series.client = request.client
    return meeting.series.can_be_changed_by(request.member) and not meeting.is_over


def _answer_form(request, meeting) -> AnswerForm:
    """What was said before, or what the link in the mail proposes."""
    chosen = request.GET.get("answer") or meeting.my_answer
    form = AnswerForm(initial={"answer": chosen, "series": request.GET.get("series") == "1"})
    if not meeting.series_id:
        del form.fields["series"]
    return form


def _to(request, meeting):
    return redirect("protocols:meeting", request.client.slug, meeting.pk)


def _form(request, form, **context):
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "protocols/meetings/form.html", {"form": form, **context}, status=status)
