"""The counter behind the numbers: one row per agency, series and year, locked at issue."""

from django.db import models

from portal.tenancy.models import TenantModel


class InvoiceCounter(TenantModel):
    """last: the number given last. It only grows within the transaction that issues, so there is no gap and no twin."""

    series = models.CharField(max_length=10, blank=True)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "series", "year"], name="invoice_counter_once")]

    def __str__(self):
        return f"{self.series}{self.year}: {self.last}"
