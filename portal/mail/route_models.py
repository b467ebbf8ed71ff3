"""Which agency an address belongs to, for the door."""

from django.db import models


class MailRoute(models.Model):
    """Global index from the SHA-256 of a mail address to its agency, for the door, which knows no agency yet.

    It holds no address and no client, so it needs no wall. Rows stay when an address is retired.
    """

    digest = models.CharField(max_length=64, unique=True)
    agency_id = models.BigIntegerField()

    def __str__(self):
        return self.digest
