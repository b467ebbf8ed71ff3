"""Glasshouse: a client portal with nothing to hide."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
