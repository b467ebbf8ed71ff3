"""What only the agency reads about a ticket."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.tenancy.models import Member
from tickets.models import Ticket, WatchOut


@transaction.atomic
def keep_watch_out(ticket: Ticket, *, by: Member, text: str) -> None:
    """What whoever works on it has to mind; "" takes it away."""
    if not by.is_specialist or not ticket.can_be_changed_by(by):
        raise PermissionDenied
    words = {"text": text, "edited_at": timezone.now(), "edited_by": by}
    if text:
        WatchOut.objects.update_or_create(agency_id=ticket.agency_id, ticket=ticket, defaults=words)
    else:
        WatchOut.objects.filter(agency_id=ticket.agency_id, ticket=ticket).delete()
