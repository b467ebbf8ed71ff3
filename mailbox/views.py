"""The tab Mails: list and reading pane, the frame with the HTML text, attachments, the original."""

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from mailbox import actions, presenter
from mailbox.framing import framed
from mailbox.models import Mail, MailAttachment
from portal.audit.log import log as audit_log
from portal.core.access import area, staff_only
from portal.files.preview_cache import preview_of
from portal.files.responses import respond, respond_page
from portal.mail.models import InboundMail
from portal.tenancy.listing import Listing

ROWS = 30
FRAME = {
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    "default-src": [NONE],
    "img-src": [SELF, "data:"],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
}
policy: Any = csp(FRAME)


@require_safe
@area("mails")
def index(request):
    listed = _listed(request, None)
    if request.htmx and "after" in request.GET:
        return render(request, "mailbox/_list.html", listed)
    newest = listed["mails"][0].pk if listed["mails"] and "after" not in request.GET else None
    shown = _pane(request, _get(request, newest)) if newest else None
    return render(request, "mailbox/index.html", {**listed, "pane": shown})


@require_safe
@area("mails")
def detail(request, number):
    mail = _get(request, number)
    if not mail.is_read:
        actions.mark_read(mail, by=request.member)
    return render(request, "mailbox/detail.html", {**_listed(request, mail.pk), "pane": _pane(request, mail)})


@require_safe
@area("mails")
@xframe_options_sameorigin
@policy
def body(request, number):
    """The sanitised HTML text, alone on its page, for the sandboxed frame."""
    mail = _get(request, number)
    text = framed(mail.html, _attachments(mail), to=request.member)
    response = render(request, "mailbox/body.html", {"body": text, "shell": None})
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@area("mails")
def attachment(request, number, attachment):
    return respond(_get_attachment(request, number, attachment).file, inline="inline" in request.GET, to=request.member)


@require_safe
@area("mails")
def preview(request, number, attachment):
    found = _get_attachment(request, number, attachment)
    place = [request.client.slug, number]
    download = reverse("mailbox:attachment", args=[*place, attachment])
    context = {
        "mail": found.mail,
        "file": found.file,
        "hindrance": found.file.hindrance_for(request.member),
        "preview": preview_of(found.file),
        "page_url": reverse("mailbox:preview", args=[*place, attachment]),
        "download_url": download,
        "mail_url": reverse("mailbox:detail", args=place),
    }
    return render(request, "mailbox/preview.html", context)


@require_safe
@area("mails")
def preview_page(request, number, attachment, page):
    return respond_page(_get_attachment(request, number, attachment).file, page, to=request.member)


@require_safe
@staff_only
@area("mails")
def raw(request, number):
    """The mail as it arrived, byte for byte."""
    mail = _get(request, number)
    original = get_object_or_404(InboundMail.objects.visible_to(request.member), pk=mail.inbound_id)
    audit_log("mail.downloaded", {"mail": mail.pk}, agency_id=mail.agency_id)
    response = HttpResponse(bytes(original.raw), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="mail-{mail.pk}.eml"'
    return response


def _mails(member, client):
    return Mail.objects.visible_to(member).of(client).with_read_mark(member)


LISTED = Listing(
    lambda member, client: _mails(member, client).defer("text", "html", "to", "cc", "references"),
    by="received_at",
    size=ROWS,
)


def _get(request, number) -> Mail:
    return get_object_or_404(_mails(request.member, request.client), pk=number)


def _attachments(mail: Mail) -> list[MailAttachment]:
    return list(mail.attachments.select_related("file").order_by("pk"))


def _get_attachment(request, number, attachment) -> MailAttachment:
    mail = _get(request, number)
    found = next((one for one in _attachments(mail) if one.pk == attachment), None)
    if found is None:
        raise Http404("no such attachment")
    return found


def _pane(request, mail: Mail) -> presenter.Pane:
    return presenter.pane(mail, _attachments(mail), request, as_text=request.GET.get("view") == "text")


def _listed(request, selected: int | None) -> dict:
    """One page of the list; a word that is no position shows the beginning."""
    page = LISTED.page(request.member, request.client, request.GET.get("after", ""))
    index_url = reverse("mailbox:index", args=[request.client.slug])
    return {
        "mails": page.rows,
        "rows": [presenter.row(mail, request.client.slug, selected) for mail in page.rows],
        "more_url": f"{index_url}?after={page.after}" if page.after else "",
        "index_url": index_url,
    }
