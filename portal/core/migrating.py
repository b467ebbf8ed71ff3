"""Migrations in a fifth of the time.

Between two operations Django makes the historical models anew, and of all models those that hang together with the changed one
by any chain of keys. Here everything hangs together by its agency: ten thousand models for a hundred migrations. But only those
that point at the changed model, directly or not, hold a reference to the class that is gone; the others stay as they are.
A new index or constraint is a matter of the model alone, so it is put on the class that is there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ProjectState
from django.db.models import Model

Key = tuple[str, str]


@contextmanager
def lean_states() -> Iterator[None]:
    """Within the block, a change of a model makes only its dependents anew."""
    usual = {name: getattr(ProjectState, name) for name in _LEAN}
    for name, method in _LEAN.items():
        setattr(ProjectState, name, method)
    try:
        yield
    finally:
        for name, method in usual.items():
            setattr(ProjectState, name, method)


def _changed_by(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[Key]:
    """(app, model) of the changed model and of all that depend on it, as they are registered now."""
    try:
        found = dependents(state.apps.get_model(app_label, model_name))
    except LookupError:
        found = set()
    return {(model._meta.app_label, model._meta.model_name or "") for model in found} | {(app_label, model_name)}


def _append_option(state: ProjectState, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
    """One more index or constraint."""
    options = state.models[app_label, model_name].options
    options[option_name] = [*options[option_name], obj]
    if "apps" in vars(state):
        setattr(state.apps.get_model(app_label, model_name)._meta, option_name, list(options[option_name]))


_LEAN = {"_find_reload_model": _changed_by, "_append_option": _append_option}


def dependents(model: type[Model]) -> set[type[Model]]:
    """The model, what inherits from it or points at it, and what does so with those."""
    found: set[type[Model]] = set()
    waiting = [model]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            waiting += _direct_dependents(model)
    return found


def _direct_dependents(model: type[Model]) -> list[type[Model]]:
    relations = [field for field in model._meta.get_fields(include_hidden=True) if field.is_relation]
    pointing = [field.related_model for field in relations if field.auto_created and not field.concrete]
    heirs = [heir for heir in model.__subclasses__() if heir._meta.apps is model._meta.apps]
    return [*pointing, *heirs]  # type: ignore[list-item]
