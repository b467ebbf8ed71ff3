"""What several pages share: a form that is its own page, and saving through an action."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import Form
from django.shortcuts import render
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation


def submitted(form: Form, action: Callable, *args: Any, **fields: Any) -> Any:
    """Run the action if the form is valid; what the action refuses stands at the form's fields. None: show the form."""
    if not form.is_valid():
        return None
    try:
        with transaction.atomic():
            return action(*args, **(fields or form.cleaned_data)) or True
    except ValidationError as error:
        form.add_error(None, error)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        form.add_error(None, _("The same was saved a moment ago. Look whether it is there already, then try again."))
    return None


def form_page(request, form: Form, *, title: str, submit: str, template: str = "people/form.html", **context: Any):
    """The form on a page of its own; 422 when it came back with errors."""
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, "title": title, "submit": submit, **context}, status=status)
