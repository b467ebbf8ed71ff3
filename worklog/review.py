"""What a manager looks through: entries that wait, months that can be closed, rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.formats import format_hours, weekday_names
from portal.core.http import number_in
from portal.people.forms.fields import choices_of
from portal.tenancy.models import Client, Member
from worklog.actions import deciding
from worklog.actions.tracing import mark_of
from worklog.days import FIRST_YEAR, LAST_YEAR
from worklog.fields import HoursField
from worklog.models import USUAL_DAY, ClientWorkPolicy, MonthClosing, WorkEntry, WorkPolicy
from worklog.months import Month
from worklog.presenting import Line, lines_of

MOST = 200
LAST_MONTHS = 3


@dataclass(frozen=True, slots=True)
class ClientMonth:
    """One month of a client. is_closed: nobody but managers logs and corrects."""

    client: Client
    month: Month
    time: str
    is_closed: bool


@dataclass(frozen=True)
class Year:
    """before, after: the years around it in which there may be something, else None."""

    number: int
    months: list[ClientMonth]
    before: int | None
    after: int | None


def managed_by(member: Member):
    """Clients whose time the member approves and closes."""
    rows = Client.objects.visible_to(member).active().filter(read_only_at=None)
    return rows if member.can("manage_clients") else rows.filter(manager=member.pk)


def waiting_for(member: Member) -> list[WorkEntry]:
    """The oldest entries that wait for the member's approval."""
    rows = WorkEntry.objects.visible_to(member).awaiting_approval().filter(client__in=managed_by(member).values("pk"))
    return list(rows.with_names().order_by("client__name", "spent_on", "pk")[:MOST])


def months_of(member: Member) -> list[ClientMonth]:
    """The last months with time, of the clients that the member manages; this month first."""
    month = Month.of(timezone.localdate())
    for _number in range(LAST_MONTHS - 1):
        month = month.before
    return _of_clients(managed_by(member), spent_on__gte=month.first, member=member)


def year_of(member: Member, year: int) -> Year:
    """All months of a year with time, of the same clients."""
    clients = managed_by(member)
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = WorkEntry.objects.visible_to(member).filter(client__in=clients.values("pk"))
    return Year(
        year,
        _of_clients(clients, member=member, spent_on__range=(first, last)),
        year - 1 if rows.filter(spent_on__lt=first).exists() else None,
        year + 1 if year < timezone.localdate().year else None,
    )


def _of_clients(clients: QuerySet[Client], *, member: Member, **spent_on: Any) -> list[ClientMonth]:
    """The newest month first, then by name."""
    found = clients.in_bulk()
    rows = WorkEntry.objects.visible_to(member).filter(client_id__in=found, **spent_on).order_by()
    sums = rows.annotate(month=TruncMonth("spent_on")).values("client_id", "month").annotate(sum=Sum("minutes"))
    closed = MonthClosing.objects.visible_to(member).filter(client_id__in=found)
    is_closed = set(closed.values_list("client_id", "month"))
    return sorted(
        _months(found, list(sums), is_closed),
        key=lambda row: (-row.month.first.toordinal(), row.client.name.casefold()),
    )


def _months(clients: dict, sums: list[dict], is_closed: set) -> Iterator[ClientMonth]:
    for row in sums:
        key = (row["client_id"], row["month"])
        yield ClientMonth(clients[key[0]], Month(key[1]), format_hours(row["sum"]), key in is_closed)


def choices_to_approve(rows: list[WorkEntry], member: Member) -> list[tuple[Line, str]]:
    """Each as a line, and what a tick means: this entry, as it is on the screen."""
    return [(line, f"{row.pk}:{mark_of(row)}") for line, row in zip(lines_of(rows, member), rows, strict=True)]


class ApprovalForm(forms.Form):
    """Entries to be approved. seen: what each of them said, by id; "" where that was not sent."""

    entries = forms.MultipleChoiceField()

    def __init__(self, data):
        super().__init__(data)
        sent = [choice for choice in data.getlist("entries") if number_in(choice.partition(":")[0])]
        choices_of(self, "entries").choices = [(choice, choice) for choice in sent[:MOST]]

    @property
    def seen(self) -> dict[int, str]:
        parts = (choice.partition(":") for choice in self.cleaned_data["entries"])
        return {int(pk): mark for pk, _colon, mark in parts}


class MonthForm(forms.Form):
    """A month to be closed, or opened again. year: of the page that it was sent from, if not from the last months."""

    client = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    month = forms.DateField()
    opens = forms.BooleanField(required=False)
    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)


class RulesForm(forms.Form):
    """The rules of the agency's work log."""

    approves = forms.BooleanField(label=_("A manager approves entries before clients see them"), required=False)
    day_minutes = HoursField(label=_("Time expected of a working day"), help_text=_("For example 8:00"))
    reminder_weekday = forms.TypedChoiceField(
        label=_("Remind of missing time on"), coerce=int, empty_value=None, required=False
    )
    statement_day = forms.TypedChoiceField(
        label=_("Monthly statement to clients on"), coerce=int, empty_value=None, required=False
    )
    delayed = forms.MultipleChoiceField(
        label=_("Clients that see the work log as late as their timeline"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data=None, *, member: Member):
        policy = WorkPolicy.objects.visible_to(member).first() or WorkPolicy(day_minutes=USUAL_DAY)
        self.clients = {
            str(client.pk): client for client in Client.objects.visible_to(member).active().order_by("name")
        }
        delayed = ClientWorkPolicy.objects.visible_to(member).filter(~Q(delayed_since=None))
        self.was_delayed = {str(pk) for pk in delayed.values_list("client_id", flat=True)}
        super().__init__(data, initial={**_initial(policy), "delayed": sorted(self.was_delayed)})
        choices_of(self, "reminder_weekday").choices = [("", _("No reminder")), *_weekdays()]
        days = [(str(day), _("day %(day)d") % {"day": day}) for day in range(1, 29)]
        choices_of(self, "statement_day").choices = [("", _("No statement")), *days]
        choices_of(self, "delayed").choices = [(pk, client.name) for pk, client in self.clients.items()]
        if not self.clients:
            del self.fields["delayed"]

    def save(self, *, by: Member) -> None:
        """Keep the rules; of the clients only those whose rule changes are touched."""
        data = dict(self.cleaned_data)
        wanted = set(data.pop("delayed", ()))
        deciding.set_policy(by=by, **data)
        for pk in sorted((wanted ^ self.was_delayed) & set(self.clients)):
            client = self.clients[pk]
            client.agency = by.agency
            deciding.set_delay(client, by=by, delayed=pk in wanted)


def _initial(policy: WorkPolicy) -> dict:
    return {
        "approves": policy.approved_since is not None,
        "day_minutes": policy.day_minutes,
        "reminder_weekday": "" if policy.reminder_weekday is None else policy.reminder_weekday,
        "statement_day": policy.statement_day or "",
    }


def _weekdays() -> list[tuple[str, str]]:
    return [(str(number), name) for number, (_short, name) in enumerate(weekday_names())]
