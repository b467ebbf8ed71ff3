"""Tearing down a wall for a moment, to see whether the other one holds, and whether a test would notice."""

from contextlib import contextmanager

from django.test import override_settings

from portal.core.prepared import Prepared
from portal.tenancy.models import TenantModel
from portal.tenancy.models.base import TenantQuerySet


class ThroughTheMaintenanceRole:
    """Reads rows of tenants as the role that row-level security lets see everything."""

    def db_for_read(self, model, **hints):
        return "maint" if issubclass(model, TenantModel) or model._meta.label == "tenancy.Agency" else None

    def db_for_write(self, model, **hints):
        return "default"


@contextmanager
def first_wall_off():
    """Every `visible_to` and `of` returns everything, as if each view had forgotten to filter."""
    kept = [(cls, name, vars(cls)[name]) for cls in _querysets() for name in ("visible_to", "of") if name in vars(cls)]
    for cls, name, _method in kept:
        setattr(cls, name, lambda self, whoever: self)
    Prepared.forget()
    try:
        yield
    finally:
        for cls, name, method in kept:
            setattr(cls, name, method)
        Prepared.forget()


@contextmanager
def second_wall_off():
    """Row-level security is not there."""
    routers = ["tests.walls_off.ThroughTheMaintenanceRole", "portal.core.db.routers.OneDatabase"]
    with override_settings(DATABASE_ROUTERS=routers):
        Prepared.forget()
        yield
    Prepared.forget()


def _querysets(cls=TenantQuerySet):
    yield cls
    for below in cls.__subclasses__():
        yield from _querysets(below)
