"""The kinds of tickets that every agency starts with, in English; they are translated when they are shown."""

from typing import Any

from django.utils.translation import gettext_noop as _

from portal.tenancy.models import Agency
from tickets.models import TicketStatus, TicketType

# "Received" and "Done" are translated as the words of the stages (tickets.models.kinds).
RECEIVED = ("received", "Received", "Received", "new")
ACCEPTED = ("accepted", _("Accepted"), _("Accepted"), "accepted")
WORKING = ("in-progress", _("In progress"), _("In progress"), "working")
WAITING = ("waiting", _("Waiting for the client"), _("Waiting for you"), "waiting")
DONE = ("done", "Done", "Done", "done")
ESTIMATING = ("estimating", _("Being estimated"), _("Being estimated"), "working")
OFFERED = ("offered", _("Estimate sent"), _("Waiting for your decision"), "waiting")
SPLITTING = ("splitting", _("Being split"), _("Being planned"), "accepted")

TYPES: tuple[tuple[str, str, str, str, dict[str, Any], tuple], ...] = (
    (
        "bug",
        _("Bug"),
        _("Something does not work"),
        "alert",
        {},
        (RECEIVED, ACCEPTED, WORKING, WAITING, DONE),
    ),
    (
        "simple",
        _("Question"),
        _("A question, or a small request"),
        "question",
        {},
        (RECEIVED, ACCEPTED, WORKING, WAITING, DONE),
    ),
    (
        "change",
        _("Change request"),
        _("Something should be different; we estimate it first, then you decide"),
        "edit",
        {},
        (RECEIVED, ESTIMATING, OFFERED, WORKING, DONE),
    ),
    (
        "task",
        _("Task"),
        _("A task for us"),
        "list",
        {},
        (RECEIVED, ACCEPTED, WORKING, WAITING, DONE),
    ),
    (
        "estimate",
        _("Estimate"),
        _("You want to know first what it takes"),
        "clock",
        {},
        (RECEIVED, ESTIMATING, OFFERED, DONE),
    ),
    (
        "complex",
        _("Complex"),
        _("Made of several tickets"),
        "board",
        {"has_parts": True, "is_open_to_contacts": False},
        (RECEIVED, SPLITTING, WORKING, WAITING, DONE),
    ),
)


def furnish(agency: Agency) -> None:
    """Make the types and statuses of a new agency."""
    for position, (code, name, hint, icon, more, steps) in enumerate(TYPES):
        words = {"code": code, "name": name, "hint": hint, "icon": icon, "position": position, **more}
        kind = TicketType.objects.create(agency=agency, **words)
        TicketStatus.objects.bulk_create(
            TicketStatus(
                agency=agency, type=kind, code=step, name=word, client_word=theirs, stage=stage, position=place
            )
            for place, (step, word, theirs, stage) in enumerate(steps)
        )
