"""Files of mails, the frame with the HTML text, and the original."""

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from mailbox.file_lines import can_be_downloaded, file_row
from mailbox.forms import FileFilterForm
from mailbox.frames import folded
from mailbox.framing import framed
from mailbox.models import MailAttachment
from mailbox.reading import attachments_of, files_page
from mailbox.showing import one, original_of
from portal.audit.log import log as audit_log
from portal.core.access import area
from portal.core.paging import next_of
from portal.files.preview_cache import preview_of
from portal.files.responses import respond, respond_page
from portal.mail.originals import for_outsiders
from portal.mail.sanitising import with_remote

FRAME = {
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    "default-src": [NONE],
    "img-src": [SELF, "data:"],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
}
policy: Any = csp(FRAME)
policy_with_pictures: Any = csp({**FRAME, "img-src": ["https:", "data:"]})


@require_safe
@area("mails")
def files(request):
    """The files of all mails, newest first."""
    filters = FileFilterForm(request.GET)
    page = files_page(request.member, request.client, request.GET.get("after", ""), filters)
    rows = [file_row(attachment, request.client.slug, request.member) for attachment in page.rows]
    context = {"rows": rows, "filters": filters, "more": next_of(request, page)}
    is_further = request.htmx and "after" in request.GET
    return render(request, "mailbox/_file_rows.html" if is_further else "mailbox/files.html", context)


@require_safe
@area("mails")
@xframe_options_sameorigin
@policy
def body(request, number):
    """The sanitised HTML text, alone on its page, for the sandboxed frame."""
    return _body(request, number)


@require_safe
@area("mails")
@xframe_options_sameorigin
@policy_with_pictures
def pictures(request, number):
    """The same with pictures of other servers, for whoever asked for them."""
    return _body(request, number, with_pictures=True)


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
@area("mails")
def raw(request, number):
    """The mail as it arrived, byte for byte; for outsiders without what only the agency may know."""
    mail = one(request, number)
    if not can_be_downloaded(mail, attachments_of(mail), request.member):
        raise Http404("no original")
    content = original_of(mail) if request.member.is_specialist else for_outsiders(original_of(mail))
    audit_log("mail.downloaded", {"mail": mail.pk}, agency_id=mail.agency_id)
    response = HttpResponse(content, content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="mail-{mail.pk}.eml"'
    return response


def _body(request, number, *, with_pictures: bool = False):
    mail = one(request, number)
    markup = folded(with_remote(mail.html) if with_pictures else mail.html)
    text = framed(markup, attachments_of(mail), to=request.member)
    response = render(request, "mailbox/body.html", {"body": text, "shell": None})
    response["Referrer-Policy"] = "no-referrer"
    return response


def _get_attachment(request, number, attachment) -> MailAttachment:
    mail = one(request, number)
    found = next((each for each in attachments_of(mail) if each.pk == attachment), None)
    if found is None:
        raise Http404("no such attachment")
    found.mail = mail
    return found
