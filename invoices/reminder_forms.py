"""How an agency reminds."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.actions.reminding import tiers_of
from invoices.models import ReminderPolicy
from invoices.models.reminders import TIERS
from invoices.payment_forms import money_field
from invoices.reminder_letters import SUMS
from portal.tenancy.models import Agency

MOST_FEE = Decimal("999999.99")


class RulesForm(forms.Form):
    """Days, fee and words of each tier, and whether they go out by themselves."""

    automatic = forms.BooleanField(
        label=gettext_lazy("Send reminders by themselves, each morning at eight"), required=False
    )

    def __init__(self, *args, agency: Agency, **kwargs):
        super().__init__(*args, **kwargs)
        policy = ReminderPolicy.objects.filter(agency=agency).first()
        self.fields["automatic"].initial = policy is not None and policy.automatic_since is not None
        for tier in tiers_of(agency.pk):
            self._add(tier)

    def _add(self, tier) -> None:
        number = tier.tier
        days = forms.IntegerField(label=_("Days after the due date"), min_value=1, max_value=365, initial=tier.days)
        heading = forms.CharField(label=_("Subject"), max_length=160, required=False, initial=tier.heading)
        text = forms.CharField(
            label=_("Text"),
            max_length=2000,
            required=False,
            initial=tier.text,
            widget=forms.Textarea({"rows": 4}),
            help_text=_("Empty: our words, in the client's language. You may use {number}, {open}, {due}, {fee}."),
        )
        fee = money_field(_("Fee"), min_value=0, max_value=MOST_FEE, required=False, initial=tier.fee or None)
        named = {"days": days, "fee": fee, "heading": heading, "text": text}
        self.fields |= {f"{name}_{number}": field for name, field in named.items()}

    @property
    def tiers(self) -> list[tuple[int, list[Any]]]:
        """For the template: the tier and its fields."""
        return [(number, [self[f"{name}_{number}"] for name in ("days", "fee", "heading", "text")]) for number in TIERS]

    def clean(self):
        data = super().clean() or {}
        days = [data.get(f"days_{number}") or 0 for number in TIERS]
        if all(days) and sorted(set(days)) != days:
            raise ValidationError(_("Each reminder must come later than the one before."))
        for name in (f"heading_{number}" for number in TIERS):
            if any("{" + place + "}" in data.get(name, "") for place in SUMS):
                self.add_error(name, _("No sum in a subject, please: it shows on locked screens."))
        return data

    @property
    def rules(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        names = ("days", "heading", "text")
        return [
            {"tier": number, "fee": data[f"fee_{number}"] or 0, **{name: data[f"{name}_{number}"] for name in names}}
            for number in TIERS
        ]
