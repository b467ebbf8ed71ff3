"""A ticket on paper: everything that was said, not only the newest; what is the agency's alone only when somebody asks for it."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.core.access import area
from tickets import carried, page, reading, thread
from tickets.models import Comment, Ticket, TicketStatus
from tickets.showing import one

MOST = 1000
"""So many comments go onto paper, the newest."""


@area("tickets")
@require_safe
def printed(request, number):
    """Facts, the request, all words and the history; paper is handed on, so private words and facts stay off it at first."""
    ticket, member = one(request, number), request.member
    with_private = member.reads_private and "private" in request.GET
    statuses = carried.flow_of(ticket)
    context = {
        "ticket": ticket,
        "facts": page.facts_of(ticket, member, is_handed_on=not with_private),
        "description": thread.description_of(ticket),
        "posts": _posts(request, ticket, statuses, with_private=with_private),
        "is_cut": ticket.is_cut,  # type: ignore[attr-defined]
        "most": MOST,
        "with_private": with_private,
        "state": ticket.status.word_for(member),
    }
    return render(request, "tickets/print.html", context)


def _posts(request, ticket: Ticket, statuses: list[TicketStatus], *, with_private: bool) -> list[thread.Post]:
    member = request.member
    ticket.reasons = ticket.reasons if with_private else []
    rows = Comment.objects.visible_to(member).of(ticket).select_related("author__user", "author__vendor")
    rows = rows if with_private else rows.public()
    said = list(rows.order_by("-created_at", "-pk")[: MOST + 1])
    ticket.is_cut = len(said) > MOST  # type: ignore[attr-defined]
    said = said[:MOST]
    kept = {comment.pk for comment in said}
    files = [row for row in carried.files_of(ticket) if row.comment_id in kept]
    span = {"since": ticket.created_at, "until": timezone.now()}
    changes = reading.CHANGES.ask(member, request.client, ticket=ticket.pk, **span)
    changes = [row for row in changes if with_private or not row.is_internal]
    return thread.thread_of(ticket, said, changes, files, thread.words_of_states(statuses, member), member)
