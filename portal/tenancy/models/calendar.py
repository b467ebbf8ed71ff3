"""When an agency works: weekdays, breaks, holidays, days off, and who stands in."""

from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.formats import format_date
from portal.core.zones import zone
from portal.tenancy.walls import TenantForeignKey

from .base import TenantModel
from .member import Member


def usual_week() -> dict[str, list[list[str]]]:
    """Monday to Friday, 9 to 18, without a break: nine business hours a day."""
    return {str(day): [["09:00", "18:00"]] for day in range(5)}


class Calendar(TenantModel):
    """Business hours. windows: weekday "0" (Monday) to "6" -> list of ["HH:MM", "HH:MM"]; gaps are breaks."""

    name = models.CharField(_("Name"), max_length=60)
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Berlin")
    windows = models.JSONField(_("Hours"), default=usual_week)
    country = models.CharField(_("Public holidays of"), max_length=2, blank=True)
    region = models.CharField(_("Region"), max_length=10, blank=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="calendar_name_unique"),
            models.UniqueConstraint(
                fields=["agency"], name="calendar_one_default", condition=models.Q(is_default=True)
            ),
        ]

    def __str__(self):
        return self.name


class CalendarException(TenantModel):
    """One day that differs: closed (no windows), or with hours of its own."""

    calendar = TenantForeignKey(Calendar, on_delete=models.CASCADE, related_name="exceptions")
    day = models.DateField(_("Day"))
    name = models.CharField(_("Reason"), max_length=120, blank=True)
    windows = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "calendar", "day"], name="calendar_day_once")]

    def __str__(self):
        return f"{format_date(self.day)} {self.name}".strip()


class Absence(TenantModel):
    """A specialist is away; somebody stands in."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="absences")
    stand_in = TenantForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Stand-in")
    )
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    reason = models.CharField(_("Reason"), max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="absence_ends_after_start"
            ),
        ]

    @property
    def first_day(self) -> date:
        """In the agency's zone."""
        return self.starts_at.astimezone(zone(self.agency.time_zone)).date()

    @property
    def last_day(self) -> date:
        """In the agency's zone; the end itself is the midnight after it."""
        return (self.ends_at - timedelta.resolution).astimezone(zone(self.agency.time_zone)).date()
