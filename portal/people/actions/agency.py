"""The agency's settings: basics, look, rules, texts, calendar."""

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from portal.events.embargo import follow_delay
from portal.people import rules
from portal.people.logos import Logo
from portal.tenancy.models import Agency, Calendar, CalendarException, Client, Member
from portal.tenancy.presence import forget_calendar

FIELDS = frozenset(
    "name phone language time_zone currency sender_name sender_address mail_domain embargo_days correction_days brand_hex "
    "takes_any_address hold_strangers "
    "staff_factor contact_factor vendor_factor imprint privacy data_processing".split()
)


@transaction.atomic
def change(agency: Agency, *, by: Member, **fields) -> Agency:
    """Any of FIELDS; everything else is refused."""
    agency = _locked(agency, by)
    if unknown := set(fields) - FIELDS:
        raise ValueError(f"not settings of an agency: {unknown}")
    for name, value in fields.items():
        setattr(agency, name, value)
    agency.save(update_fields=[*fields, "branded_at"])
    if "embargo_days" in fields:
        for client in Client.objects.filter(agency=agency, embargo_days=None).select_related("agency"):
            follow_delay(client)
    return agency


@transaction.atomic
def set_logo(agency: Agency, logo: Logo | None, *, by: Member) -> Agency:
    """A new logo, or none. Its key is its content, so a picture that is stored already is not stored again."""
    agency = _locked(agency, by)
    agency.logo_key = agency.logo_type = ""
    if logo:
        key = f"{agency.pk}/brand/{logo.digest}"
        if not default_storage.exists(key):
            key = default_storage.save(key, ContentFile(logo.content))
        agency.logo_key, agency.logo_type = key, logo.content_type
    agency.save(update_fields=["logo_key", "logo_type", "branded_at"])
    return agency


@transaction.atomic
def change_calendar(calendar: Calendar, *, by: Member, **fields) -> Calendar:
    """Hours, time zone and public holidays. fields: time_zone, windows, country, region."""
    _guard(calendar.agency_id, by)
    calendar = Calendar.objects.select_for_update(of=("self",)).get(pk=calendar.pk)
    for name, value in fields.items():
        setattr(calendar, name, value)
    calendar.save(update_fields=list(fields))
    _remember_anew(calendar)
    return calendar


@transaction.atomic
def set_day(calendar: Calendar, *, by: Member, day, name: str, windows: list) -> CalendarException:
    """A day off (no windows), or one with hours of its own."""
    _guard(calendar.agency_id, by)
    exception, _created = CalendarException.objects.update_or_create(
        agency_id=calendar.agency_id, calendar=calendar, day=day, defaults={"name": name, "windows": windows}
    )
    _remember_anew(calendar)
    return exception


@transaction.atomic
def delete_day(exception: CalendarException, *, by: Member) -> None:
    """The day is like its weekday again."""
    _guard(exception.agency_id, by)
    exception.delete()
    _remember_anew(exception)


def _remember_anew(row: Calendar | CalendarException) -> None:
    transaction.on_commit(lambda: forget_calendar(row.agency_id))


def _guard(agency_id: int, by: Member) -> None:
    if agency_id != by.agency_id or not rules.manages_agency(by):
        raise PermissionDenied


def _locked(agency: Agency, by: Member) -> Agency:
    _guard(agency.pk, by)
    return Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
