"""manage.py agency_domain: serve an agency at a domain of its own."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import DomainNameValidator
from django.http.request import validate_host

from portal.core.context import tenant
from portal.tenancy.actions import move_to_host
from portal.tenancy.models import Agency, AgencyAddress


class Command(BaseCommand):
    help = "Serves an agency at a domain of its own; without a domain, under its short name again."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="the agency's short name in addresses")
        parser.add_argument("domain", nargs="?", default="", help="for example portal.agency.example")

    def handle(self, *args, slug: str, domain: str, **options):
        agency = self._agency(slug)
        move_to_host(agency, self._free(domain.strip().lower(), agency))
        self.stdout.write(f"https://{agency.host}/" if agency.host else f"{settings.BASE_URL}/{agency.slug}/")

    @staticmethod
    def _agency(slug: str) -> Agency:
        address = AgencyAddress.objects.filter(name=slug).first()
        if address is None:
            raise CommandError(f"No agency has the short name {slug}.")
        with tenant(address.agency_id):
            return Agency.objects.get(pk=address.agency_id)

    @staticmethod
    def _free(domain: str, agency: Agency) -> str:
        if not domain:
            return ""
        try:
            DomainNameValidator(accept_idna=False)(domain)
        except ValidationError as error:
            raise CommandError(f"{domain} is no domain; write international ones in their xn-- form.") from error
        if domain in settings.MAIN_HOSTS:
            raise CommandError(f"{domain} is the address of the portal itself.")
        if AgencyAddress.objects.filter(name=domain).exclude(agency=agency).exists():
            raise CommandError(f"Another agency has {domain}.")
        if not validate_host(domain, settings.ALLOWED_HOSTS):
            raise CommandError(f"Add {domain} to ALLOWED_HOSTS first, and point it at this server.")
        return domain
