"""Forms of the admin."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import UniqueConstraint


class RowForm(forms.ModelForm):
    """A row of the admin: the agency is set before validation, so that what must be unique in it gets its message at the form."""

    agency = None  # set by AgencyAdmin.get_form
    refused: ValidationError | None = None
    """Why the action did not do it, set by AgencyAdmin.get_form when the form is shown again."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.agency and self.instance._state.adding:
            self.instance.agency = self.agency

    def clean(self):
        cleaned = super().clean()
        for name, faults in getattr(self.refused, "error_dict", {None: self.refused}).items() if self.refused else ():
            self.add_error(name if name in self.fields else None, faults)
        return cleaned

    def _get_validation_exclusions(self):
        unique = [c for c in self._meta.model._meta.constraints if isinstance(c, UniqueConstraint)]
        return super()._get_validation_exclusions() - {name for constraint in unique for name in constraint.fields}

    def _update_errors(self, errors):
        """Columns without a field take part in the search for twins, but what stands in them is no fault of whoever saves."""
        found = getattr(errors, "error_dict", {NON_FIELD_ERRORS: [errors]})
        ours = {name: faults for name, faults in found.items() if name in self.fields or name == NON_FIELD_ERRORS}
        if ours:
            super()._update_errors(ValidationError(ours))
