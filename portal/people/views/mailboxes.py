"""Settings: the mailboxes that are asked for new mail."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from portal.core.access import needs, staff_only
from portal.mail import imap
from portal.mail.door_models import ALARM_AFTER
from portal.mail.models import ImapMailbox
from portal.people.actions import mailboxes
from portal.people.forms.mailboxes import MailboxForm, PasswordForm
from portal.people.views.pages import submitted

MOST = 100


@staff_only
@needs("manage_agency")
def index(request):
    """All mailboxes, and another one."""
    form = MailboxForm(request.POST or None)
    if submitted(form, partial(mailboxes.add, request.agency, by=request.member)):
        messages.success(request, _("Added. It is read within a minute."))
        return redirect("people:mailboxes")
    rows = list(ImapMailbox.objects.visible_to(request.member).order_by("pk")[:MOST])
    for row in rows:
        row.is_alarming = row.has_failed_for(ALARM_AFTER, at=timezone.now())
    context = {"rows": rows, "form": form, "title": _("Mailboxes")}
    return render(request, "people/mailboxes.html", context, status=422 if form.errors else 200)


@staff_only
@needs("manage_agency")
@require_POST
def test(request, pk: int):
    """Sign in there now, and say what came of it."""
    trouble, count = imap.probe(_get(request, pk))
    if trouble:
        messages.error(request, trouble.label)
    else:
        told = ngettext("It works. %(count)s mail lies there.", "It works. %(count)s mails lie there.", count)
        messages.success(request, told % {"count": count})
    return redirect("people:mailboxes")


@staff_only
@needs("manage_agency")
@require_POST
def change_password(request, pk: int):
    """Another password for a mailbox that is there."""
    mailbox, form = _get(request, pk), PasswordForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["password"])))
        return redirect("people:mailboxes")
    mailboxes.change_password(mailbox, by=request.member, password=form.cleaned_data["password"])
    return _done(request, _("Password saved. It is read again within a minute."))


@staff_only
@needs("manage_agency")
@require_POST
def pause(request, pk: int):
    """Ask it no more for now."""
    mailboxes.pause(_get(request, pk), by=request.member)
    return _done(request, _("Paused."))


@staff_only
@needs("manage_agency")
@require_POST
def resume(request, pk: int):
    """Ask it again."""
    mailboxes.resume(_get(request, pk), by=request.member)
    return _done(request, _("It is read again within a minute."))


@staff_only
@needs("manage_agency")
@require_POST
def remove(request, pk: int):
    """Forget it."""
    mailboxes.remove(_get(request, pk), by=request.member)
    return _done(request, _("Removed. Mails that came from it stay."))


def _get(request, pk: int) -> ImapMailbox:
    return get_object_or_404(ImapMailbox.objects.visible_to(request.member), pk=pk)


def _done(request, told: str):
    messages.success(request, told)
    return redirect("people:mailboxes")
