"""What kinds of tickets an agency has: types with their statuses and fields. Rows, so that an agency can make them its own."""

from django.db import models
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Client, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey


class Stage(models.TextChoices):
    """What a status means, whatever the agency calls it."""

    NEW = "new", pgettext_lazy("ticket state", "Received")
    ACCEPTED = "accepted", _("Accepted")
    WORKING = "working", _("In progress")
    WAITING = "waiting", _("Waiting for the client")
    DONE = "done", pgettext_lazy("ticket state", "Done")


class TicketType(TenantModel):
    """A kind of ticket. What comes from the presets is stored in English and translated when shown.

    is_open_to_contacts: whether the client's people can choose it; has_parts: it is made of several tickets.
    reopen_days: so many days after the closing an answer opens it again; later it becomes a new ticket that is linked.
    """

    code = models.SlugField(max_length=30)
    name = models.CharField(_("Name"), max_length=60)
    hint = models.CharField(_("Hint"), max_length=200, blank=True)
    icon = models.CharField(max_length=20, default="ticket")
    position = models.PositiveSmallIntegerField(default=0)
    is_open_to_contacts = models.BooleanField(default=True)
    has_parts = models.BooleanField(default=False)
    reopen_days = models.PositiveSmallIntegerField(_("Reopened within days"), default=14)

    objects = TenantQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["agency", "code"], name="ticket_type_code_unique")]

    def __str__(self):
        return gettext(self.name)


USUAL = "simple"
"""What is asked for, until somebody has looked at it."""


def usual_type(client: Client) -> TicketType:
    """The agency's type for requests that nobody has sorted; one that the client's people can choose, if there is any."""
    rows = TicketType.objects.filter(agency_id=client.agency_id, has_parts=False).order_by("position", "pk")
    return min(rows, key=lambda row: (not row.is_open_to_contacts, row.code != USUAL))


def _state(name: str) -> str:
    """A stored name in the reader's language; some words mean another thing elsewhere ("Received": a mail, a payment)."""
    word = pgettext("ticket state", name)
    return gettext(name) if word == name else word


class TicketStatus(TenantModel):
    """A step of a type's flow. client_word: what the client's people read instead of the name; vendors too, where it is true."""

    type = TenantForeignKey(TicketType, on_delete=models.CASCADE, related_name="statuses")
    code = models.SlugField(max_length=30)
    name = models.CharField(_("Name"), max_length=60)
    client_word = models.CharField(_("The client's word"), max_length=60)
    stage = models.CharField(_("Means"), max_length=10, choices=Stage)
    position = models.PositiveSmallIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "ticket statuses"
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["agency", "type", "code"], name="ticket_status_code_unique")]

    def __str__(self):
        return _state(self.name)

    @property
    def said_to_client(self) -> str:
        """The client's word in the reader's language."""
        return _state(self.client_word)

    def word_for(self, member) -> str:
        """What this reader calls it. A client's word for what waits for the client ("for you") is not meant for vendors."""
        if member.is_specialist:
            return str(self)
        return str(Stage.WAITING.label) if member.is_vendor and self.stage == Stage.WAITING else self.said_to_client


class TicketField(TenantModel):
    """A further field of a type. is_internal: contacts and vendors never see what stands in it."""

    type = TenantForeignKey(TicketType, on_delete=models.CASCADE, related_name="fields")
    code = models.SlugField(max_length=30)
    label = models.CharField(_("Label"), max_length=60)
    is_internal = models.BooleanField(_("Internal"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["agency", "type", "code"], name="ticket_field_code_unique")]

    def __str__(self):
        return gettext(self.label)
