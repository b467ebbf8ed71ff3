"""Celery: late acknowledgement, prefetch 1, JSON only, no results. Beat's schedule stands in code."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def leave_logging_as_it_is(**_about) -> None:
    """The settings say what is logged, the seals of the audit log among it. Celery would raise the level for everybody, and does
    not when somebody listens here."""
