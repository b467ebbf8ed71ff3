"""Tickets of all clients that the reader sees."""

from django.views.decorators.http import require_safe

from portal.core.access import ruled
from tickets import listing


@ruled(kinds=("specialist", "vendor"))
@require_safe
def index(request):
    """The agency's list; a vendor's is that of the projects shared with it."""
    return listing.show(request, None)
