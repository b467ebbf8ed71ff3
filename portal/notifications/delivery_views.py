"""What became of the mails: for those who look after the agency. And the answers to them that were kept back."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.audit.log import log as audit_log
from portal.core.access import needs, staff_only
from portal.core.paging import next_of, page_of
from portal.mail import answers
from portal.mail.models import InboundMail, MailReply
from portal.notifications import delivery_lines
from portal.notifications.models import Delivery

ROWS = 50
RELATED = ("notification", "member__user", "client", "mail")


@staff_only
@needs("manage_agency")
@require_safe
def index(request):
    """Who was told what, newest first: waiting, sent, failed with its reason."""
    rows = _narrowed(Delivery.objects.visible_to(request.member), request).select_related(*RELATED)
    rows = rows.defer("mail__text", "mail__html", "mail__headers")
    page = page_of(rows, request.GET.get("after", ""), by="created_at", size=ROWS)
    context = {
        "lines": delivery_lines.lines_of(page.rows),
        "more": next_of(request, page),
        "which": request.GET.get("which", ""),
        "words": _words(request),
        "unsettled": _kept_back(request).unsettled().count(),
    }
    is_more = request.htmx and "after" in request.GET
    return render(request, f"notifications/{'_deliveries' if is_more else 'deliveries'}.html", context)


@staff_only
@needs("manage_agency")
@require_safe
def replies(request):
    """Answers that did not become what they were meant for; those that nobody has looked at stand out."""
    rows = _kept_back(request)
    page = page_of(rows.select_related("member__user"), request.GET.get("after", ""), by="received_at", size=ROWS)
    context = {"replies": page.rows, "more": next_of(request, page), "unsettled": rows.unsettled().count()}
    is_more = request.htmx and "after" in request.GET
    return render(request, f"notifications/{'_replies' if is_more else 'replies'}.html", context)


@staff_only
@needs("manage_agency")
@require_POST
def settle(request, pk: int):
    """Somebody has looked at it."""
    answers.settle(_reply(request, pk))
    messages.success(request, _("Marked as done"))
    return redirect("notifications:replies")


@staff_only
@needs("manage_agency")
@require_safe
def original(request, pk: int):
    """The answer as it arrived, byte for byte."""
    reply = _reply(request, pk)
    inbound = get_object_or_404(InboundMail.objects.visible_to(request.member), pk=reply.inbound_id)
    audit_log("mail.downloaded", {"reply": reply.pk}, agency_id=reply.agency_id)
    response = HttpResponse(bytes(inbound.raw), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="reply-{reply.pk}.eml"'
    return response


def _reply(request, pk: int) -> MailReply:
    return get_object_or_404(_kept_back(request), pk=pk)


def _kept_back(request):
    return MailReply.objects.visible_to(request.member).kept_back()


def _narrowed(rows, request):
    which, words = request.GET.get("which", ""), _words(request)
    if which in ("waiting", "failed"):
        rows = getattr(rows, which)()
    if words:
        rows = rows.filter(Q(member__user__name__icontains=words) | Q(member__user__email__icontains=words))
    return rows


def _words(request) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:100]
