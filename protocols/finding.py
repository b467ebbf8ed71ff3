"""What the search finds in protocols."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.formats import format_date
from portal.search.searchables import NEWEST, Hit, Searchable
from portal.tenancy.models import Member
from protocols.models import Protocol
from protocols.presenting import name_of


def find(member: Member, words: list[str]) -> Iterator[Hit]:
    """Protocols with all words in title or key points; the member's own drafts too."""
    rows = Protocol.objects.visible_to(member).matching(words).select_related("client", "author__user")
    for row in rows.order_by("-held_at", "-pk")[:NEWEST]:
        facts = (row.client.name, format_date(row.held_at), name_of(row.author))
        url = reverse("protocols:detail", args=[row.client.slug, row.number])
        yield Hit(url, row.title, row.key_points, facts if row.is_published else (*facts, _("Draft")))


SEARCHABLE = Searchable("protocols", gettext_lazy("Protocols"), "protocol", "work", find)
