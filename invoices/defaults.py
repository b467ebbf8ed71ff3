"""What is usual for a client's invoices: its own billing data, and the agency's profile where that says nothing."""

from dataclasses import dataclass
from decimal import Decimal

from invoices.models import BillingData, TaxCategory, TaxProfile
from portal.tenancy.models import Client


@dataclass(frozen=True)
class Defaults:
    """tax_rate: percent, 0 unless taxed."""

    currency: str
    language: str
    terms_days: int
    tax_category: str
    tax_rate: Decimal


def profile_of(agency_id: int) -> TaxProfile:
    """The agency's, or an empty one. Call with the agency's sight."""
    return TaxProfile.objects.filter(agency_id=agency_id).first() or TaxProfile(agency_id=agency_id)


def billing_of(client: Client) -> BillingData:
    """The client's, or one that only knows its name."""
    found = BillingData.objects.filter(agency_id=client.agency_id, client=client).first()
    return found or BillingData(agency_id=client.agency_id, client=client, name=client.name)


def defaults_of(client: Client) -> Defaults:
    """Two queries."""
    return usual_of(client, profile_of(client.agency_id), billing_of(client))


def usual_of(client: Client, profile: TaxProfile, billing: BillingData) -> Defaults:
    """The same, where both are known."""
    rate = profile.tax_rate if billing.tax_rate is None else billing.tax_rate
    return Defaults(
        currency=billing.currency or client.agency.currency,
        language=billing.language or client.agency.language,
        terms_days=profile.terms_days if billing.terms_days is None else billing.terms_days,
        tax_category=billing.tax_category,
        tax_rate=rate if billing.tax_category == TaxCategory.STANDARD else Decimal(0),
    )
