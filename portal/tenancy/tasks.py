"""Celery tasks that open the door themselves."""

from contextlib import nullcontext
from functools import partial, wraps

from celery import current_task, shared_task
from django.db import transaction

from portal.core.context import current, tenant, traced


def tenant_task(function=None, *, atomic: bool = True):
    """A task whose first argument is the agency's id; it runs inside that agency, in one transaction.

    atomic=False: it opens its own ones, because a try must be counted and committed before the work that may kill the process.
    """
    if function is None:
        return partial(tenant_task, atomic=atomic)

    @shared_task(name=f"{function.__module__}.{function.__name__}")
    @wraps(function)
    def task(agency_id: int, *args):
        with _traced(function), tenant(agency_id), transaction.atomic() if atomic else nullcontext():
            return function(agency_id, *args)

    task.is_tenant_task = True
    return task


def cross_tenant_task(function):
    """A task that spans agencies: it reads ids through the `maint` role and hands on to tenant tasks."""

    @shared_task(name=f"{function.__module__}.{function.__name__}")
    @wraps(function)
    def task(*args):
        with _traced(function):
            return function(*args)

    task.is_tenant_task = False
    return task


def _traced(function):
    """The task by its name, under the id of the request that wanted it, if one did."""
    headers = (current_task.request.headers if current_task else None) or {}
    return traced(task=function.__name__, request_id=headers.get("request_id") or current().request_id)
