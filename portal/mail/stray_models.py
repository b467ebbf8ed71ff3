"""Mail that came without an envelope and is nobody's: it names no address of ours, and no agency keeps such mail."""

from datetime import timedelta

from django.db import models

KEPT_FOR = timedelta(days=90)
"""What nobody placed or wanted, here and in the quarantine of an agency, goes after this time and not before."""


class Stray(models.Model):
    """A mail as a provider or a folder handed it over, for the platform's staff alone: perhaps it was meant for some agency,
    and none may read what was meant for another. The application's own role may not even see the table.

    body, content_type: what a provider posted when it did not send the mail as it was.
    """

    raw = models.BinaryField(editable=False)
    size = models.PositiveIntegerField()
    envelope_from = models.CharField(max_length=320, blank=True)
    recipients = models.JSONField(default=list)
    source = models.CharField(max_length=10)
    source_key = models.CharField(max_length=64, editable=False)
    body = models.BinaryField(null=True, editable=False)
    content_type = models.CharField(max_length=255, blank=True, editable=False)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "source_key"], name="stray_once")]
        indexes = [models.Index(fields=["received_at"], name="stray_by_age")]

    def __str__(self):
        return f"{self.source} {self.pk}"
