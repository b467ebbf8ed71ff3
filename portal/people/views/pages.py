"""What several pages share: a form that is its own page, and saving through an action."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.shortcuts import render


def submitted(form: Form, action: Callable, *args: Any, **fields: Any) -> Any:
    """Run the action if the form is valid; what the action refuses stands at the form's fields. None: show the form."""
    if not form.is_valid():
        return None
    try:
        return action(*args, **(fields or form.cleaned_data)) or True
    except ValidationError as error:
        form.add_error(None, error)
        return None


def form_page(request, form: Form, *, title: str, submit: str, template: str = "people/form.html", **context: Any):
    """The form on a page of its own; 422 when it came back with errors."""
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, "title": title, "submit": submit, **context}, status=status)
