"""What sign-in must know of a person's places: the strictest second factor, and where the audit log is kept."""

from django.db import transaction

from portal.accounts.models import User
from portal.core.context import current
from portal.tenancy.models import Agency
from portal.tenancy.models.agency import FactorPolicy
from portal.tenancy.scope import memberships_of, seeing_own_agencies


def strictest_factor(user: User) -> str:
    """ "totp" as soon as one of the person's agencies asks it of this kind of member; platform staff always."""
    if user.is_staff:
        return FactorPolicy.TOTP
    with transaction.atomic():
        kinds = {member.agency_id: member.kind for member in memberships_of(user.pk)}
        with seeing_own_agencies(tuple(kinds)):
            agencies = list(Agency.objects.filter(pk__in=kinds))
    asked = {agency.factor_policy(kinds[agency.pk]) for agency in agencies}
    return FactorPolicy.TOTP if FactorPolicy.TOTP in asked else FactorPolicy.EMAIL


def agencies_of(user: User) -> list[int]:
    """Ids of the agencies in which the person has a place."""
    with transaction.atomic():
        return [member.agency_id for member in memberships_of(user.pk)]


def name_of_place() -> str:
    """Of the agency at whose door we are; "" without one."""
    return Agency.objects.filter(pk=current().agency_id).values_list("name", flat=True).first() or ""
