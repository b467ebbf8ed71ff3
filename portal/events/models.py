"""One row for everything that happened: the timeline, notifications and automations are only its readers."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.context import AREAS
from portal.events.kinds import Kind, kind_of, on_timeline
from portal.tenancy.models import Member
from portal.tenancy.models.base import TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey


class EventQuerySet(TenantQuerySet):
    """Events, newest first by (happened_at, id)."""

    def visible_to(self, member):
        """Staff: all of their clients, marked with the day on which the client will. Others: what is due and theirs."""
        rows = super().visible_to(member)
        if member.is_specialist:
            if member.sees_all_clients:
                return rows
            return rows.filter(Q(client_id__in=member.client_ids) | Q(project_id__in=member.project_ids))
        rows = rows.filter(internal=False)
        if member.is_vendor:
            due = Q(visible_from__lte=member.now) | Q(actor=member.pk)
            return rows.filter(due, project_id__in=member.project_ids, area__in=member.vendor_areas)
        reach = Q()
        for area in AREAS:
            shared = Q(project_id__in=member.projects_of(area))
            reach |= Q(shared | Q(client_id__in=member.clients_of(area)), area=area)
        return rows.filter(reach, visible_from__lte=member.now)

    def of(self, client):
        return self.filter(client=client)

    def about(self, model: type[models.Model], pk):
        """What happened to this row."""
        return self.filter(subject_type=model._meta.label_lower, subject_id=pk)

    def on_timeline(self):
        return self.filter(kind__in=on_timeline())


class Event(TenantModel):
    """What happened: kind, subject, actor, side, and from when outsiders may see it.

    subject_type is "app.model"; payload holds what titles and links need, so that readers query nothing.
    tries, set_aside_at: how often a reader failed, and since when nobody tries any more (portal.events.delivery).
    changed_at: when its words last changed (see Revision); fixed_at: when somebody set its day, which no delay moves any more.
    """

    client = TenantForeignKey("tenancy.Client", on_delete=models.CASCADE, null=True, related_name="+")
    project = TenantForeignKey("tenancy.Project", on_delete=models.CASCADE, null=True, related_name="+")
    actor = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    side = models.CharField(max_length=6, choices=[("agency", "agency"), ("client", "client")])
    kind = models.CharField(max_length=60)
    area = models.CharField(max_length=10)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    payload = models.JSONField(default=dict)
    internal = models.BooleanField(default=False)
    happened_at = models.DateTimeField(default=timezone.now)
    visible_from = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(_("Failed tries"), default=0, db_default=0)
    set_aside_at = models.DateTimeField(_("Set aside"), null=True)
    changed_at = models.DateTimeField(null=True)
    fixed_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["agency", "client", "-visible_from", "-id"], name="event_feed"),
            models.Index(fields=["agency", "client", "-happened_at", "-id"], name="event_feed_of_staff"),
            models.Index(fields=["agency", "-happened_at", "-id"], name="event_feed_of_agency"),
            models.Index(fields=["recorded_at"], name="event_undelivered", condition=Q(delivered_at=None)),
            models.Index(
                fields=["agency", "client", "-changed_at"],
                name="event_changed",
                condition=Q(changed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.subject_type}:{self.subject_id}"

    @property
    def declared(self) -> Kind:
        return kind_of(self.kind)

    @property
    def title(self) -> str:
        """The sentence shown for it, in the reader's language."""
        return self.title_with({})

    def title_with(self, old: dict) -> str:
        """What it said when these of its words were different."""
        words = {**self.payload, **old}
        return str(self.declared.title) % _Payload(self.declared.said(words) if self.declared.said else words)

    @property
    def path(self) -> str:
        """Where it leads, inside the agency; "" when it leads nowhere."""
        return self.declared.link(self) if self.declared.link else ""


class RevisionQuerySet(TenantQuerySet):
    """Earlier words of events; outsiders learn those that they could have read."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.is_specialist:
            return rows
        return rows.filter(is_internal=False, event__in=Event.objects.visible_to(member))


class Revision(TenantModel):
    """What an event said before it changed: only the words that were different, by name.

    is_internal: it changed before the client could see it, so what it said before stays with the agency.
    """

    event = TenantForeignKey(Event, on_delete=models.CASCADE, related_name="revisions")
    old = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    is_internal = models.BooleanField(default=False)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "event", "-changed_at"], name="event_revision_newest")]


class _Payload(dict):
    """A title never fails because an old event lacks a word."""

    def __missing__(self, key):
        return "…"
