"""Time that was logged on a ticket and its parts, as far as the reader's work log shows it."""

from dataclasses import dataclass

from django.db.models import BigIntegerField, OuterRef, Q, Subquery, Sum, Window

from portal.core.formats import format_hours
from portal.core.prepared import Slot
from portal.tenancy.asking import Question
from portal.tenancy.models import Member
from portal.tenancy.models.access import projects_open_to
from tickets.models import Ticket, TicketQuerySet
from worklog.models import WorkEntry, can_be_logged_by
from worklog.presenting import Line, lines_of

SHOWN = 5
"""So many entries the ticket's page names, the newest; the sum counts all."""
SUBJECT = Ticket._meta.label_lower
TICKET = Slot("ticket", BigIntegerField())


def _logged(member, client):
    """The newest entries, each with `sum`, the minutes of all of them."""
    tickets = Ticket.objects.visible_to(member).filter(Q(pk=TICKET) | Q(parent=TICKET))
    # Named, for the planner does not see that what is among them is not null, which the index asks for.
    about = {"subject_type": SUBJECT, "subject_id__isnull": False, "subject_id__in": tickets.values("pk")}
    rows = WorkEntry.objects.visible_to(member).of(client).filter(**about)
    return rows.with_names().annotate(sum=Window(Sum("minutes"))).newest_first()[:SHOWN]


def with_time(rows: TicketQuerySet, member: Member) -> TicketQuerySet:
    """Each with `minutes`: what was logged on it, as far as the member's work log shows it."""
    logged = WorkEntry.objects.visible_to(member).filter(subject_type=SUBJECT, subject_id=OuterRef("pk"))
    sums = logged.order_by().values("subject_id").annotate(sum=Sum("minutes")).values("sum")
    return rows.annotate(minutes=Subquery(sums))


LOGGED = Question(_logged)


@dataclass(frozen=True, slots=True)
class Time:
    """minutes: in all; estimate: of the ticket, for those who may know it, else 0; lines: the newest entries."""

    minutes: int
    estimate: int
    lines: list[Line]

    @property
    def words(self) -> str:
        return format_hours(self.minutes)

    @property
    def expected(self) -> str:
        return format_hours(self.estimate)

    @property
    def shown(self) -> int:
        """How far a bar goes, which ends at the estimate."""
        return min(self.minutes, self.estimate)

    @property
    def is_over(self) -> bool:
        return self.minutes > self.estimate


def time_of(ticket: Ticket, member: Member) -> Time | None:
    """None for whoever sees no work of the client at all; vendors see that of their own organisation."""
    if not member.sees_area(ticket.client, "work"):
        return None
    rows = LOGGED.ask(member, ticket.client, ticket=ticket.pk)
    estimate = ticket.estimate_minutes or 0 if member.is_specialist else 0
    return Time(rows[0].sum if rows else 0, estimate, lines_of(rows, member))


def can_be_timed_by(ticket: Ticket, member: Member) -> bool:
    """Whoever logs time for the client; providers in projects to which they contribute."""
    if not can_be_logged_by(member, ticket.client):
        return False
    return not member.is_vendor or ticket.project_id in projects_open_to(member, ticket.client)
