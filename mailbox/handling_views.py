"""What the agency does with a thread: the page for it, and its buttons."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailbox import handling, ticketing
from mailbox.forms import AssignForm, MoveForm
from mailbox.showing import one
from portal.core.access import area, staff_only


@require_safe
@staff_only
@area("mails")
def handle(request, number):
    """Who answers, and where the thread lies."""
    return _show(request, _handled(request, number))


@require_POST
@staff_only
@area("mails")
def assign(request, number):
    mail = _handled(request, number)
    form = AssignForm(request.POST, client=request.client)
    if not form.is_valid():
        return _show(request, mail, assign_form=form, status=422)
    to = form.cleaned_data["assignee"]
    handling.assign(mail.thread, by=request.member, to=to)
    words = _("%(name)s is to answer, and is told") % {"name": to} if to else _("Nobody is to answer")
    return _back(request, number, words)


@require_POST
@staff_only
@area("mails")
def move(request, number):
    mail = _handled(request, number)
    form = MoveForm(request.POST, client=request.client, member=request.member)
    if not form.is_valid():
        return _show(request, mail, move_form=form, status=422)
    handling.move(mail.thread, by=request.member, project=form.cleaned_data["project"])
    return _back(request, number, _("Moved. Who sees it has changed with it."))


@require_POST
@staff_only
@area("mails")
def hide(request, number):
    """Not relevant, or relevant after all."""
    mail = _handled(request, number)
    if request.POST.get("hidden"):
        handling.hide(mail.thread, by=request.member)
        undo = reverse("mailbox:hiding", args=[request.client.slug, number])
        return _back(
            request, number, _("Set aside as not relevant. It is in no list and no search; you can undo it here."), undo
        )
    handling.unhide(mail.thread, by=request.member)
    return _back(request, number, _("It is in the list again"))


@require_POST
@staff_only
@area("mails")
def make_ticket(request, number):
    """Of the mail; or lead to the one that was made of it before."""
    mail = _handled(request, number)
    ticket = ticketing.ticket_of(mail)
    if ticket is None:
        ticket = ticketing.open_once(mail, by=request.member)
        messages.success(request, _("Ticket %(key)s made of this mail") % {"key": ticket.key})
    return redirect("tickets:detail", request.client.slug, ticket.number)


def _handled(request, number):
    mail = one(request, number)
    if not mail.thread.can_be_handled_by(request.member):
        raise PermissionDenied
    return mail


def _show(request, mail, *, assign_form=None, move_form=None, status=200):
    thread = mail.thread
    context = {
        "mail": mail,
        "assign_form": assign_form or AssignForm(initial={"assignee": thread.assignee_id}, client=request.client),
        "move_form": move_form
        or MoveForm(initial={"project": thread.project_id}, client=request.client, member=request.member),
    }
    return render(request, "mailbox/handling.html", context, status=status)


def _back(request, number, words: str, undo: str = ""):
    messages.success(request, words, extra_tags=undo)
    return redirect("mailbox:detail", request.client.slug, number)
