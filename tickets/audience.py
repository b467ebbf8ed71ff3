"""Who reads what is written on a ticket: counted with the agency's sight, so that the composer says the truth."""

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet

from portal.core.context import tenant
from portal.core.prepared import Prepared, Slot
from portal.notifications.audience import answers_for
from portal.notifications.models import Notification, Preference
from portal.tenancy.models import Client, ClientAccess, Member, ProjectAccess
from portal.tenancy.models.role import Kind, Permission
from tickets.models import Comment, Ticket, told_about

WORDS = "ticket.commented"


def _around() -> QuerySet[Member]:
    agency, client = Slot("agency", BigIntegerField()), Slot("client", BigIntegerField())
    of_client, project = {"agency_id": agency, "client_id": client}, Slot("project", BigIntegerField())
    reaching = ClientAccess.objects.filter(**of_client).opening("tickets", project).values("member_id")
    shares = ProjectAccess.objects.filter(**of_client)
    contacts = Q(kind=Kind.CONTACT, pk__in=reaching)
    all_clients = Q(role__permissions__contains=[Permission.ALL_CLIENTS])
    staff = Q(all_clients | Q(pk__in=shares.values("member_id")), kind=Kind.SPECIALIST)
    mine = shares.filter(project=project)
    vendors = Q(kind=Kind.VENDOR) & (Q(vendor__in=mine.values("vendor_id")) | Q(pk__in=mine.values("member_id")))
    members = Member.objects.filter(agency_id=agency).active().select_related("user", "role", "vendor")
    off = Preference.objects.filter(agency_id=agency, member=OuterRef("pk"), kind=WORDS, email=False)
    found = members.filter(contacts | staff | vendors).annotate(gets_mails=~Exists(off))
    return found.order_by("kind", "user__name", "pk")


AROUND = Prepared(_around)


def people_around(ticket: Ticket) -> list[Member]:
    """Everybody to whom the ticket is open: the client's people, the agency's, and the project's vendors, by kind and name.

    Each with `gets_mails`: whether he wants to be mailed what is said on tickets.
    """
    return AROUND.all(agency=ticket.agency_id, client=ticket.client_id, project=ticket.project_id)


def people_at(client: Client) -> list[Member]:
    """Everybody who reads the client's tickets, but for vendors; read with the agency's sight, for only names are shown."""
    with tenant(client.agency_id):
        return people_around(Ticket(agency_id=client.agency_id, client_id=client.pk))


def listeners_of(ticket: Ticket, reader: Member, around: list[Member]) -> list[Member]:
    """Who hears what the reader writes, as `tickets.events` tells it: followers; where these are the client's people alone, and one of
    them writes, also who is responsible for the client.
    """
    muted = {row["member"] for row in ticket.people if row["muted_at"]}
    named = {row["member"] for row in ticket.people}
    found = [one for one in around if one.pk in named - muted]
    if reader.side == "agency" or not all(one.is_contact for one in found):
        return found
    return found + [one for one in around if one.pk not in named and answers_for(one, ticket.client)]


def may_name(reader: Member, other: Member) -> bool:
    """Whether the reader may learn of the other: outsiders know the agency's people and those of their own house."""
    if reader.is_specialist or other.is_specialist:
        return True
    return other.is_contact if reader.is_contact else other.vendor_id == reader.vendor_id


def mailed_outside(said: Comment) -> list[str]:
    """Names of those outside the agency who have had these words by mail, apart from whoever wrote them."""
    with tenant(said.agency_id):
        about = {**told_about(said), "payload__comment": said.pk}
        told = Notification.objects.filter(agency_id=said.agency_id, mailed_at__isnull=False, **about)
        people = Member.objects.filter(agency_id=said.agency_id, pk__in=told.values("member_id"))
        outside = people.exclude(kind=Kind.SPECIALIST).exclude(pk=said.author_id or 0)
        return [str(one) for one in outside.select_related("user").order_by("user__name", "pk")]


def vendors_who_read_private(people: list[Member]) -> list[str]:
    """Names of the vendors among these people that have the right to private words."""
    return sorted({one.vendor.name for one in people if one.is_vendor and one.reads_private})


def houses_among(people: list[Member]) -> list[str]:
    """Names of the vendors among these people."""
    return sorted({one.vendor.name for one in people if one.is_vendor})
