"""What comes along with a ticket in its one query (tickets.reading), as the rows that pages show."""

from typing import Any

from django.utils.dateparse import parse_datetime

from portal.accounts.models import User
from portal.files.models import File
from portal.tenancy.models import Member
from tickets.models import Ticket, TicketFile, TicketStatus, TicketType

PLAIN = ("id", "number", "key", "title", "stage", "priority")
MOMENTS = ("created_at", "due_at", "closed_at", "touched_at", "told_at")
STATUS = ("name", "client_word", "stage")
FILE = ("name", "size", "media_type")


def flow_of(ticket: Ticket) -> list[TicketStatus]:
    """The statuses of its type, in their order."""
    return [TicketStatus(agency_id=ticket.agency_id, **row) for row in ticket.flow]


def parts_of(ticket: Ticket) -> list[Ticket]:
    """The tickets that it is made of."""
    return [_part(row) for row in ticket.made_of]


def files_of(ticket: Ticket) -> list[TicketFile]:
    """All its files, those of its comments too."""
    return [
        TicketFile(id=row["id"], comment_id=row["comment"], file=File(**{name: row[name] for name in FILE}))
        for row in ticket.papers
    ]


def _part(row: dict[str, Any]) -> Ticket:
    columns = {name: row[name] for name in PLAIN}
    columns |= {name: row[name] and parse_datetime(row[name]) for name in MOMENTS}
    status = TicketStatus(**{name: row[f"status_{name}"] for name in STATUS})
    who = Member(user=User(name=row["who"], email=row["address"])) if row["address"] else None
    return Ticket(**columns, type=TicketType(name=row["kind"]), status=status, assignee=who)
