"""One ticket's page, which several views show."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from portal.core.context import tenant
from portal.core.paging import EPOCH, MICROSECOND, moment_in
from portal.tenancy.presence import presence_for
from tickets import carried, deadlines, page, presenting, reading, thread
from tickets.audience import houses_among, listeners_of, may_name, people_around, vendors_who_read_private
from tickets.family_forms import LinkForm, PartForm
from tickets.forms import DeskForm, FollowerForm, StateForm
from tickets.models import Stage, Ticket
from tickets.talk_forms import CommentForm
from tickets.timing import can_be_timed_by, time_of
from worklog.actions.kinds import names_among
from worklog.actions.looking import look

LARGEST = 2**31 - 1
"""Of the numbers that the database can hold."""


def one(request, number: int) -> Ticket:
    """The ticket of this number, as far as the member may see it."""
    found = reading.ONE.ask(request.member, request.client, number=number) if number <= LARGEST else []
    if not found:
        raise Http404("no such ticket")
    ticket = found[0]
    ticket.client = request.client
    return ticket


def url_of(request, ticket: Ticket) -> str:
    """The ticket's page."""
    return reverse("tickets:detail", args=[request.client.slug, ticket.number])


def done(request, ticket: Ticket, words: str):
    """Say it, and back to the ticket."""
    messages.success(request, words)
    return redirect(url_of(request, ticket))


def show(request, ticket: Ticket, *, comment_form=None, desk_form=None, status=200):
    """The whole page."""
    member = request.member
    statuses = carried.flow_of(ticket)
    may_change = ticket.can_be_changed_by(member)
    context = {
        "ticket": ticket,
        "steps": page.steps_of(ticket, statuses, member),
        "facts": page.facts_of(ticket, member),
        **_deadline(ticket),
        "followers": page.followers_of(ticket),
        "is_following": any(row["member"] == member.pk and not row["muted_at"] for row in ticket.people),
        "may_change": may_change,
        "may_comment": ticket.can_be_commented_by(member),
        "is_awaited": member.is_contact and ticket.stage == Stage.WAITING and ticket.can_be_commented_by(member),
        "may_close": ticket.can_be_closed_by(member),
        "may_reopen": ticket.can_be_reopened_by(member),
        "may_confirm": ticket.can_be_confirmed_by(member),
        "state_form": StateForm(statuses=statuses, member=member, initial={"status": ticket.status.code})
        if may_change
        else None,
        **_talk(request, ticket, statuses),
        **_time(request, ticket, comment_form),
        "presence": presence_for(ticket.client, ticket.assignee, request.agency) if _is_ours(ticket) else None,
        **_people(request, ticket, desk_form),
        **_family(request, ticket),
    }
    return render(request, "tickets/detail.html", context, status=status)


def _deadline(ticket: Ticket) -> dict:
    now = timezone.now()
    due, tone = deadlines.said(ticket.due_at, now)
    return {"due": due, "tone": tone, "gone": presenting.gone_of(ticket, now)}


def _is_ours(ticket: Ticket) -> bool:
    """Whether somebody of the agency works on it, whose hours are known."""
    return ticket.assignee is not None and ticket.assignee.is_specialist


def _talk(request, ticket: Ticket, statuses) -> dict:
    """The thread: the newest comments, or those before a place, and the history of the same time."""
    member, place = request.member, moment_in(request.GET.get("before", ""))
    if place:
        values = {"moment": place[0], "row": place[1]}
        said = reading.SAID_BEFORE.ask(member, request.client, ticket=ticket.pk, **values)
    else:
        said = reading.SAID.ask(member, request.client, ticket=ticket.pk)
    earlier, said = said[reading.POSTS :], said[: reading.POSTS]
    since = said[-1].created_at if earlier else ticket.created_at
    until = place[0] if place else None
    span = {"since": since, "until": until or timezone.now()}
    changes = reading.CHANGES.ask(member, request.client, ticket=ticket.pk, **span)
    ticket.reasons = [row for row in ticket.reasons or () if _is_between(parse_datetime(row["at"]), since, until)]
    files = carried.files_of(ticket)
    posts = thread.thread_of(ticket, said, changes, files, thread.words_of_states(statuses, member), member)
    last = said[-1] if earlier else None
    return {
        "posts": posts,
        "earlier": f"?before={(last.created_at - EPOCH) // MICROSECOND}-{last.pk}" if last else "",
        "is_earlier": bool(place),
        "documents": thread.documents_of([f for f in files if f.comment_id is None], request.client, ticket.number),
        "description": thread.description_of(ticket),
    }


def _is_between(moment: datetime | None, since: datetime, until: datetime | None) -> bool:
    return moment is not None and moment >= since and not (until and moment > until)


def comment_form_of(ticket: Ticket, member, *data, last_kind: str = "", **more) -> CommentForm:
    """The form as this reader gets it. last_kind: of work on this ticket, which is suggested."""
    executor = ticket.assignee if ticket.assignee_id != member.pk and not ticket.is_closed else None
    own = [(row["name"], row["retired_at"]) for row in ticket.work_kinds or ()]
    kinds = names_among(own, member.agency) if can_be_timed_by(ticket, member) else []
    return CommentForm(*data, writer=member, executor=executor, kinds=kinds, last_kind=last_kind, **more)


def _time(request, ticket: Ticket, comment_form) -> dict:
    """What was logged on it, and the form that can log more."""
    member = request.member
    time = time_of(ticket, member)
    if time and time.lines:
        look(member, ticket.client)
    first: dict[str, Any] = {"last_kind": time.lines[0].kind if time and time.lines else ""}
    first |= {"initial": {"direct": "direct" in request.GET}}
    return {
        "time": time,
        "comment_form": comment_form or comment_form_of(ticket, member, **first),
        "may_time": can_be_timed_by(ticket, member),
    }


def _people(request, ticket: Ticket, desk_form) -> dict:
    """Who can be named, who hears of it, and the forms that ask for people."""
    member = request.member
    with tenant(ticket.agency_id):
        around = people_around(ticket)
    following = {row["member"] for row in ticket.people}
    listeners = listeners_of(ticket, member, around)
    vendors = vendors_who_read_private(around)
    houses = houses_among(around)
    first = {"assignee": str(ticket.assignee_id or ""), "team": str(ticket.team_id or "")}
    return {
        "audience": page.audience_of(ticket, member, listeners, vendors, houses),
        "desk_form": desk_form
        or DeskForm(people=[one for one in around if may_name(member, one)], teams=ticket.teams or [], initial=first),
        "follower_form": FollowerForm(
            people=[one for one in around if one.pk not in following and may_name(member, one)]
        ),
    }


def _part_form(request, ticket: Ticket) -> PartForm | None:
    if not (ticket.type.has_parts and request.member.is_specialist):
        return None
    return PartForm(auto_id="id_part_%s", types=reading.TYPES.ask(request.member))


def _family(request, ticket: Ticket) -> dict:
    """What it is linked with, and what it is made of."""
    member = request.member
    return {
        "relatives": page.relatives_of(ticket),
        "to_do": ticket.to_do,
        "link_form": LinkForm(auto_id="id_link_%s") if member.is_specialist else None,
        "part_form": _part_form(request, ticket),
        "parts": presenting.rows_of(carried.parts_of(ticket), member, request.client),
    }
