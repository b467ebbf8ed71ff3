"""What a leaving specialist leaves open: tickets on his or her desk."""

from django.utils.translation import gettext_lazy as _

from portal.people.handover import Handover as LeavingBehind
from portal.tenancy.models import Member
from tickets.actions.history import lock
from tickets.models import Change, Follower, Handover, Ticket


def _open(member: Member):
    return Ticket.objects.filter(agency_id=member.agency_id, assignee=member).open()


def _count(member: Member) -> int:
    return _open(member).count()


def _hand_over(member: Member, to: Member) -> None:
    """Each remembers it as any other hand-over, and the new one hears of it."""
    lock(*_open(member))
    tickets = list(_open(member).order_by("pk"))
    about = [{"agency_id": ticket.agency_id, "ticket": ticket} for ticket in tickets]
    Handover.objects.bulk_create(Handover(**one, from_member=member, to_member=to) for one in about)
    Change.objects.bulk_create(Change(**one, what="assignee", old=str(member), new=str(to)) for one in about)
    Follower.objects.bulk_create((Follower(**one, member=to) for one in about), ignore_conflicts=True)
    Ticket.objects.filter(agency_id=member.agency_id, pk__in=[ticket.pk for ticket in tickets]).update(assignee=to)


ON_DESK = LeavingBehind(_("Open tickets"), _count, _hand_over)
