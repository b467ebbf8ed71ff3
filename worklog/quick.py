"""The line that logs time, on pages that are about something else."""

from portal.tenancy.models import Member
from worklog.forms import QuickForm
from worklog.today import Card


def quick_form_of(member: Member, card: Card) -> QuickForm:
    """An empty line for the day of the card; where and what was worked on last stands there already."""
    form = QuickForm(member=member, day=card.day)
    form.suggest(card.last)
    return form
