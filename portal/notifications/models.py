"""What a member was told, and how each wants to be told."""

from functools import cached_property

from django.db import models
from django.db.models import Q

from portal.core.context import AREAS
from portal.events.models import Event
from portal.tenancy.models import Member, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey


class NotificationQuerySet(TenantQuerySet):
    """Each member's own; what lies in an area that has been closed since is gone from the list too."""

    def visible_to(self, member):
        rows = super().visible_to(member).filter(member=member, in_app=True)
        if member.is_specialist:
            open_to = Q(client_id__in=member.client_ids) | Q(project_id__in=member.project_ids)
            return rows if member.can("all_clients") else rows.filter(Q(client=None) | open_to)
        reach = Q(client=None) | Q(project_id__in=member.project_ids)
        for area in AREAS:
            reach |= Q(area=area, client_id__in=member.clients_of(area))
        return rows.filter(reach)

    def unread(self):
        return self.filter(read_at=None)


class Notification(TenantModel):
    """One event told to one member.

    It keeps the event's payload, because the event itself stays hidden from outsiders until the embargo is over; titles and
    links of kinds therefore read nothing but the payload.
    in_app: it shows under the bell; without, the row only remembers that a mail was sent.
    """

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    event = TenantForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    client = TenantForeignKey("tenancy.Client", on_delete=models.CASCADE, null=True, related_name="+")
    project = TenantForeignKey("tenancy.Project", on_delete=models.CASCADE, null=True, related_name="+")
    actor = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    area = models.CharField(max_length=10)
    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    in_app = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "member", "event"], name="notification_once")]
        indexes = [
            models.Index(fields=["agency", "member", "-created_at", "-id"], name="notification_newest"),
            models.Index(
                fields=["agency", "member"], name="notification_unread", condition=Q(read_at=None, in_app=True)
            ),
        ]

    def __str__(self):
        return self.title

    @cached_property
    def told(self) -> Event:
        """The event as far as it was told: enough for title and link."""
        return Event(agency_id=self.agency_id, kind=self.kind, payload=self.payload, area=self.area)

    @property
    def title(self) -> str:
        return self.told.title

    @property
    def path(self) -> str:
        return self.told.path


class PreferenceQuerySet(TenantQuerySet):
    """Each member's own."""

    def visible_to(self, member):
        return super().visible_to(member).filter(member=member)


class Preference(TenantModel):
    """How a member wants to be told of one kind of event. Without a row: both ways."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    in_app = models.BooleanField(default=True)
    email = models.BooleanField(default=True)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "member", "kind"], name="preference_once")]
