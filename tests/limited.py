"""Lena: a contact of Acme to whom only some of its projects are open."""

from django.db import transaction

from portal.core.context import tenant
from portal.tenancy import actions
from portal.tenancy.models import Member
from tests.world import person

AREAS = ["work", "tickets", "mails"]


def lena_in(cast, *projects, areas=AREAS, level="contribute", role="contact") -> Member:
    """Lena as she comes in: with these areas of these projects of Acme."""
    with tenant(cast.north.pk), transaction.atomic():
        lena = actions.add_member(cast.north, person("Lena"), kind="contact", role=role)
        actions.set_access(lena, cast.acme, areas)
        actions.limit_access(lena, cast.acme, dict.fromkeys(projects, level), by=cast.olaf)
    return fresh(lena)


def fresh(member: Member) -> Member:
    """The member as the next request finds him."""
    with tenant(member.agency_id), transaction.atomic():
        return Member.objects.select_related("user", "role", "vendor", "agency").get(pk=member.pk)
