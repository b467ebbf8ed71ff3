"""What a list of tickets can be narrowed to. Whatever makes no sense is left out rather than complained about."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.people.forms.fields import DayField
from portal.tenancy.models import Client, Member
from tickets.models import Priority, Stage, TicketQuerySet

MOST_WORDS = 8
AT_HAND = {"q", "kind", "of", "who"}
"""Filters that always show; the others are folded away until one of them is used."""


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


class FilterForm(forms.Form):
    """Words, and one value for each thing that a ticket has."""

    q = forms.CharField(required=False, max_length=200)
    kind = forms.SlugField(required=False)
    stage = forms.ChoiceField(required=False, choices=[("", _("Any state")), *Stage.choices])
    status = forms.SlugField(required=False)
    since = DayField(required=False)
    until = DayField(required=False)
    who = forms.RegexField(r"^(?:me|none|\d{1,17})$", required=False)
    team = forms.IntegerField(required=False, min_value=1)
    project = forms.IntegerField(required=False, min_value=1)
    of = forms.SlugField(required=False)
    priority = forms.TypedChoiceField(required=False, choices=[("", ""), *Priority.choices], coerce=int)
    due = forms.ChoiceField(
        required=False,
        choices=[
            ("", _("Any deadline")),
            ("late", _("Late")),
            ("week", _("Within 7 days")),
            ("none", _("No deadline")),
        ],
    )
    by = forms.RegexField(r"^(?:client|agency|\d{1,17})$", required=False)
    opened = forms.ChoiceField(
        required=False,
        choices=[
            ("", _("Opened at any time")),
            ("7", _("Opened within 7 days")),
            ("30", _("Opened within 30 days")),
            ("365", _("Opened within a year")),
        ],
    )
    follows = forms.BooleanField(required=False)

    def __init__(self, *args, member: Member, client: Client | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.member, self.client = member, client
        self.is_valid()

    @property
    def is_narrowing(self) -> bool:
        return any(value not in (None, "", False) for value in self.cleaned_data.values())

    @property
    def others(self) -> bool:
        """Whether something narrows that is folded away."""
        return any(value not in (None, "", False) for name, value in self.cleaned_data.items() if name not in AT_HAND)

    def narrow(self, rows: TicketQuerySet) -> TicketQuerySet:
        """The rows that match."""
        wanted = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)}
        columns = {
            "kind": "type__code",
            "stage": "stage",
            "status": "status__code",
            "project": "project",
            "of": "client__slug",
            "priority": "priority",
        }
        if not self.member.is_specialist:  # how urgent the agency finds it is its own business
            wanted.pop("priority", None)
        if not self.member.knows_clients:  # nobody tries out what a client is called
            wanted.pop("of", None)
        rows = rows.filter(**{column: wanted[name] for name, column in columns.items() if name in wanted})
        if "q" in wanted:
            rows = rows.matching(wanted["q"].split()[:MOST_WORDS])
        if "team" in wanted and self.member.is_specialist:
            rows = rows.filter(team=wanted["team"])
        if "follows" in wanted:
            rows = rows.filter(followers__member=self.member)
        if "opened" in wanted:
            rows = rows.filter(created_at__gte=timezone.now() - timedelta(days=int(wanted["opened"])))
        if by := wanted.get("by"):
            rows = rows.filter(logger=int(by)) if by.isdecimal() else rows.filter(side=by)
        rows = self._due_between(rows, wanted.get("since"), wanted.get("until"))
        return self._by_deadline(self._by_person(rows, wanted.get("who", "")), wanted.get("due", ""))

    @staticmethod
    def _due_between(rows: TicketQuerySet, since: date | None, until: date | None) -> TicketQuerySet:
        """Both days count, by the reader's clock."""
        rows = rows.filter(due_at__gte=_morning(since)) if since else rows
        return rows.filter(due_at__lt=_morning(until + timedelta(days=1))) if until else rows

    def _by_person(self, rows: TicketQuerySet, who: str) -> TicketQuerySet:
        if not who:
            return rows
        if who == "none":
            return rows.filter(assignee=None)
        return rows.filter(assignee=self.member.pk if who == "me" else int(who))

    @staticmethod
    def _by_deadline(rows: TicketQuerySet, due: str) -> TicketQuerySet:
        now = timezone.now()
        conditions: dict[str, dict[str, Any]] = {
            "late": {"due_at__lt": now},
            "week": {"due_at__range": (now, now + timedelta(days=7))},
            "none": {"due_at": None},
        }
        return rows.filter(**conditions[due]) if due else rows
