"""How the agency arranges its kinds of tickets: their order, the client's words, what an answer after the closing does."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.tenancy.models import Member
from tickets.models import TicketStatus, TicketType


def can_be_arranged_by(member: Member) -> bool:
    """Whoever changes the agency's settings."""
    return member.is_specialist and member.can("manage_agency")


@transaction.atomic
def arrange(
    kind: TicketType, *, by: Member, reopen_days: int, is_open_to_contacts: bool, words: Mapping[str, str]
) -> TicketType:
    """words: code of a status -> what the client's people read. What comes from the presets stays translated while nobody changes it."""
    kind = _locked(kind, by)
    kind.reopen_days, kind.is_open_to_contacts = reopen_days, is_open_to_contacts
    kind.save(update_fields=["reopen_days", "is_open_to_contacts"])
    for status in TicketStatus.objects.filter(agency_id=kind.agency_id, type=kind):
        word = words.get(status.code, "")
        if word and word != status.said_to_client:
            status.client_word = word
            status.save(update_fields=["client_word"])
    return kind


@transaction.atomic
def place(kind: TicketType, *, by: Member, is_up: bool) -> None:
    """One place up or down in the order in which the kinds are offered."""
    kind = _locked(kind, by)
    rows = list(TicketType.objects.filter(agency_id=kind.agency_id).order_by("position", "pk"))
    here = [row.pk for row in rows].index(kind.pk)
    there = min(max(here + (-1 if is_up else 1), 0), len(rows) - 1)
    rows.insert(there, rows.pop(here))
    for position, row in enumerate(rows):
        row.position = position
    TicketType.objects.bulk_update(rows, ["position"])


def _locked(kind: TicketType, by: Member) -> TicketType:
    """The kind, while all kinds of the agency stand still."""
    if not can_be_arranged_by(by):
        raise PermissionDenied
    rows = TicketType.objects.select_for_update().filter(agency_id=by.agency_id).order_by("pk")
    return next(row for row in rows if row.pk == kind.pk)
