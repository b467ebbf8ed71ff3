"""The notes of a protocol as the shorthand understands them."""

from collections.abc import Collection, Container
from datetime import date

from django.db.models import Q
from django.utils import timezone

from portal.core.context import tenant
from portal.core.zones import zone
from portal.tenancy.models import Client, ClientAccess, Member, ProjectAccess
from portal.tenancy.models.role import Kind as MemberKind
from portal.tenancy.models.role import Permission
from protocols.models import Protocol
from protocols.shorthand import Line, Person, chunks, parse


def lines_of(protocol: Protocol, named: Collection[int] = ()) -> list[Line]:
    """All lines of key points and agenda items, in reading order. named: whom its text names already, gone or not."""
    people = people_of(protocol, named)
    texts = [protocol.key_points, *(item.notes for item in protocol.items.all())]
    return [line for text in texts for line in understood(text, protocol, people)]


def understood(text: str, protocol: Protocol, people: list[Person]) -> list[Line]:
    """The lines of one text."""
    return parse(text, people, on=day_of(protocol), language=protocol.language.partition("-")[0])


def shown(text: str, protocol: Protocol, people: list[Person]) -> list[str | Line]:
    """The same for showing: plain text as typed, and marked lines."""
    return chunks(text, people, on=day_of(protocol), language=protocol.language.partition("-")[0])


def day_of(protocol: Protocol) -> date:
    """The day of the meeting, from which weekdays count, in the agency's time zone."""
    return timezone.localtime(protocol.held_at, zone(protocol.client.agency.time_zone)).date()


def people_of(protocol: Protocol, named: Collection[int] = ()) -> list[Person]:
    """Who can be named: everybody of both houses, those who were invited or present before the others."""
    return everybody_of(protocol.client, {row.member_id for row in protocol.participations.all()}, named)


def everybody_of(client: Client, there: Container[int] = (), named: Collection[int] = ()) -> list[Person]:
    """The client's people with the area work, and the agency's people, as names. there: who took part.

    named: members whom the text meant before they left; it goes on meaning them, whoever else bears the name.
    """
    return [Person(m.pk, str(m), m.pk in there or not m.is_here) for m in people_at(client, named)]  # type: ignore[attr-defined]


def people_at(client: Client, also: Collection[int] = ()) -> list[Member]:
    """The client's people first, then the agency's, each by name. Read with the agency's sight: names only are shown.

    also: ids of members who are there too when they have left; each says whether it `is_here`.
    """
    of_client = {"agency_id": client.agency_id, "client": client}
    reaching = ClientAccess.objects.filter(**of_client, areas__contains=["work"]).values("member_id")
    sharing = ProjectAccess.objects.filter(**of_client, member__isnull=False).values("member_id")
    contacts = Q(kind=MemberKind.CONTACT, pk__in=reaching)
    staff = Q(role__permissions__contains=[Permission.ALL_CLIENTS]) | Q(pk__in=sharing)
    with tenant(client.agency_id):
        members = Member.objects.filter(agency_id=client.agency_id).select_related("user", "vendor")
        here = Q(contacts | Q(staff, kind=MemberKind.SPECIALIST), ended_at=None)
        rows = members.annotate(is_here=here).filter(Q(is_here=True) | Q(pk__in=also))
        return list(rows.order_by("kind", "user__name", "pk"))  # "contact" stands before "specialist"
