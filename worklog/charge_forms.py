"""What is charged, and at which price."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.core.formats import format_date
from portal.people.forms import choices
from portal.people.forms.fields import DayField, NameField, RowField
from portal.tenancy.models import Client, Member, Project, Role
from worklog.charging import KIND, MEMBER, PROJECT, SUBJECT
from worklog.models import WorkKind

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
GROUPS = [
    (KIND, _("Activity")),
    (MEMBER, _("Specialist")),
    (SUBJECT, _("Ticket or protocol")),
    (PROJECT, _("Project")),
]


class GroupForm(forms.Form):
    """How lines are made of entries."""

    group = forms.ChoiceField(label=_("One line for each"), choices=GROUPS, initial=KIND, widget=forms.RadioSelect)
    with_retainer = forms.BooleanField(
        label=_("Also what counts as retainer"),
        required=False,
        help_text=_("Leave it out when the retainer is charged as a fixed sum."),
    )


class ChargeForm(GroupForm):
    """Which work becomes a draft."""

    title = NameField(label=_("Subject"), max_length=160)
    first = DayField(label=_("From"), widget=DAY)
    last = DayField(label=_("Until"), widget=DAY)
    field_order = ("title", "first", "last", "group", "with_retainer")

    def __init__(self, *args, language: str, **kwargs):
        """language: of the invoice, in which its subject is said."""
        last = timezone.localdate().replace(day=1) - timedelta(days=1)
        with translation.override(language):
            title = gettext("Services in %(month)s") % {"month": format_date(last, style="month")}
        initial = {"title": title, "first": last.replace(day=1), "last": last}
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self):
        data: dict[str, Any] = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day is before the first one."))
        return data


class RateForm(forms.Form):
    """The price of an hour, and for what it holds."""

    amount = forms.DecimalField(label=_("Price of an hour"), max_digits=12, decimal_places=2, min_value=Decimal(0))
    currency = forms.ChoiceField(label=_("Currency"), choices=choices.currencies)
    valid_from = DayField(label=_("From"), widget=DAY)
    client = RowField(label=_("Client"), required=False)
    project = RowField(label=_("Project"), required=False)
    role = RowField(label=_("Role"), required=False)
    kind = RowField(label=_("Kind of work"), required=False)

    def __init__(self, *args, member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.update(currency=member.agency.currency, valid_from=timezone.localdate().replace(day=1))
        clients = Client.objects.visible_to(member).active().order_by("name")
        projects = Project.objects.visible_to(member).active().select_related("client")
        roles = Role.objects.visible_to(member).filter(kind="specialist").order_by("pk")
        offers = {
            "client": (clients, str),
            "project": (projects.order_by("client__name", "name"), lambda row: f"{row.client} · {row}"),
            "role": (roles, str),
            "kind": (WorkKind.objects.visible_to(member).offered(), str),
        }
        for name, (rows, label) in offers.items():
            self.fields[name].offer(rows, label)  # type: ignore[attr-defined]
