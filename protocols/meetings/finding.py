"""What the search shows of meetings: also those without a protocol, ahead or past."""

from collections.abc import Iterator

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.formats import format_datetime
from portal.search.searchables import Hit, Searchable
from portal.tenancy.models import Member
from protocols.addresses import in_short
from protocols.models import Meeting, MeetingTopic


def show(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Title, agenda, client, moment and place of each meeting."""
    topics = MeetingTopic.objects.filter(agency_id=OuterRef("agency_id"), meeting=OuterRef("pk")).order_by()
    agenda = topics.values("meeting").annotate(all=StringAgg("text", "\n", order_by="position")).values("all")
    rows = Meeting.objects.visible_to(member).filter(pk__in=ids).select_related("client")
    for row in rows.annotate(agenda=Subquery(agenda)):
        url = reverse("protocols:meeting", args=[row.client.slug, row.pk])
        facts = (
            row.client.name,
            format_datetime(row.starts_at),
            in_short(row.place),
            _("Called off") if row.is_cancelled else "",
        )
        yield row.pk, Hit(url, row.title, row.agenda or "", tuple(filter(None, facts)))


SEARCHABLE = Searchable("meetings", gettext_lazy("Meetings"), "calendar", "work", show)
