"""Which invoices somebody wants to see: a state, a year and a client, all in the address; and a page of them, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from invoices.models import UNSETTLED, Invoice, overdue_on
from portal.core.paging import Page, behind

ALL, OPEN, OVERDUE, PAID, DRAFT = "all", "open", "overdue", "paid", "draft"
STATES = {ALL: _("All"), OPEN: _("Open"), OVERDUE: _("Overdue"), PAID: _("Paid"), DRAFT: _("Drafts")}
SIZE = 25
FIRST_YEAR, LAST_YEAR = 1990, 2200


@dataclass(frozen=True)
class View:
    """year None: of all years. client: its slug, "" for all."""

    state: str
    year: int | None
    today: date
    client: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str], today: date) -> "View":
        """From an address; what is no filter is left out."""
        state, year = asked.get("state", ALL), asked.get("year", "")
        is_year = year.isascii() and year.isdigit() and len(year) == 4 and FIRST_YEAR <= int(year) <= LAST_YEAR
        client = asked.get("client", "").replace("\0", "")
        return cls(state if state in STATES else ALL, int(year) if is_year else None, today, client)

    def of_client(self, rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
        """All of the client that was chosen, whatever their state and year."""
        return rows.filter(client__slug=self.client) if self.client else rows

    def narrow(self, rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
        """Drafts have no date, so they are a list of their own."""
        if self.state == DRAFT:
            return rows.filter(issued_at=None)
        rows = rows.filter(issued_at__isnull=False)
        if self.year:
            rows = rows.filter(issued_on__range=(date(self.year, 1, 1), date(self.year, 12, 31)))
        if self.state == OPEN:
            return rows.filter(UNSETTLED)
        if self.state == OVERDUE:
            return rows.filter(overdue_on(self.today))
        return rows.filter(settled=F("gross"), cancelled_at=None) if self.state == PAID else rows

    def query(self, **changed: Any) -> str:
        """The address of this view with something else in it."""
        words = {"state": self.state if self.state != ALL else "", "year": self.year or "", "client": self.client}
        return "?" + urlencode({name: word for name, word in (words | changed).items() if word})

    def states(self, *, with_drafts: bool) -> list[tuple[str, Any, bool]]:
        """(address, label, current) of each."""
        shown = [name for name in STATES if with_drafts or name != DRAFT]
        return [(self.query(state=name if name != ALL else ""), STATES[name], name == self.state) for name in shown]


def page_of(rows: QuerySet[Invoice], view: View, after: str) -> Page:
    """The rows behind key `after`, newest first; of drafts the last hundred that were touched."""
    if view.state == DRAFT:
        return Page(list(rows.order_by("-changed_at", "-pk")[: 4 * SIZE]), "")
    found = list(behind(rows, _place_in(after), by="issued_on")[: SIZE + 1])
    return Page(found[:SIZE], f"{found[SIZE - 1].issued_on.toordinal()}-{found[SIZE - 1].pk}" if found[SIZE:] else "")


def years_of(rows: QuerySet[Invoice]) -> list[int]:
    """Those with an invoice, newest first."""
    days = rows.filter(issued_on__isnull=False).order_by().dates("issued_on", "year", order="DESC")
    return [day.year for day in days]


def _place_in(after: str) -> tuple[date, int] | None:
    day, _dash, pk = after.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (day, pk)):
        return None
    return (date.fromordinal(int(day)), int(pk)) if 1 <= int(day) <= date.max.toordinal() else None
