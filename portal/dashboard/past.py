"""The card of the timeline on start pages: the first entries of a period at once, the others below a fold."""

from typing import Any

from portal.dashboard import cards
from portal.people.actions.keeping import PERIODS
from portal.tenancy.models import Client, Member, Project
from timeline.presenting import Day, days_of, horizon_of, side_names

AT_ONCE = 6
"""Entries; the day on which they end is shown whole. What comes below the card is not far away on a phone either."""


def past_of(member: Member, client: Client, days: int, project: Project | None = None) -> dict[str, Any]:
    """What templates/dashboard/_timeline.html shows of the last days, of the client or of one of its projects."""
    past = cards.past(member, client, days, project)
    first, earlier = _folded(days_of(past.entries, member, client))
    return {
        "days": first,
        "earlier": earlier,
        "earlier_number": sum(map(_entries_of, earlier)),
        "left_out": past.left_out,
        "periods": [(number, number == days) for number in PERIODS],
        "horizon": horizon_of(member, client),
        "sides": side_names(member, client),
    }


def _folded(days: list[Day]) -> tuple[list[Day], list[Day]]:
    shown = 0
    for place, day in enumerate(days):
        if shown >= AT_ONCE:
            return days[:place], days[place:]
        shown += _entries_of(day)
    return days, []


def _entries_of(day: Day) -> int:
    return len(day.agency) + len(day.client)
