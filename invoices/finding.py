"""What the search shows of invoices: the agency's to whoever sees its sums, a provider's to its client and to itself alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.models import Invoice
from invoices.showing import amount_of
from portal.core.formats import format_date
from portal.search.searchables import Hit, Searchable
from portal.tenancy.models import Member


@dataclass(frozen=True)
class Sums(Searchable):
    """Staff whose role sees sums, and contacts with the area."""

    def is_open_to(self, member: Member) -> bool:
        return member.can("money") if member.is_specialist else bool(member.clients_of("money"))


@dataclass(frozen=True)
class OwnSums(Searchable):
    """Contacts with the area, and those who work for a provider. Nobody of the agency."""

    def is_open_to(self, member: Member) -> bool:
        if member.is_vendor:
            return member.engaged_by_id is not None
        return member.is_contact and bool(member.clients_of("money"))


def show(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Number and subject, the text of its lines, and its sum."""
    rows = Invoice.objects.visible_to(member).filter(pk__in=ids).select_related("client", "issuer")
    for row in rows.prefetch_related("lines"):
        lines = [f"{line.text}. {line.detail}" if line.detail else line.text for line in row.lines.all()]
        text = "\n".join([row.reason, *lines, row.intro, row.notes])
        day = format_date(row.issued_on) if row.issued_on else _("Draft")
        facts = (row.issuer.name if row.issuer else row.client.name, day, amount_of(row))
        yield row.pk, Hit(_url(row, member), f"{row.number or ''} {row.title}".strip(), text, facts)


def _url(row: Invoice, member: Member) -> str:
    """A provider has no page of its invoice, but its PDF."""
    if member.is_vendor:
        return reverse("settling:outside_pdf", args=[row.client.slug, row.pk])
    return reverse("invoices:edit" if row.is_draft else "invoices:detail", args=[row.client.slug, row.pk])


SEARCHABLES = [
    Sums("invoices", gettext_lazy("Invoices"), "invoice", "money", show),
    OwnSums("provider_invoices", gettext_lazy("Invoices of providers"), "invoice", "money", show),
]
