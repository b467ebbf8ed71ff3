"""What can happen to protocols, and who is told."""

from django.core import signing
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.events.kinds import Kind, Said
from portal.events.models import Event
from portal.notifications.audience import everybody, readers
from portal.tenancy.models import Member
from portal.tenancy.naming import name_of
from protocols.models import Comment, Participation, Protocol, ProtocolFile, ProtocolRead
from protocols.presenting import ending_of

BY_MAIL = "protocols.by_mail"
"""The salt of the links that mark an action item as done (protocols.by_mail)."""


def _told_of_protocol(event: Event) -> QuerySet[Member]:
    """All readers, and whoever was invited."""
    invited = Participation.objects.filter(
        agency_id=event.agency_id, protocol_id=event.subject_id, member__isnull=False
    )
    return readers(event) | everybody(event).filter(pk__in=invited.values("member_id"))


def _concerned(event: Event) -> QuerySet[Member]:
    """Of all people whoever wrote the protocol, spoke about it, or was invited."""
    authors = Protocol.objects.filter(agency_id=event.agency_id, pk=event.subject_id).values("author_id")
    speakers = Comment.objects.filter(agency_id=event.agency_id, protocol_id=event.subject_id).values("author_id")
    invited = Participation.objects.filter(agency_id=event.agency_id, protocol_id=event.subject_id).values("member_id")
    return everybody(event).filter(Q(pk__in=authors) | Q(pk__in=speakers) | Q(pk__in=invited))


def _told_of_comment(event: Event) -> QuerySet[Member]:
    return readers(event) | _concerned(event)


def _told_of_change(event: Event) -> QuerySet[Member]:
    """Whoever was told of it, has read what it said before, or has to do with it: silence counts for them once more."""
    read = ProtocolRead.objects.filter(agency_id=event.agency_id, protocol_id=event.subject_id).values("member_id")
    return readers(event) | everybody(event).filter(pk__in=read) | _concerned(event)


def _assignee(event: Event) -> QuerySet[Member]:
    return everybody(event).filter(pk=event.payload["assignee"])


def _author(event: Event) -> QuerySet[Member]:
    return everybody(event).filter(pk=event.payload["author"])


def _link(event: Event) -> str:
    return reverse("protocols:detail", args=[event.payload["client"], event.payload["number"]])


def _link_to_comment(event: Event) -> str:
    return f"{_link(event)}#comment-{event.payload['comment']}"


def _comment(event: Event, member: Member) -> Said | None:
    """What was said, as far as the member may read it: who is asked to answer by mail must know to what."""
    said = _said_in(event, member)
    if said is None:
        return None
    files = ProtocolFile.objects.visible_to(member).filter(comment=said).select_related("file").order_by("pk")
    words = (f"*{said.about}*" if said.about else "", said.text)
    return Said(name_of(said.author), "\n\n".join(filter(None, words)), tuple(link.file.name for link in files))


def _ending(event: Event, member: Member) -> Said | None:
    """The answer to a correction, or that it was taken in."""
    said = _said_in(event, member)
    return Said(name_of(said.settled_by), said.answer or ending_of(said)) if said and said.settled_at else None


def _said_in(event: Event, member: Member) -> Comment | None:
    rows = Comment.objects.visible_to(member).filter(pk=event.payload["comment"])
    return rows.select_related("author__user", "settled_by__user").first()


def _link_to_changes(event: Event) -> str:
    place = [event.payload["client"], event.payload["number"], event.payload["version"]]
    return reverse("protocols:version", args=place)


def _link_to_item(event: Event) -> str:
    return f"{_link(event)}#action-{event.payload['item']}"


def _mark_as_done(event: Event, member: Member) -> tuple[str, str]:
    token = signing.dumps([member.pk, event.payload["item"]], salt=BY_MAIL)
    return gettext("Mark as done"), reverse("action_items:done", args=[token])


KINDS = (
    Kind(
        "protocol.published",
        _("Protocol: %(title)s"),
        label=_("New protocols"),
        icon="protocol",
        told=_told_of_protocol,
        link=_link,
        reply="protocol",
    ),
    Kind(
        "protocol.changed",
        _("Changed: %(title)s"),
        label=_("Changes of protocols"),
        icon="edit",
        told=_told_of_change,
        link=_link_to_changes,
        reply="protocol",
        amends="protocol.published",
    ),
    Kind(
        "protocol.commented",
        _("Comment on: %(title)s"),
        label=_("Comments on protocols"),
        quote=_comment,
        icon="chat",
        told=_told_of_comment,
        link=_link_to_comment,
        reply="protocol",
    ),
    Kind(
        "protocol.corrected",
        _("Correction for: %(title)s"),
        label=_("Corrections of protocols"),
        quote=_comment,
        icon="flag",
        told=_told_of_comment,
        link=_link_to_comment,
        reply="protocol",
    ),
    Kind(
        "protocol.settled",
        _("Correction settled: %(title)s"),
        label=_("Answers to corrections"),
        quote=_ending,
        icon="check",
        told=_concerned,
        link=_link_to_comment,
        reply="protocol",
    ),
    Kind(
        "protocol.accepted",
        _("Agreed: %(title)s"),
        label=_("Protocols that count as agreed"),
        icon="ok",
        told=_concerned,
        link=_link,
        reply="protocol",
    ),
    Kind(
        "protocol.extended",
        _("New documents for: %(title)s"),
        label=_("New documents of protocols"),
        icon="clip",
        told=_told_of_comment,
        link=_link,
        reply="protocol",
    ),
    Kind(
        "action.assigned",
        _("For you: %(title)s"),
        label=_("Action items for me"),
        icon="flag",
        timeline=False,
        told=_assignee,
        link=_link_to_item,
        offer=_mark_as_done,
    ),
    Kind(
        "action.due",
        _("Due: %(title)s"),
        label=_("Reminders of my action items"),
        icon="clock",
        timeline=False,
        told=_assignee,
        link=_link_to_item,
        offer=_mark_as_done,
    ),
    Kind(
        "action.done",
        _("Done: %(title)s"),
        label=_("Action items that were done"),
        icon="check",
        told=_author,
        link=_link_to_item,
    ),
)
