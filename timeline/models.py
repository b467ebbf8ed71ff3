"""What people post by hand, whose day somebody set, and who looked when."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.events.models import Event
from portal.files.models import File
from portal.tenancy.models import (
    Client,
    ClientOwned,
    ClientOwnedQuerySet,
    Member,
    OwnQuerySet,
    TenantModel,
    TenantQuerySet,
)
from portal.tenancy.models.access import projects_open_to
from portal.tenancy.walls import TenantForeignKey

FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""The day of what is held back until somebody says otherwise."""
MONDAY = 0


class ActivityKindQuerySet(TenantQuerySet):
    """The agency's own words for what it does."""

    def offered(self):
        return self.filter(retired_at=None).order_by("position", "pk")


class ActivityKind(TenantModel):
    """A kind of activity: "Backlink built". Retired ones stay at what was posted, and are offered no more."""

    name = models.CharField(_("Name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("Position"), default=0)
    retired_at = models.DateTimeField(_("Offered until"), null=True, blank=True)

    objects = ActivityKindQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="activity_kind_once")]

    def __str__(self):
        return self.name


class ActivityQuerySet(ClientOwnedQuerySet):
    """Posted activities: whoever sees the event on the timeline sees what stands behind it."""

    searched = ("title", "text", "link")

    def visible_to(self, member):
        rows = self.filter(agency_id=member.agency_id, event__in=Event.objects.visible_to(member))
        return rows if member.is_specialist else rows.filter(taken_back_at=None)

    def unannounced(self):
        return self.filter(announced_at=None, taken_back_at=None)


class Activity(ClientOwned):
    """Work that somebody posted by hand. When it happened and who sees it from when is the event's.

    announced_at: when the client's people were told that it is there now.
    """

    event = TenantForeignKey(Event, on_delete=models.CASCADE, null=True, editable=False, related_name="+")
    kind = TenantForeignKey(ActivityKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("Kind"))
    title = models.CharField(_("Title"), max_length=200)
    text = models.TextField(_("What was done"), blank=True)
    link = models.URLField(_("Link"), max_length=500, blank=True)
    posted_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    posted_at = models.DateTimeField(default=timezone.now, editable=False)
    announced_at = models.DateTimeField(null=True, editable=False)
    taken_back_at = models.DateTimeField(null=True, editable=False)
    taken_back_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["agency", "event"], name="activity_of_event"),
            models.Index(fields=["agency", "client", "kind"], name="activity_by_kind"),
            models.Index(
                fields=["event"], name="activity_unannounced", condition=Q(announced_at=None, taken_back_at=None)
            ),
        ]

    def __str__(self):
        return self.title

    def can_be_edited_by(self, member: Member) -> bool:
        """The agency's people who write; vendors only their own, as long as they contribute to the project."""
        if self.taken_back_at or not can_be_posted_by(member, self.client):
            return False
        is_own = self.posted_by_id == member.pk and self.project_id in projects_open_to(member, self.client)
        return is_own if member.is_vendor else True


class ActivityFileQuerySet(TenantQuerySet):
    """Files of activities."""

    def visible_to(self, member):
        return super().visible_to(member).filter(activity__in=Activity.objects.visible_to(member))


class ActivityFile(TenantModel):
    """A file of an activity."""

    activity = TenantForeignKey(Activity, on_delete=models.CASCADE, related_name="files")
    file = TenantForeignKey(File, on_delete=models.CASCADE, related_name="+")

    objects = ActivityFileQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "activity", "file"], name="activity_file_once")]

    def __str__(self):
        return str(self.file)


class StaffQuerySet(TenantQuerySet):
    """For the agency's people."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        return rows.filter(event__in=Event.objects.visible_to(member)) if member.is_specialist else rows.none()


class Decision(TenantModel):
    """That somebody set the day of an event himself, and why. The newest counts."""

    event = TenantForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    was = models.DateTimeField()
    visible_from = models.DateTimeField()
    reason = models.CharField(_("Reason"), max_length=300)
    by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    objects = StaffQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "event", "-decided_at"], name="decision_newest")]

    def __str__(self):
        return self.reason


class Visit(TenantModel):
    """When a member last looked at a client's timeline. before_at: the end of the visit before this one.

    What became visible or changed after `before_at` is news during the whole visit.
    """

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    client = TenantForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    before_at = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "member", "client"], name="visit_once")]


class WeeklyChoice(TenantModel):
    """On which day of the week (0 is Monday) a member is mailed what became visible. Without a row: on Mondays."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField(default=MONDAY)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "member"], name="weekly_choice_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="weekly_choice_is_a_day"),
        ]


class WeeklyMail(TenantModel):
    """That a member had the mail of a week (its Monday), also when there was nothing to tell. The row is there once."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    week = models.DateField()
    until = models.DateTimeField()
    entries = models.PositiveIntegerField(default=0)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "member", "week"], name="weekly_mail_once")]


def can_be_posted_by(member: Member, client: Client) -> bool:
    """The agency's people who write, and vendors in projects to which they contribute."""
    if member.is_contact or not member.can_write_for(client):
        return False
    return bool(projects_open_to(member, client)) if member.is_vendor else True


def can_be_dated_by(member: Member, client: Client) -> bool:
    """Who may hold entries back or release them early: the agency's people who write."""
    return member.is_specialist and member.can_write_for(client)
