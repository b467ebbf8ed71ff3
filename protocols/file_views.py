"""Documents of protocols: opening them, looking at them without opening, and the protocol itself as one."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.audit.log import log as audit_log
from portal.core.access import area
from portal.core.pdf import PdfTrouble, pdf_of, pdf_response
from portal.files.preview_cache import preview_of
from portal.files.responses import respond, respond_page
from portal.tenancy.logo import embedded
from protocols import page, presenting
from protocols.addresses import in_parts
from protocols.models import Protocol, ProtocolFile
from protocols.showing import carried_in, one, tasks_in


@area("work")
@require_safe
def download(request, number, pk):
    """The file itself."""
    return respond(_get(request, number, pk).file, to=request.member)


@area("work")
@require_safe
def preview(request, number, pk):
    """What the file looks like."""
    link = _get(request, number, pk)
    context = {
        "file": link.file,
        "protocol": link.protocol,
        "number": number,
        "pk": pk,
        "preview": preview_of(link.file),
    }
    return render(request, "protocols/preview.html", context)


@area("work")
@require_safe
def preview_page(request, number, pk, page):
    """One page of the preview as a picture."""
    return respond_page(_get(request, number, pk).file, page, to=request.member)


@area("work")
@require_safe
def pdf(request, number):
    """The protocol as a document to keep or to send on."""
    protocol = one(request, number)
    items, tasks = list(protocol.items.all()), tasks_in(request, protocol)
    links = ProtocolFile.objects.visible_to(request.member).of(protocol).select_related("file")
    context = {
        "request": request,
        "logo": embedded(request.agency),
        "protocol": protocol,
        "lede": in_parts(presenting.lede_of(protocol)),
        "contents": page.contents_of(protocol, items, page.people_named_in(protocol, items, tasks)),
        "tasks": page.tasks_of(tasks, request.member),
        "carried": page.tasks_of(carried_in(request, protocol), request.member),
        "facts": presenting.facts_of(protocol),
        "documents": [link.file for link in links.filter(comment=None).order_by("pk")],
    }
    try:
        content = pdf_of("protocols/pdf.html", context, brand=request.agency.brand_hex)
    except PdfTrouble:
        messages.error(request, _("The PDF cannot be made at the moment. Print the page instead, or try again later."))
        return redirect("protocols:detail", request.client.slug, number)
    audit_log("export.made", {"what": f"protocol {protocol.pk}"}, agency_id=protocol.agency_id)
    return pdf_response(content, f"protocol-{request.client.slug}-{number}")


def _protocols(request, number):
    return Protocol.objects.visible_to(request.member).of(request.client).filter(number=number)


def _get(request, number, pk):
    protocols = _protocols(request, number)
    links = ProtocolFile.objects.visible_to(request.member).filter(protocol__in=protocols)
    return get_object_or_404(links.select_related("file", "protocol"), pk=pk)
