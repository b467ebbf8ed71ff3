"""Documents of protocols: opening them, and looking at them without opening."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.core.access import area
from portal.files.preview_cache import preview_of
from portal.files.responses import respond, respond_page
from protocols.models import Protocol, ProtocolFile


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
    context = {"file": link.file, "number": number, "pk": pk, "preview": preview_of(link.file)}
    return render(request, "protocols/preview.html", context)


@area("work")
@require_safe
def preview_page(request, number, pk, page):
    """One page of the preview as a picture."""
    return respond_page(_get(request, number, pk).file, page, to=request.member)


def _get(request, number, pk):
    protocols = Protocol.objects.visible_to(request.member).of(request.client).filter(number=number)
    links = ProtocolFile.objects.visible_to(request.member).filter(protocol__in=protocols)
    return get_object_or_404(links.select_related("file"), pk=pk)
