"""What the search shows of the timeline: posted activities, and nothing that its reader's timeline would not show."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy

from portal.core.formats import format_date
from portal.search.searchables import Hit, Searchable
from portal.tenancy.models import Member
from timeline.models import Activity


def show(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Title, text, client, kind and day of each activity."""
    rows = Activity.objects.visible_to(member).filter(pk__in=ids, taken_back_at=None)
    for row in rows.select_related("client", "kind", "event"):
        url = reverse("timeline:activity", args=[row.client.slug, row.pk])
        facts = (row.client.name, row.kind.name, format_date(row.event.happened_at))
        yield row.pk, Hit(url, row.title, row.text, facts)


SEARCHABLE = Searchable("activities", gettext_lazy("Timeline"), "timeline", "work", show)
