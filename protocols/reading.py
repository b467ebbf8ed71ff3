"""What the pages of protocols read: one query for the list, and for one protocol as few as can be."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from portal.notifications.models import Notification
from portal.tenancy.listing import Listing
from portal.tenancy.models import Client, Member
from protocols.models import InternalNote, Participation, Protocol, ProtocolQuerySet, ProtocolRead


def with_marks(member: Member, client: Client) -> ProtocolQuerySet:
    """The client's protocols as the member may see them, with the mark for those not opened yet."""
    rows = Protocol.objects.visible_to(member).of(client).with_marks_for(member)
    return rows.select_related("author__user", "author__vendor", "project")


LISTED = Listing(with_marks, by="held_at", size=25)


def in_full(member: Member, client: Client) -> ProtocolQuerySet:
    """The same, each with `people` (who was invited or present), `readers` (who has opened it) and the internal `note`;
    `has_news`: whether the bell still rings for it.

    people: [{"member", "name", "was_present", "was_invited"}]; readers: [{"member", "name", "kind", "at"}].
    The note is None for everybody but the agency's people.
    """
    mine = {"agency_id": OuterRef("agency_id"), "protocol": OuterRef("pk")}
    people = Participation.objects.filter(**mine).order_by("-was_present", "pk")
    notes = InternalNote.objects.filter(**mine) if member.is_specialist else InternalNote.objects.none()
    readers = ProtocolRead.objects.filter(**mine).order_by("read_at")
    return with_marks(member, client).annotate(
        people=ArraySubquery(
            people.values(
                json=JSONObject(
                    member=F("member_id"), name="name", was_present="was_present", was_invited="was_invited"
                )
            )
        ),
        readers=ArraySubquery(
            readers.values(
                json=JSONObject(member=F("member_id"), name="member__user__name", kind="member__kind", at="read_at")
            )
        ),
        note=Subquery(notes.values("text")[:1]),
        has_news=Exists(Notification.objects.visible_to(member).unread().about(Protocol, OuterRef("pk"))),
    )
