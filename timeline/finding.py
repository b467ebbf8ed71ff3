"""What the search shows of the timeline: posted activities with their files, and nothing that its reader's timeline would not show."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy

from portal.core.formats import format_date
from portal.search.searchables import Hit, Searchable
from portal.tenancy.models import Member
from timeline.models import Activity, ActivityFile


def show(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Title, text, client, kind and day of each activity."""
    rows = Activity.objects.visible_to(member).filter(pk__in=ids, taken_back_at=None)
    for row in rows.select_related("client", "kind", "event"):
        url = reverse("timeline:activity", args=[row.client.slug, row.pk])
        facts = (row.client.name, row.kind.name, format_date(row.event.happened_at))
        yield row.pk, Hit(url, row.title, row.text, facts)


def show_files(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Name of the file, and the activity that it belongs to."""
    rows = ActivityFile.objects.visible_to(member).filter(pk__in=ids, activity__taken_back_at=None)
    for row in rows.select_related("activity__client", "activity__event", "file"):
        url = reverse("timeline:activity", args=[row.activity.client.slug, row.activity_id])
        facts = (row.activity.client.name, format_date(row.activity.event.happened_at))
        yield row.pk, Hit(url, row.file.name, row.activity.title, facts)


SEARCHABLES = [
    Searchable("activities", gettext_lazy("Timeline"), "timeline", "work", show),
    Searchable("activity_files", gettext_lazy("Files of the timeline"), "file", "work", show_files),
]
