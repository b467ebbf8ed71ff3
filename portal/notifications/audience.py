"""Who is told of an event: readers of the client's rows, as a queryset that each kind may narrow or widen."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.events.models import Event
from portal.tenancy.models import Client, ClientAccess, Member, ProjectAccess
from portal.tenancy.models.role import Area, Kind, Permission


def everybody(event: Event) -> QuerySet[Member]:
    """Members of the event's agency who can come in, with all that is needed to judge and to write to them."""
    members = Member.objects.filter(agency_id=event.agency_id).admitted()
    return members.complete()


def readers(event: Event) -> QuerySet[Member]:
    """Contacts to whom the event's area of the client is open, vendors of its project, and who is `responsible`.

    Mails also go to the providers that the client engaged, as in `Member.clients_of`.
    """
    contacts = ClientAccess.objects.filter(agency_id=event.agency_id, client_id=event.client_id)
    told = Q(pk__in=contacts.opening(event.area, event.project_id).values("member_id")) | responsible(event)
    if event.project_id:
        shares = ProjectAccess.objects.filter(agency_id=event.agency_id, project_id=event.project_id)
        others = Q(pk__in=shares.values("member_id")) & ~Q(kind=Kind.CONTACT)
        told |= others | Q(vendor_id__in=shares.values("vendor_id"))
    if event.area == Area.MAILS:
        told |= Q(vendor__client_id=event.client_id)
    return everybody(event).filter(told)


def responsible(event: Event) -> Q:
    """Of the agency the account manager. Where a client has none, whoever may change it, of what the agency did not do itself (a
    stranger's mail has no actor): else nobody of the agency would hear of it."""
    is_own_deed = event.side == "agency" and event.actor_id is not None
    return _answering(event) if event.client and (event.client.manager_id or not is_own_deed) else Q(pk__in=())


def deciders(event: Event) -> QuerySet[Member]:
    """Who answers for the agency what a client's people wish: the account manager; without one, whoever may change the client."""
    return everybody(event).filter(_answering(event))


def may_know(member: Member, event: Event) -> bool:
    """Whether the event's subject is open to the member now. What is about oneself, and no client, is.

    A thing with a page of its own (protocol, mail) is told at once. A kind that `waits` is only a row of the timeline:
    outsiders hear of it when the timeline shows it. What is internal by its kind, vendors with the right to private words hear too.
    """
    is_oneself = event.subject_type == Member._meta.label_lower and event.subject_id == member.pk
    if is_oneself and event.client_id is None:
        return event.declared.told is not None
    if member.is_specialist:
        return member.can("all_clients") or event.client_id in member.client_ids
    if is_oneself:
        return False
    if event.internal and not (event.declared.internal and member.reads_private):
        return False
    if event.declared.waits and event.visible_from > timezone.now():
        return False
    return event.project_id in member.projects_of(event.area) or event.client_id in member.clients_of(event.area)


def answers_for(member: Member, client: Client) -> bool:
    """Whether this member is among those of `_answering`; for lists of people that are read already."""
    if client.manager_id:
        return member.pk == client.manager_id
    return member.is_specialist and member.can(Permission.MANAGE_CLIENTS)


def _answering(event: Event) -> Q:
    if event.client and event.client.manager_id:
        return Q(pk=event.client.manager_id)
    return Q(kind=Kind.SPECIALIST, role__permissions__contains=[Permission.MANAGE_CLIENTS])
