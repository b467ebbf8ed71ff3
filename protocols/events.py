"""What can happen to protocols, and who is told."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.events.kinds import Kind
from portal.events.models import Event
from portal.notifications.audience import everybody, readers
from portal.tenancy.models import Member
from protocols.models import Comment, Protocol


def _told_of_comment(event: Event) -> QuerySet[Member]:
    """All readers, and of the agency's people whoever wrote the protocol or spoke before."""
    authors = Protocol.objects.filter(agency_id=event.agency_id, pk=event.subject_id).values("author_id")
    speakers = Comment.objects.filter(agency_id=event.agency_id, protocol_id=event.subject_id).values("author_id")
    concerned = Q(pk__in=authors) | Q(pk__in=speakers)
    return readers(event) | everybody(event).filter(concerned)


def _link(event: Event) -> str:
    return reverse("protocols:detail", args=[event.payload["client"], event.payload["number"]])


def _link_to_comment(event: Event) -> str:
    return f"{_link(event)}#comment-{event.payload['comment']}"


KINDS = (
    Kind(
        "protocol.published",
        _("Protocol: %(title)s"),
        label=_("New protocols"),
        icon="protocol",
        told=readers,
        link=_link,
    ),
    Kind(
        "protocol.commented",
        _("Comment on: %(title)s"),
        label=_("Comments on protocols"),
        icon="chat",
        told=_told_of_comment,
        link=_link_to_comment,
    ),
    Kind(
        "protocol.extended",
        _("New documents for: %(title)s"),
        label=_("New documents of protocols"),
        icon="clip",
        told=_told_of_comment,
        link=_link,
    ),
)
