"""Founding an agency together with its owner: the first-run page and `manage.py create_agency`."""

from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.context import tenant
from portal.tenancy import actions
from portal.tenancy.models import Agency, AgencyAddress
from portal.tenancy.reserved import AGENCY_WORDS
from portal.tenancy.slugs import SLUG


def checked_slug(slug: str) -> str:
    """The slug, if an agency may take it. Raises ValidationError."""
    if not SLUG.match(slug) or len(slug) > 40:
        raise ValidationError(_("Use small letters, digits and single hyphens."))
    if slug in AGENCY_WORDS:
        raise ValidationError(_("This word is taken by a page of the center."))
    if AgencyAddress.objects.filter(name=slug).exists():
        raise ValidationError(_("Another agency has this address."))
    return slug


@transaction.atomic
def found(
    *, name: str, slug: str, owner_name: str, owner_email: str, password: str | None, client: str = "", **fields: Any
) -> tuple[Agency, User]:
    """An agency with its owner and perhaps a client. A person who has an account already keeps it as it is."""
    owner = User.objects.filter(email=owner_email.strip().lower()).first()
    if owner is None:
        owner = User.objects.create_user(owner_email, password, name=owner_name)
        EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    agency = actions.create_agency(name=name, slug=checked_slug(slug), owner=owner, **fields)
    if client:
        with tenant(agency.pk):
            actions.create_client(agency, name=client)
    return agency, owner
