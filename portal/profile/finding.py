"""What the search shows of profiles."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.profile.models import Field
from portal.search.searchables import Hit, Searchable
from portal.tenancy.models import Member


def show_fields(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Label, text, client and section; internal ones to the agency's people alone."""
    for row in Field.objects.visible_to(member).filter(pk__in=ids).select_related("client", "section"):
        facts = (row.client.name, row.section.title)
        url = f"{reverse('profile:index', args=[row.client.slug])}#section-{row.section_id}"
        yield row.pk, Hit(url, row.label, row.text, (*facts, _("Internal")) if row.is_internal else facts)


SEARCHABLE = Searchable("profile", gettext_lazy("Profile"), "profile", "work", show_fields)
