"""What is kept about both sides. Invoices that were issued keep what they were issued with."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from invoices.models import BillingData, TaxProfile, may_settle
from portal.core.context import tenant
from portal.tenancy.models import Client, Member


def may_keep_profile(member: Member) -> bool:
    """Whoever changes the agency's settings and sees sums."""
    return member.is_specialist and member.can("money") and member.can("manage_agency")


@transaction.atomic
def keep_profile(*, by: Member, **words: Any) -> TaxProfile:
    """The agency's, from now on."""
    if not may_keep_profile(by):
        raise PermissionDenied
    with tenant(by.agency_id):
        row, _is_new = TaxProfile.objects.update_or_create(agency_id=by.agency_id, defaults=words)
    return row


@transaction.atomic
def keep_billing(client: Client, *, by: Member, **words: Any) -> BillingData:
    """The client's, from now on."""
    if not may_settle(by, client):
        raise PermissionDenied
    with tenant(by.agency_id):
        row, _is_new = BillingData.objects.update_or_create(agency_id=by.agency_id, client=client, defaults=words)
    return row
