"""What a protocol consists of: agenda items with notes, who took part, what is to be done, and its earlier versions."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import ClientOwned, ClientOwnedQuerySet, Member, TenantModel
from portal.tenancy.models.client import OPEN_CLIENT
from portal.tenancy.walls import TenantForeignKey
from protocols.reminding import MOST

from .protocol import ChildQuerySet, Protocol

REMIND_AHEAD = timedelta(days=1)
REMIND_BACK = timedelta(days=30)
"""What is longer overdue is known by now."""


class AgendaItem(TenantModel):
    """One point of the agenda and what was said about it. notes is Markdown with the shorthand of protocols.shorthand.

    revision counts saves of this item alone, so that two people can write in two items at the same time.
    """

    protocol = TenantForeignKey(Protocol, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("Agenda item"), max_length=200)
    notes = models.TextField(_("Notes"), blank=True)
    planned_minutes = models.PositiveSmallIntegerField(_("Planned minutes"), null=True, blank=True)
    brought_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=0)
    edited_at = models.DateTimeField(default=timezone.now)
    edited_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ChildQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["agency", "protocol", "position"], name="protocol_agenda_order")]

    def __str__(self):
        return self.title


class Participation(TenantModel):
    """Somebody who was invited or took part. name is kept, because people leave; `member` is None for guests."""

    protocol = TenantForeignKey(Protocol, on_delete=models.CASCADE, related_name="participations")
    member = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=120)
    was_invited = models.BooleanField(default=True)
    was_present = models.BooleanField(default=True)

    objects = ChildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "protocol", "member"],
                name="protocol_participant_once",
                condition=models.Q(member__isnull=False),
            )
        ]

    def __str__(self):
        return self.name


class InternalNote(TenantModel):
    """What only the agency sees about a protocol; a table of its own, so that the database keeps it from everybody else."""

    protocol = TenantForeignKey(Protocol, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(blank=True)
    edited_at = models.DateTimeField(default=timezone.now)
    edited_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "protocol"], name="protocol_note_once")]

    def __str__(self):
        return self.text[:80]


class ActionItemQuerySet(ClientOwnedQuerySet):
    """What is to be done."""

    def open(self):
        return self.filter(done_at=None, dropped_at=None)

    def valid(self):
        """Those that still stand in their protocol."""
        return self.filter(dropped_at=None)

    def remindable(self, *, on):
        """Due by the day after, and nobody was told; or late, and told less often than may be.

        Not whose person has left, nor of a client that is closed.
        """
        soon = self.open().filter(due_on__lte=on + REMIND_AHEAD, due_on__gte=on - REMIND_BACK)
        again = models.Q(due_on__lt=on, reminders__lt=MOST)
        return soon.filter(
            models.Q(reminders=0) | again, assignee__isnull=False, assignee__ended_at=None, **OPEN_CLIENT
        )

    def mine(self, member: Member):
        return self.filter(assignee_id=member.pk)


class ActionItem(ClientOwned):
    """Something to do, out of a published protocol. Client and project are those of the protocol, for the wall.

    key: what tells it from the other lines of the protocol when the text is saved again. An item whose line was taken out of
    the text is `dropped_at`; it stays in earlier versions. named: whom the text names; `assignee` is that person, or whoever
    took it over.
    """

    protocol = TenantForeignKey(Protocol, on_delete=models.CASCADE, related_name="action_items")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64)
    text = models.CharField(max_length=500)
    assignee = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    named = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    due_on = models.DateField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    done_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    dropped_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["agency", "protocol", "key"], name="action_item_once")]
        indexes = [
            models.Index(
                fields=["agency", "assignee", "due_on"],
                name="action_item_open",
                condition=models.Q(done_at=None, dropped_at=None),
            ),
        ]

    def __str__(self):
        return self.text

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    def can_be_done_by(self, member: Member) -> bool:
        """Everybody of the two houses who writes for the client; whom projects are shared with only his own."""
        if self.dropped_at or not member.can_write_for(self.client):
            return False
        return not member.goes_by_projects(self.client_id) or self.assignee_id == member.pk


class Version(TenantModel):
    """What a published protocol said. content: the snapshot that protocols.versions makes; number counts from 1."""

    protocol = TenantForeignKey(Protocol, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ChildQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["agency", "protocol", "number"], name="protocol_version_once")]
