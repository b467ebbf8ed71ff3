"""The filter of the Security page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.people import trail
from portal.people.forms.fields import DayField, choices_of

DAY = forms.DateInput(attrs={"type": "date"})


class TrailFilter(forms.Form):
    """Kind, person, period. What makes no sense is left out."""

    kind = forms.ChoiceField(label=_("Event"), required=False)
    person = forms.TypedChoiceField(label=_("Person"), coerce=int, empty_value=None, required=False)
    first = DayField(label=_("From"), widget=DAY, required=False)
    last = DayField(label=_("Until"), widget=DAY, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        groups = [(code, group[0]) for code, group in trail.GROUPS.items()]
        choices_of(self, "kind").choices = [("", _("All events")), *groups]
        choices_of(self, "person").choices = [("", _("Everyone")), *((user.pk, str(user)) for user in people)]

        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def narrow(self, rows):
        """The rows that fit."""
        self.is_valid()
        data = self.cleaned_data
        return trail.narrowed(
            rows,
            group=data.get("kind", ""),
            user_id=data.get("person"),
            first=data.get("first"),
            last=data.get("last"),
        )

    def words(self) -> dict[str, str]:
        """What was asked for, for the log of exports."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}
