"""What readers do with a protocol: comment, correct, add documents, accept; and what is done with their corrections."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.access import area, staff_only
from portal.core.formats import format_hours
from portal.core.http import number_in
from portal.files.forms import taking_files
from portal.tenancy.once import once
from protocols import actions
from protocols.actions import timing
from protocols.forms import AnswerForm, DocumentsForm
from protocols.models import Comment
from protocols.showing import comment_form_of, done, one, show, url_of
from worklog.actions.months import MonthClosed


@area("work")
@require_POST
@once
def comment(request, number):
    """Add to the thread."""
    protocol = one(request, number)
    if not protocol.can_be_commented_by(request.member):
        raise PermissionDenied
    form = comment_form_of(request, protocol, None, request.POST, request.FILES)
    if not form.is_valid():
        return show(request, protocol, comment_form=form, status=422)
    with taking_files(form):
        said = actions.comment(protocol, by=request.member, **form.words)
        messages.success(request, _("Correction sent") if said.is_correction else _("Comment sent"))
        return redirect(f"{url_of(request, protocol)}#comment-{said.pk}")
    return show(request, protocol, comment_form=form, status=422)


@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def settle(request, number, pk):
    """A correction stands in the text now, or is answered."""
    protocol = one(request, number)
    said = get_object_or_404(Comment.objects.visible_to(request.member).of(protocol).filter(is_correction=True), pk=pk)
    said.protocol = protocol
    if not said.can_be_settled_by(request.member):
        raise PermissionDenied
    form = AnswerForm(request.POST or None, said=said)
    if request.method == "POST" and form.is_valid():
        is_taken_in, answer = form.cleaned_data["how"] == "taken", form.cleaned_data["answer"]
        actions.settle(said, by=request.member, is_taken_in=is_taken_in, answer=answer)
        return done(request, protocol, _("Correction settled"))
    context = {"protocol": protocol, "said": said, "form": form, "may_edit": protocol.can_be_edited_by(request.member)}
    return render(request, "protocols/settle.html", context, status=422 if form.is_bound else 200)


@area("work")
@require_POST
def accept(request, number):
    """The other side says yes to what was written, as it was on the screen."""
    protocol = one(request, number)
    try:
        seen = number_in(request.POST["seen"]) if "seen" in request.POST else None
        actions.accept(protocol, by=request.member, seen=seen)
    except actions.Outdated:
        messages.warning(request, _("This protocol was changed while you were reading. Please look at it once more."))
        return redirect(url_of(request, protocol))
    except actions.OpenCorrections:
        messages.error(request, _("A correction is still open. Settle it first, then the protocol can be accepted."))
        return redirect(url_of(request, protocol))
    return done(request, protocol, _("Accepted. This protocol counts as agreed."))


@area("work")
@require_POST
@once
def attach(request, number):
    """Further documents, by everybody who may comment."""
    protocol = one(request, number)
    if not protocol.can_be_commented_by(request.member):
        raise PermissionDenied
    form = DocumentsForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, protocol, documents_form=form, status=422)
    with taking_files(form):
        actions.attach(protocol, by=request.member, uploads=form.cleaned_data["uploads"])
        return done(request, protocol, _("Documents added"))
    return show(request, protocol, documents_form=form, status=422)


@staff_only
@area("work")
@require_POST
def log_time(request, number):
    """The time of the talk, for all of the agency who were there."""
    protocol = one(request, number)
    try:
        made = timing.log_time(protocol, by=request.member)
    except MonthClosed:
        messages.warning(request, _("This month is closed. Ask the account manager to log the time."))
        return redirect(url_of(request, protocol))
    people = len({row.member_id for row in made})
    text = ngettext("%(time)s logged for %(people)d person.", "%(time)s logged for %(people)d people.", people)
    words = {"time": format_hours(protocol.duration_minutes), "people": people}
    messages.success(request, text % words if made else _("Everybody has logged it already."))
    return redirect(url_of(request, protocol))
