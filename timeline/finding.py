"""What the search finds on the timeline: posted activities, and nothing that its reader's timeline would not show."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy

from portal.core.formats import format_date
from portal.search.searchables import NEWEST, Hit, Searchable
from portal.tenancy.models import Member
from timeline.models import Activity


def find(member: Member, words: list[str]) -> Iterator[Hit]:
    """Activities with all words in title, text or link."""
    rows = Activity.objects.visible_to(member).filter(taken_back_at=None).matching(words)
    rows = rows.select_related("client", "kind", "event").order_by("-event__happened_at", "-pk")
    for row in rows[:NEWEST]:
        url = reverse("timeline:activity", args=[row.client.slug, row.pk])
        yield Hit(url, row.title, row.text, (row.client.name, row.kind.name, format_date(row.event.happened_at)))


SEARCHABLE = Searchable("timeline", gettext_lazy("Timeline"), "timeline", "work", find)
