"""How another program calls an invoice or a payment. It is no part of what was issued, so it may be said later, and otherwise."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from invoices.models import Invoice, Payment
from portal.core.context import tenant
from portal.tenancy.models import Member


class Taken(Exception):
    """Another one is called so."""


def name(row: Invoice | Payment, external_id: str, *, by: Member) -> None:
    """From now on; "" for no name at all. The audit log keeps what it was before. Raises Taken."""
    with tenant(row.agency_id), transaction.atomic():
        rows: Any = type(row).objects.select_related("client").select_for_update(of=("self",))
        found = rows.get(agency_id=by.agency_id, pk=row.pk)
        if not found.can_be_managed_by(by):
            raise PermissionDenied
        found.external_id = external_id
        try:
            with transaction.atomic():
                found.save(update_fields=["external_id"])
        except IntegrityError as error:
            raise Taken from error
