"""The examination of the money of all agencies, and what is kept of it."""

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from invoices.models import Invoice, MoneyCheck
from invoices.proofs import problems
from portal.tenancy.models import Agency

MOST_KEPT = 100


def examine(using: str = "maint") -> dict[str, list[str]]:
    """Ask every proof, keep the answers agency by agency, and give what is wrong by the agency's address."""
    found: dict[int, list[str]] = defaultdict(list)
    for agency_id, name, words in problems(using):
        found[agency_id].append(f"{name}: {words}")
    agencies = dict(Agency.objects.using(using).values_list("pk", "slug"))
    for agency_id in agencies:
        _keep(agency_id, found.get(agency_id, []), using)
    return {agencies[agency_id]: lines for agency_id, lines in found.items()}


def _keep(agency_id: int, lines: list[str], using: str) -> None:
    count = Invoice.objects.using(using).filter(agency_id=agency_id).issued().count()
    words = {"checked_at": timezone.now(), "invoices": count, "problems": lines[:MOST_KEPT]}
    with transaction.atomic(using=using):
        MoneyCheck.objects.using(using).update_or_create(agency_id=agency_id, defaults=words)
