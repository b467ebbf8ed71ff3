"""What people say on a ticket, who follows it, and its files."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.audit.log import log as audit_log
from portal.core.access import area, ruled
from portal.core.context import tenant
from portal.files.forms import taking_files
from portal.files.preview_cache import preview_of
from portal.files.responses import respond, respond_page
from portal.mail.models import InboundMail
from portal.tenancy.once import once
from tickets import actions, keys
from tickets.audience import mailed_outside, may_name, people_around
from tickets.forms import FollowerForm
from tickets.models import Comment, CommentVersion, DescriptionVersion, Follower, Ticket, TicketFile
from tickets.showing import comment_form_of, done, one, show, url_of
from tickets.talk_forms import RewordForm
from worklog.actions.months import MonthClosed


@area("tickets")
@require_POST
@once
def comment(request, number):
    """Say something, to everybody of the ticket or privately; and log the time that it took."""
    ticket = one(request, number)
    if not ticket.can_be_commented_by(request.member):
        raise PermissionDenied
    form = comment_form_of(ticket, request.member, request.POST, request.FILES)
    if form.is_valid() and (said := _said(form, ticket, request.member)):
        messages.success(request, _words_for(said, ticket))
        return redirect(f"{url_of(request, said.ticket)}#comment-{said.pk}")
    return show(request, ticket, comment_form=form, status=422)


@area("tickets")
@require_http_methods(["GET", "HEAD", "POST"])
def reword(request, number, pk):
    """One's own comment in other words; what it said before is kept."""
    ticket, said = _comment(request, number, pk)
    if not said.can_be_edited_by(request.member):
        raise PermissionDenied
    form = RewordForm(request.POST or None, instance=said, initial={"text": said.shown_text})
    if request.method == "POST" and form.is_valid():
        actions.edit(said, by=request.member, text=form.cleaned_data["text"])
        return redirect(f"{url_of(request, ticket)}#comment-{said.pk}")
    context = {"ticket": ticket, "said": said, "form": form}
    return render(request, "tickets/reword.html", context, status=422 if form.is_bound else 200)


@area("tickets")
@require_POST
def withdraw(request, number, pk):
    """One's own words taken back before the client hears of them."""
    ticket, said = _comment(request, number, pk)
    actions.withdraw(said, by=request.member)
    known = mailed_outside(said) if request.member.is_specialist else []
    if known:
        messages.warning(request, _("Mailed already to: %(names)s") % {"names": ", ".join(known)})
    return done(request, ticket, _("Taken back. Only %(agency)s sees it now.") % {"agency": request.agency.name})


@area("tickets")
@require_safe
def versions(request, number, pk):
    """What a comment said before it was edited."""
    ticket, said = _comment(request, number, pk)
    earlier = CommentVersion.objects.visible_to(request.member).filter(comment=said)
    return _earlier(request, ticket, f"comment-{said.pk}", said.shown_text, earlier)


@area("tickets")
@require_safe
def request_versions(request, number):
    """What the ticket asked for before somebody wrote it anew."""
    ticket = one(request, number)
    versions = DescriptionVersion.objects.visible_to(request.member).of(ticket)
    return _earlier(request, ticket, "h-ask", ticket.shown_description, versions)


@ruled(kinds=("specialist",), area="tickets")
@require_safe
def original(request, number, pk):
    """The mail that a comment came by, byte for byte."""
    _ticket, said = _comment(request, number, pk)
    return _raw(request, said.inbound_id, f"comment-{said.pk}")


@ruled(kinds=("specialist",), area="tickets")
@require_safe
def request_original(request, number):
    """The mail that the ticket came by."""
    ticket = one(request, number)
    return _raw(request, ticket.inbound_id, ticket.key)


