"""What the search shows of work entries; their internal notes are no part of it."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal.core.formats import format_date, format_hours
from portal.search.searchables import Hit, Searchable
from portal.tenancy.models import Member
from worklog.actions.looking import look
from worklog.models import WorkEntry
from worklog.presenting import line_of


def show_work(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """What was done and which kind of work it was; who, when and for how long."""
    rows = list(WorkEntry.objects.visible_to(member).filter(pk__in=ids).with_names())
    for client in {row.client for row in rows}:
        look(member, client)
    for row in rows:
        line = line_of(row, member)
        facts = (line.client, format_date(row.spent_on), line.who, format_hours(row.minutes))
        yield row.pk, Hit(line.url, row.text, line.kind, facts)


SEARCHABLES = [Searchable("work", _("Work log"), "clock", "work", show_work)]
