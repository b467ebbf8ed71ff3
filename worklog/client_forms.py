"""What clients ask, what they are told, and what is agreed with them."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.core.formats import format_minutes
from portal.people.forms.fields import choices_of
from portal.tenancy.models import Client, Member, Project
from worklog.models import WorkBudget
from worklog.months import Month

_CLOCK, _DECIMAL = re.compile(r"^(\d{1,4}):([0-5]\d)$"), re.compile(r"^(\d{1,4})(?:[.,](\d{1,2}))?$")


class TextForm(forms.Form):
    """A question or an answer."""

    text = forms.CharField(max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), label=_("Your words"))


class HoursOfMonthField(forms.CharField):
    """Hours of a month: "60", "60:00", "37,5". Cleans to minutes, None when left empty."""

    def prepare_value(self, value):
        return format_minutes(value) if isinstance(value, int) else value

    def clean(self, value):
        text = super().clean(value).removesuffix("h").strip()
        if not text:
            return None
        if found := _CLOCK.match(text):
            return int(found[1]) * 60 + int(found[2])
        if found := _DECIMAL.match(text):
            return int(Decimal(text.replace(",", ".")) * 60 + Decimal("0.5"))
        raise ValidationError(_("Give hours, for example 60, 37.5 or 60:00."), code="hours")


class BudgetForm(forms.Form):
    """Hours a month, or an amount for whoever sees sums; for the client as a whole or one project.

    month: which one is looked at; holding: what is agreed in it for the client as a whole, which stands there already.
    """

    month = forms.CharField(label=_("From month"), widget=forms.DateInput(attrs={"type": "month"}), max_length=7)
    project = forms.ChoiceField(label=_("For"), required=False)
    hours = HoursOfMonthField(
        label=_("Hours a month"),
        required=False,
        max_length=8,
        help_text=_("For example 60, 37.5 or 60:00. Left empty, nothing is agreed any more."),
    )
    amount = forms.DecimalField(
        label=_("Or an amount a month"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("Instead of hours. Only who sees sums sees it."),
    )

    def __init__(self, *args, client: Client, member: Member, month: Month, holding: WorkBudget | None, **kwargs):
        agreed = {"hours": holding.minutes, "amount": holding.amount} if holding else {}
        super().__init__(*args, initial={"month": month.key, **agreed}, **kwargs)
        self.projects = {
            str(row.pk): row for row in Project.objects.visible_to(member).filter(client=client).order_by("name")
        }
        names = [(key, row.name) for key, row in self.projects.items()]
        choices_of(self, "project").choices = [("", _("The client as a whole")), *names]
        if not member.can("money"):
            del self.fields["amount"]
        else:
            words = {"currency": client.agency.currency}
            self.fields["amount"].label = _("Or an amount a month, %(currency)s") % words

    def clean_month(self):
        month = Month.read(self.cleaned_data["month"])
        if month is None:
            raise ValidationError(_("Write the month as 2026-11."))
        return month

    def clean(self):
        data = super().clean() or {}
        data.setdefault("amount", None)
        if data.get("hours") and data["amount"]:
            self.add_error("amount", _("Give hours or an amount, not both."))
        return data

    def clean_project(self):
        return self.projects.get(self.cleaned_data["project"])
