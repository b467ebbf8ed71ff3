"""Papers with sums on them are hidden from staff whose role sees none; what a provider wrote, from the agency altogether."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from invoices.models import BankFile, BankLine, Invoice, InvoiceDocument, Payment
from portal.core.context import tenant
from portal.files.models import File
from portal.people.veils import Test, Veil
from portal.tenancy.models import Member


def files_hidden_from(member: Member) -> QuerySet:
    """Ids of files."""
    rows = InvoiceDocument.objects.filter(agency_id=member.agency_id, file__isnull=False)
    return (rows.none() if member.can("money") else rows).values("file_id")


def sums_kept_from(reader: Member) -> Test:
    """Rows of a provider are nobody's business but its client's; those of the agency are for whoever sees sums."""
    sees_sums = reader.is_specialist and reader.can("money")
    return lambda image: image["issuer_id"] is not None or not sees_sums


def bank_kept_from(reader: Member) -> Test:
    """What the bank says is for those who see every client's sums."""
    sees_all = reader.is_specialist and reader.can("money") and reader.sees_all_clients
    return lambda image: not sees_all


def part_kept_from(reader: Member) -> Test:
    """Whatever else is about money, unless the reader sees sums and it hangs on nothing of a provider."""
    sees_sums, hidden = reader.is_specialist and reader.can("money"), _of_providers(reader)
    return lambda image: not sees_sums or any(image.get(name) in pks for name, pks in hidden.items())


def file_of_provider(reader: Member) -> Test:
    """By its id: who downloaded it is told with nothing else."""
    with tenant(reader.agency_id):
        rows = File.objects.filter(agency_id=reader.agency_id, vendor__isnull=False)
        hidden = frozenset(rows.values_list("pk", flat=True))
    return lambda image: image["id"] in hidden


def _of_providers(reader: Member) -> dict[str, frozenset[int]]:
    """Ids of what providers wrote, by the column that points at it; asked with nobody's eyes, for the agency sees none of it."""
    with tenant(reader.agency_id):
        bills, paid = (
            frozenset(
                model.objects.filter(agency_id=reader.agency_id, issuer__isnull=False).values_list("pk", flat=True)
            )
            for model in (Invoice, Payment)
        )
    return {"invoice_id": bills, "credit_id": bills, "payment_id": paid}


OWN: dict[type[Model], tuple[Any, Callable[[Member], Test]]] = {
    Invoice: (_("an invoice"), sums_kept_from),
    Payment: (_("a payment"), sums_kept_from),
    BankFile: (_("a file of the bank"), bank_kept_from),
    BankLine: (_("a line of the bank"), bank_kept_from),
}
"""Tables with a test of their own."""


def veils_of(models: Iterable[type[Model]]) -> list[Veil]:
    """One for every table with money, and for the files of providers: the audit log names none of these to such readers."""
    tests = [(model._meta.db_table, *OWN.get(model, (_("about money"), part_kept_from))) for model in models]
    return [Veil("files_file", _("a file of a provider"), file_of_provider), *(Veil(*test) for test in tests)]
