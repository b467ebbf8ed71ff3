"""One protocol's page, which several views show."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext

from portal.core.formats import format_hours
from portal.notifications.actions import mark_read_about
from protocols import actions, page, presenting, reading
from protocols.actions.timing import can_be_timed_by, unlogged
from protocols.addresses import in_parts
from protocols.carrying import carried_onto
from protocols.forms import CommentForm, DocumentsForm
from protocols.models import ActionItem


def one(request, number):
    """The protocol of this number, as far as the member may see it."""
    found = reading.ONE.ask(request.member, request.client, number=number)
    if not found:
        raise Http404("no such protocol")
    protocol = found[0]
    protocol.client = request.client
    return protocol


def opened(request, protocol) -> None:
    """The member reads what it says now: that is remembered, and the bell is quiet about it."""
    if protocol.is_published and not protocol.is_known and protocol.author_id != request.member.pk:
        actions.mark_read(protocol, by=request.member)
    if protocol.has_news:
        mark_read_about(request.member, protocol)


def url_of(request, protocol) -> str:
    """The protocol's page."""
    return reverse("protocols:detail", args=[request.client.slug, protocol.number])


def done(request, protocol, words: str):
    """Say it, and back to the protocol."""
    messages.success(request, words)
    return redirect(url_of(request, protocol))


def show(request, protocol, *, comment_form=None, documents_form=None, status=200):
    """The whole page."""
    member, client = request.member, request.client
    files = reading.FILES.ask(member, client, protocol=protocol.pk)
    said = reading.SAID.ask(member, client, protocol=protocol.pk)
    items = reading.ITEMS.ask(member, client, protocol=protocol.pk)
    found = tasks_in(request, protocol)
    contents = page.contents_of(protocol, items, page.people_named_in(protocol, items, found))
    tasks = page.tasks_of(found, member)
    open_corrections = sum(c.is_correction and not c.settled_at for c in said)
    context = {
        "protocol": protocol,
        "lede": in_parts(presenting.lede_of(protocol)),
        "contents": contents,
        "tasks": tasks,
        "progress": page.progress_of(tasks),
        "carried": page.tasks_of(carried_in(request, protocol), member),
        "notice": page.notice_of(protocol, member, open_corrections),
        "readers": page.readers_of(protocol),
        "track": page.track_of(protocol, open_corrections),
        "facts": presenting.facts_of(protocol),
        "seen_by": presenting.seen_by(protocol, member),
        "documents": presenting.documents_of([f for f in files if f.comment_id is None], client, protocol.number),
        "posts": presenting.posts_of(said, files, client, protocol, member),
        "may_edit": protocol.can_be_edited_by(member),
        "may_comment": protocol.can_be_commented_by(member),
        "may_accept": protocol.can_be_accepted_by(member) and not open_corrections,
        "untimed": _untimed(protocol, member),
        "comment_form": comment_form or comment_form_of(request, protocol, contents),
        "documents_form": documents_form or DocumentsForm(),
    }
    return render(request, "protocols/detail.html", context, status=status)


def _untimed(protocol, member) -> str:
    """How much time can be logged for how many people of the agency, with one click; "" for nothing."""
    people = unlogged(protocol) if can_be_timed_by(protocol, member) else []
    words = {"time": format_hours(protocol.duration_minutes), "people": len(people)} if people else {}
    text = ngettext("Log %(time)s for %(people)d person", "Log %(time)s for %(people)d people", len(people))
    return text % words if people else ""


def comment_form_of(request, protocol, contents=None, *data):
    """The form below the thread; a correction can name an agenda item."""
    places = [topic.title for topic in contents.topics] if contents else [item.title for item in protocol.items.all()]
    return CommentForm(*data, places=places, may_correct=protocol.can_be_corrected_by(request.member))


def tasks_in(request, protocol) -> list[ActionItem]:
    """The action items of the protocol."""
    found = reading.TASKS.ask(request.member, request.client, protocol=protocol.pk)
    for item in found:
        item.client, item.protocol = request.client, protocol
    return found


def carried_in(request, protocol) -> list[ActionItem]:
    """Those of earlier protocols of the series, on a published one; a draft shows them on its sheet."""
    found = carried_onto(protocol, request.member) if protocol.is_published else []
    for item in found:
        item.client = request.client
    return found