@area("tickets")
@require_POST
def add_follower(request, number):
    """Somebody else is to hear of it."""
    ticket = one(request, number)
    if not ticket.can_be_commented_by(request.member):
        raise PermissionDenied
    with tenant(ticket.agency_id):
        people = [one for one in people_around(ticket) if may_name(request.member, one)]
    form = FollowerForm(request.POST, people=people)
    if form.is_valid():
        actions.add(ticket, form.cleaned_data["follower"], by=request.member)
        return done(request, ticket, _("%(name)s follows the ticket now") % {"name": form.cleaned_data["follower"]})
    messages.error(request, _("Choose a person first."))
    return redirect(url_of(request, ticket))


@ruled(kinds=("specialist",), area="tickets")
@require_POST
def remove_follower(request, number, pk):
    """Somebody was added by mistake."""
    ticket = one(request, number)
    rows = Follower.objects.visible_to(request.member).of(ticket).select_related("member__user")
    row = get_object_or_404(rows, member=pk)
    actions.remove(ticket, row.member, by=request.member)
    return done(request, ticket, _("%(name)s does not follow it any more") % {"name": row.member})


@area("tickets")
@require_POST
def following(request, number):
    """Follow, mute or leave."""
    ticket = one(request, number)
    act = {"follow": actions.follow, "mute": actions.mute, "leave": actions.unfollow}.get(request.POST.get("how", ""))
    if act is None:
        raise Http404("neither following nor leaving it")
    act(ticket, by=request.member)
    return done(
        request,
        ticket,
        _("You follow this ticket") if act == actions.follow else _("You hear nothing of this ticket any more"),
    )


@area("tickets")
@require_safe
def download(request, number, pk):
    """The file itself."""
    return respond(_file(request, number, pk).file, to=request.member)


@area("tickets")
@require_safe
def preview(request, number, pk):
    """What the file looks like."""
    link = _file(request, number, pk)
    context = {"file": link.file, "ticket": link.ticket, "pk": pk, "preview": preview_of(link.file)}
    return render(request, "tickets/preview.html", context)


@area("tickets")
@require_safe
def preview_page(request, number, pk, page):
    """One page of the preview as a picture."""
    return respond_page(_file(request, number, pk).file, page, to=request.member)


def _earlier(request, ticket: Ticket, place: str, text: str, versions) -> HttpResponse:
    """What stands there now, and what stood there before, with the keys that the reader may know."""
    earlier = [{"until": row.until, "text": keys.shown_in(row.text, ticket.key)} for row in versions]
    context = {"ticket": ticket, "place": place, "text": text, "versions": earlier}
    return render(request, "tickets/versions.html", context)


def _words_for(said: Comment, ticket: Ticket) -> str:
    if said.ticket_id != ticket.pk:
        return _("Sent. It goes on in %(key)s.") % {"key": said.ticket.shown_key}
    return _("Private note saved") if said.is_private else _("Sent")


def _said(form, ticket, member) -> Comment | None:
    """None, and the words at the field, when a file or the time cannot be kept; nothing is said then."""
    try:
        with taking_files(form):
            return actions.answer(ticket, by=member, **form.words)
    except MonthClosed:
        form.add_error("time", _("This month is closed. Ask the account manager to add the entry."))
    return None


def _comment(request, number, pk):
    ticket = one(request, number)
    said = get_object_or_404(Comment.objects.visible_to(request.member).of(ticket), pk=pk)
    said.ticket = ticket
    return ticket, said


def _file(request, number, pk) -> TicketFile:
    links = TicketFile.objects.visible_to(request.member).filter(ticket__client=request.client, ticket__number=number)
    return get_object_or_404(links.select_related("file", "ticket"), pk=pk)


def _raw(request, inbound_id: int | None, name: str) -> HttpResponse:
    inbound = InboundMail.objects.visible_to(request.member).filter(pk=inbound_id).first() if inbound_id else None
    if inbound is None:
        raise Http404("it came by no mail")
    audit_log("mail.downloaded", {"inbound": inbound.pk}, agency_id=inbound.agency_id)
    response = HttpResponse(bytes(inbound.raw), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="{name}.eml"'
    return response
