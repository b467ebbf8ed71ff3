"""The outbox page: what the portal would have sent. Open to whoever reaches a demo installation."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from portal.core.access import public
from portal.demo import outbox as box

SHOWN = 100
MAIL_CSP = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)


@public
@require_GET
def outbox(request):
    """The list, newest first; for programs as JSON."""
    to = request.GET.get("to", "")
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse([_as_json(request, mail) for mail in box.sent(to)], safe=False)
    return render(request, "demo/outbox.html", {"mails": box.sent(to, SHOWN), "to": to, "shown": SHOWN})


@public
@require_GET
def mail(request, mail_id: str):
    """One mail: head, HTML in a frame of its own, text, attachments."""
    found = _get(mail_id)
    names = [_name(part, n) for n, part in enumerate(found.attachments)]
    return render(request, "demo/mail.html", {"mail": found, "names": names})


@public
@require_GET
@xframe_options_sameorigin
def html(request, mail_id: str):
    """The HTML as the mail program would show it, without scripts; links open a new tab."""
    body = _get(mail_id).html.replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(body, headers={"Content-Security-Policy": MAIL_CSP})


@public
@require_GET
def raw(request, mail_id: str):
    """The mail byte by byte."""
    return HttpResponse(_get(mail_id).raw, content_type="text/plain; charset=utf-8")


@public
@require_GET
def attachment(request, mail_id: str, number: int):
    """One attachment as a download."""
    parts = _get(mail_id).attachments
    if number >= len(parts):
        raise Http404("no such attachment")
    part = parts[number]
    disposition = content_disposition_header(True, _name(part, number)) or "attachment"
    response = HttpResponse(box.bytes_of(part), content_type=part.get_content_type())
    response["Content-Disposition"] = disposition
    return response


def _get(mail_id: str) -> box.Sent:
    found = box.find(mail_id)
    if found is None:
        raise Http404("no such mail")
    return found


def _name(part, number: int) -> str:
    return part.get_filename() or f"part-{number + 1}"


def _as_json(request, mail: box.Sent) -> dict:
    return {
        "id": mail.id,
        "to": mail.recipients,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "headers": mail.headers,
        "attachments": [_attachment_as_json(request, mail, n, part) for n, part in enumerate(mail.attachments)],
        "raw_url": request.build_absolute_uri(reverse("demo:raw", args=[mail.id])),
    }


def _attachment_as_json(request, mail: box.Sent, number: int, part) -> dict:
    return {
        "name": _name(part, number),
        "type": part.get_content_type(),
        "size": len(box.bytes_of(part)),
        "url": request.build_absolute_uri(reverse("demo:attachment", args=[mail.id, number])),
    }
