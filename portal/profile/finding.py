"""What the search finds in profiles."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.profile.models import Field
from portal.search.searchables import NEWEST, Hit, Searchable
from portal.tenancy.models import Member


def find(member: Member, words: list[str]) -> Iterator[Hit]:
    """Fields with all words in label or text; internal ones for the agency's people alone."""
    rows = Field.objects.visible_to(member).matching(words).select_related("client", "section")
    for row in rows.order_by("-edited_at", "-pk")[:NEWEST]:
        facts = (row.client.name, row.section.title)
        url = f"{reverse('profile:index', args=[row.client.slug])}#section-{row.section_id}"
        yield Hit(url, row.label, row.text, (*facts, _("Internal")) if row.is_internal else facts)


SEARCHABLE = Searchable("profile", gettext_lazy("Profile"), "profile", "work", find)
