"""What the pages of protocols read: one query for the list, and for one protocol as few as can be."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Exists, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import JSONObject

from portal.core.prepared import Slot
from portal.notifications.models import Notification
from portal.tenancy.asking import Question
from portal.tenancy.listing import Listing
from portal.tenancy.models import Client, Member, Project
from protocols.models import (
    ActionItem,
    AgendaItem,
    Comment,
    InternalNote,
    Participation,
    Protocol,
    ProtocolFile,
    ProtocolQuerySet,
    ProtocolRead,
    Version,
)

NEWEST = 500
"""So many protocols say whose the list can be narrowed to."""
NUMBER = Slot("number", IntegerField())
PROTOCOL = Slot("protocol", BigIntegerField())


def with_marks(member: Member, client: Client) -> ProtocolQuerySet:
    """The client's protocols as the member may see them, with the mark for those not opened yet."""
    rows = Protocol.objects.visible_to(member).of(client).with_marks_for(member)
    return rows.select_related("author__user", "author__vendor", "project")


LISTED = Listing(
    lambda member, client: (
        with_marks(member, client)
        .select_related(None)
        .select_related("author__user", "project")
        .only(
            *("number", "title", "kind", "held_at", "duration_minutes", "published_at", "accepted_at"),
            *("author__user__name", "author__user__email", "project__name"),
        )
    ),
    by="held_at",
    size=25,
)


def in_full(member: Member, client: Client) -> ProtocolQuerySet:
    """The same, each with `people` (who was invited or present), `readers` (who has opened it) and the internal `note`;
    `has_news`: whether the bell still rings for it; `is_known`: whether the member has opened it as it stands now.

    people: [{"member", "name", "was_present", "was_invited"}]; readers: [{"member", "name", "kind", "at"}].
    The note is None for everybody but the agency's people.
    """
    mine = {"agency_id": OuterRef("agency_id"), "protocol": OuterRef("pk")}
    people = Participation.objects.filter(**mine).order_by("-was_present", "pk")
    notes = InternalNote.objects.filter(**mine) if member.is_specialist else InternalNote.objects.none()
    readers = ProtocolRead.objects.filter(**mine).order_by("read_at")
    said_at = Version.objects.filter(agency_id=OuterRef("agency_id"), protocol=OuterRef("protocol"))
    opened = ProtocolRead.objects.filter(
        **mine, member=member.pk, read_at__gte=Subquery(said_at.values("saved_at")[:1])
    )
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
        is_known=Exists(opened),
        has_news=Exists(Notification.objects.visible_to(member).unread().about(Protocol, OuterRef("pk"))),
    )


def files_of(member: Member, protocol):
    """All files of a protocol, those of its comments too."""
    return ProtocolFile.objects.visible_to(member).of(protocol).select_related("file").order_by("pk")


def said_about(member: Member, protocol):
    """What was said about a protocol, oldest first."""
    rows = Comment.objects.visible_to(member).of(protocol).order_by("created_at", "pk")
    return rows.select_related("author__user", "author__vendor", "settled_by__user")


def tasks_in(member: Member, client, protocol):
    """The action items that stand in a protocol."""
    rows = ActionItem.objects.visible_to(member).of(client).valid().filter(protocol=protocol)
    return rows.select_related("assignee__user", "named__user")


def writers_among(member: Member, client):
    """Who has written one of the newest protocols, by name. Of ten thousand not all are looked at for a list of names."""
    newest = Protocol.objects.visible_to(member).of(client).order_by("-held_at", "-pk")[:NEWEST]
    rows = Member.objects.visible_to(member).filter(pk__in=newest.values("author")).order_by("user__name")
    return rows.select_related("user").only("pk", "user__name")[:100]


ONE = Question(lambda member, client: in_full(member, client).filter(number=NUMBER))
ITEMS = Question(lambda member, client: AgendaItem.objects.filter(protocol=PROTOCOL))
FILES = Question(lambda member, client: files_of(member, PROTOCOL))
SAID = Question(lambda member, client: said_about(member, PROTOCOL))
TASKS = Question(lambda member, client: tasks_in(member, client, PROTOCOL))
WRITERS = Question(writers_among)
PROJECTS = Question(
    lambda member, client: Project.objects.visible_to(member).filter(client=client).order_by("name").only("pk", "name")
)
