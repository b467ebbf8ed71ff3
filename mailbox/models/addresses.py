"""Whom a client knows by mail, and tests of its address."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from portal.tenancy.models.base import OwnQuerySet, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

OF_TEST = "<test-"
"""So the Message-ID of a test begins."""


class KnownAddressQuerySet(TenantQuerySet):
    """Addresses; for the agency's people alone."""

    def visible_to(self, member):
        return super().visible_to(member) if member.is_specialist else self.none()


class KnownAddress(TenantModel):
    """Somebody took part in a mail of this client that was filed, so the next one is let in. address: lower case."""

    client = TenantForeignKey("tenancy.Client", on_delete=models.CASCADE, editable=False, related_name="+")
    address = models.CharField(max_length=320)
    known_at = models.DateTimeField(auto_now_add=True)

    objects = KnownAddressQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "client", "address"], name="known_address_once")]

    def __str__(self):
        return self.address


class AddressTest(TenantModel):
    """A mail that a member sent to the client's address to see whether it arrives. Each step has its moment.

    key: in the Message-ID, so that the mail is known again. error: why the step after the last one with a moment failed.
    """

    client = TenantForeignKey("tenancy.Client", on_delete=models.CASCADE, editable=False, related_name="+")
    member = TenantForeignKey("tenancy.Member", on_delete=models.CASCADE, editable=False, related_name="+")
    key = models.CharField(max_length=32)
    address = models.CharField(max_length=320)
    asked_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    processed_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    mail = TenantForeignKey("mailbox.Mail", on_delete=models.CASCADE, null=True, related_name="+")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "key"], name="address_test_key")]
        indexes = [models.Index(fields=["agency", "client", "member", "-asked_at"], name="address_test_newest")]

    def __str__(self):
        return self.address

    @property
    def message_id(self) -> str:
        return f"{OF_TEST}{self.key}@{self.address.rpartition('@')[2]}>"

    @staticmethod
    def key_in(message_id: str) -> str:
        """The key of the test that the mail with this Message-ID may be, "" for any other mail."""
        return message_id.removeprefix(OF_TEST).partition("@")[0] if message_id.startswith(OF_TEST) else ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return bool(self.processed_at or self.failed_at)

    def is_late(self, allowed: timedelta) -> bool:
        """Whether it has taken longer than it should."""
        return not self.is_over and timezone.now() - self.asked_at > allowed
