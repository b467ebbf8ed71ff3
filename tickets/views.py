"""Pages of tickets: the list, one ticket, a new one, and its facts."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.access import area
from portal.files.forms import taking_files
from portal.notifications.actions import mark_read_about
from portal.tenancy.once import once
from tickets import actions, bulk, exporting, listing, reading, viewing
from tickets.facts_form import FactsForm
from tickets.forms import TicketForm
from tickets.models import can_be_opened_by
from tickets.showing import done, one, show


@area("tickets")
@require_safe
def index(request):
    """The client's tickets."""
    return listing.show(request, request.client)


@area("tickets")
@require_safe
def board(request):
    """By state."""
    return listing.board(request, request.client)


@area("tickets")
@require_safe
def calendar(request):
    """By deadline."""
    return listing.calendar(request, request.client)


@area("tickets")
@require_safe
def export(request, kind):
    """As a file."""
    if kind not in exporting.TYPES:
        raise Http404("no such kind of file")
    return listing.export(request, request.client, kind)


@area("tickets")
@require_POST
def change(request):
    """Several at once."""
    return bulk.change(request, request.client)


@area("tickets")
@require_POST
def save_view(request):
    """Keep the filters under a name."""
    return viewing.save(request, request.client)


@area("tickets")
@require_POST
def forget_view(request, pk):
    """The filters are not wanted any more."""
    return viewing.forget(request, request.client, pk)


@area("tickets")
@require_safe
def detail(request, number):
    """What is asked, what was said, and who works on it until when."""
    ticket = one(request, number)
    if ticket.has_news:
        mark_read_about(request.member, ticket)
    return show(request, ticket)


@area("tickets")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def create(request):
    """A new ticket."""
    if not can_be_opened_by(request.member, request.client):
        raise PermissionDenied
    types = reading.TYPES.ask(request.member)
    form = TicketForm(
        request.POST or None,
        request.FILES or None,
        client=request.client,
        member=request.member,
        types=types,
        initial=_first_words(request, types),
    )
    if request.method == "POST" and form.is_valid():
        with taking_files(form):
            ticket = actions.open_ticket(request.client, by=request.member, **form.words)
            return done(request, ticket, _("Ticket %(key)s sent") % {"key": ticket.shown_key})
    context = {"form": form, "kinds": form.types.values(), "picked": str(form["type"].value() or "")}
    return render(request, "tickets/form.html", context, status=422 if form.is_bound else 200)


@area("tickets")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, number):
    """Title, kind, deadline and whatever else can be changed."""
    ticket = one(request, number)
    if not ticket.can_be_changed_by(request.member):
        raise PermissionDenied
    types = reading.TYPES.ask(request.member)
    types = [kind for kind in types if kind.has_parts] if actions.has_parts(ticket) else types
    form = FactsForm(request.POST or None, ticket=ticket, member=request.member, types=types)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(ticket, by=request.member, **form.words)
            if "watch_out" in form.changed:
                actions.keep_watch_out(ticket, by=request.member, text=form.cleaned_data["watch_out"])
            return done(request, ticket, _("Saved"))
        except actions.WiderCircle as wider:
            form.ask(wider.people)
    return render(request, "tickets/edit.html", {"ticket": ticket, "form": form}, status=422 if form.is_bound else 200)


def _first_words(request, types) -> dict:
    """What the address of a new ticket may already say: its project; and the first kind."""
    project = request.GET.get("project", "")
    return {"project": project if project.isdecimal() else "", "type": str(types[0].pk) if types else ""}
