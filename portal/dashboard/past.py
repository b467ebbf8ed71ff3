"""The card of the timeline on start pages: the first entries of a period at once, the others below a fold."""

from typing import Any

from portal.dashboard import cards
from portal.people.actions.keeping import PERIODS
from portal.tenancy.models import Client, Member, Project
from timeline.presenting import days_of, horizon_of, side_names

AT_ONCE = 6
"""Entries. So what comes below the card is not far away on a phone."""


def past_of(member: Member, client: Client, days: int, project: Project | None = None) -> dict[str, Any]:
    """What templates/dashboard/_timeline.html shows of the last days, of the client or of one of its projects."""
    past = cards.past(member, client, days, project)
    entries = sorted(past.entries, key=lambda event: (event.happened_at, event.pk), reverse=True)
    return {
        "days": days_of(entries[:AT_ONCE], member, client),
        "earlier": days_of(entries[AT_ONCE:], member, client),
        "earlier_number": len(entries[AT_ONCE:]),
        "left_out": past.left_out,
        "periods": [(number, number == days) for number in PERIODS],
        "horizon": horizon_of(member, client),
        "sides": side_names(member, client),
    }
