"""What a published protocol said before, and what changed."""

from functools import partial

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.core.access import area
from protocols.models import Version
from protocols.showing import one, opened
from protocols.versions import as_published, changes, readable


@area("work")
@require_safe
def version(request, number, version):
    """One version against the one before it."""
    protocol = one(request, number)
    versions = list(Version.objects.visible_to(request.member).of(protocol).select_related("saved_by__user"))
    for row in versions:
        row.protocol = protocol
    shown = next((row for row in versions if row.number == version), None)
    if shown is None:
        raise Http404("no such version")
    if version == protocol.version:
        opened(request, protocol)
    before = next((row for row in versions if row.number == version - 1), None)
    read = partial(readable, by=request.member)
    context = {
        "protocol": protocol,
        "shown": shown,
        "before": before,
        "versions": versions,
        "changes": changes(*map(read, (before, shown))) if before else as_published(read(shown)),
    }
    return render(request, "protocols/version.html", context)


@area("work")
@require_safe
def versions(request, number):
    """The newest version's page."""
    protocol = one(request, number)
    newest = get_object_or_404(Version.objects.visible_to(request.member).of(protocol), number=protocol.version)
    return version(request, number, newest.number)
