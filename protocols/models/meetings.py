"""Meetings planned ahead, single or in a series, with guests and an agenda to which both sides add."""

import secrets
import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import ClientOwned, ClientOwnedQuerySet, Member, OwnQuerySet, TenantModel, TenantQuerySet
from portal.tenancy.models.access import COMMENTING
from portal.tenancy.walls import TenantForeignKey

from .protocol import LONGEST, Kind, Protocol


def _minutes():
    return [MinValueValidator(5), MaxValueValidator(LONGEST)]


class Rhythm(models.TextChoices):
    """How often a series meets; values are the frequency and interval of RFC 5545."""

    WEEKLY = "WEEKLY/1", _("every week")
    FORTNIGHTLY = "WEEKLY/2", _("every second week")
    FOUR_WEEKLY = "WEEKLY/4", _("every fourth week")
    MONTHLY = "MONTHLY/1", _("every month")
    QUARTERLY = "MONTHLY/3", _("every quarter")


class MeetingSeries(ClientOwned):
    """A meeting that comes again. first_on and starts_at_time are wall clock in time_zone: the hour stays over the DST change.

    Meetings are made ahead as rows of their own (protocols.meetings.planning), so one of them can be moved or called off.
    """

    title = models.CharField(_("Topic"), max_length=200)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.JOUR_FIXE)
    place = models.CharField(_("Place or link"), max_length=200, blank=True)
    rhythm = models.CharField(_("How often"), max_length=12, choices=Rhythm, default=Rhythm.WEEKLY)
    first_on = models.DateField(_("First on"))
    starts_at_time = models.TimeField(_("At"))
    time_zone = models.CharField(max_length=64, editable=False)
    duration_minutes = models.PositiveSmallIntegerField(_("Minutes"), default=45, validators=_minutes())
    last_on = models.DateField(_("Last on"), null=True, blank=True)
    leader = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("Led by"))
    guest_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    made_until = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    edited_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = ClientOwnedQuerySet.as_manager()

    def __str__(self):
        return self.title

    def can_be_changed_by(self, member: Member) -> bool:
        """The agency's people who write; a series that has been ended stays as it is."""
        return self.ended_at is None and member.is_specialist and member.can_write_for(self.client)


class MeetingQuerySet(ClientOwnedQuerySet):
    """Meetings."""

    def coming(self, *, at=None):
        """Not called off and not over."""
        return self.filter(cancelled_at=None, ends_at__gt=at or timezone.now())

    def past(self, *, at=None):
        return self.filter(ends_at__lte=at or timezone.now())

    def unwritten(self, *, at=None):
        """Held, and no protocol of it is published; a protocol may have been waived with a reason."""
        published = Protocol.objects.filter(agency_id=OuterRef("agency_id"), meeting=OuterRef("pk")).published()
        held = self.past(at=at).filter(confirmed_at__isnull=False, cancelled_at=None)
        return held.filter(~Exists(published), waived_at=None)

    def led_by(self, member: Member):
        return self.filter(leader_id=member.pk)

    def with_guest(self, member: Member):
        """Those to which the member is invited, or which he leads."""
        invited = MeetingGuest.objects.filter(agency_id=member.agency_id, meeting=OuterRef("pk"), member=member.pk)
        return self.filter(models.Q(Exists(invited)) | models.Q(leader_id=member.pk))


class Meeting(ClientOwned):
    """A call, jour fixe or meeting at a moment. original_on: the day of the series that it stands for, also when it was moved.

    A meeting of the client's own making waits for the agency's yes (`confirmed_at`).
    """

    series = TenantForeignKey(
        MeetingSeries, on_delete=models.CASCADE, null=True, editable=False, related_name="meetings"
    )
    original_on = models.DateField(null=True, editable=False)
    title = models.CharField(_("Topic"), max_length=200)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.MEETING)
    place = models.CharField(_("Place or link"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("When"))
    ends_at = models.DateTimeField(editable=False)
    leader = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("Led by"))
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    edited_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    moved_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    waived_at = models.DateTimeField(null=True, editable=False)
    waived_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    waived_reason = models.CharField(_("Reason"), max_length=200, blank=True)
    reminded_at = models.DateTimeField(null=True, editable=False)
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)

    number: int | None
    published_at: datetime | None
    my_answer: str | None
    """Put on by protocols.meetings.reading: those of the protocol, and what the reader said."""

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "series", "original_on"],
                name="meeting_once_in_series",
                condition=models.Q(series__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="meeting_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "client", "starts_at", "id"], name="meeting_by_start"),
            models.Index(fields=["agency", "leader", "ends_at"], name="meeting_of_leader"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def is_proposal(self) -> bool:
        """The agency has not said yes."""
        return self.confirmed_at is None and not self.is_cancelled

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def duration_minutes(self) -> int:
        return round((self.ends_at - self.starts_at).total_seconds() / 60)

    def can_be_changed_by(self, member: Member) -> bool:
        """The agency's people who write, and whoever proposed it as long as it has not begun."""
        if self.is_cancelled or not member.can_write_for(self.client):
            return False
        return member.is_specialist or (self.created_by_id == member.pk and self.starts_at > timezone.now())

    def can_be_confirmed_by(self, member: Member) -> bool:
        """A proposal waits for one of the agency's people."""
        return self.is_proposal and not self.is_over and member.is_specialist and member.can_write_for(self.client)

    def can_be_waived_by(self, member: Member) -> bool:
        """Whoever led it, and the agency's people, say that no protocol is needed."""
        is_held = self.is_over and not self.is_proposal and not self.is_cancelled and self.waived_at is None
        return is_held and member.can_write_for(self.client) and (member.is_specialist or self.leader_id == member.pk)

    def can_be_added_to_by(self, member: Member) -> bool:
        """Both sides put points on the agenda until the meeting is over."""
        may = member.is_specialist or (member.is_contact and member.level_allows(self, COMMENTING))
        return may and member.can_write_for(self.client) and not self.is_cancelled and self.ends_at > timezone.now()


class MeetingChildQuerySet(TenantQuerySet):
    """Rows that are seen by whoever sees their meeting."""

    def visible_to(self, member):
        return super().visible_to(member).filter(meeting__in=Meeting.objects.visible_to(member))


class Answer(models.TextChoices):
    """What a guest said; values are those of PARTSTAT in RFC 5545."""

    YES = "ACCEPTED", _("Yes")
    NO = "DECLINED", _("No")
    MAYBE = "TENTATIVE", _("Maybe")


class MeetingGuest(TenantModel):
    """Somebody who is invited."""

    meeting = TenantForeignKey(Meeting, on_delete=models.CASCADE, related_name="guests")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = MeetingChildQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "meeting", "member"], name="meeting_guest_once")]

    @property
    def is_expected(self) -> bool:
        """Whoever has not said no; minutes begin with these as present."""
        return self.answer != Answer.NO


class MeetingTopic(TenantModel):
    """A point of the agenda of a meeting that has not been held."""

    meeting = TenantForeignKey(Meeting, on_delete=models.CASCADE, related_name="topics")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("Agenda item"), max_length=200)
    minutes = models.PositiveSmallIntegerField(_("Minutes"), null=True, blank=True, validators=_minutes())
    added_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MeetingChildQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.text

    def can_be_changed_by(self, member: Member) -> bool:
        """Whoever put it there, and the agency's people."""
        return self.meeting.can_be_added_to_by(member) and (member.is_specialist or self.added_by_id == member.pk)


def _secret() -> str:
    return secrets.token_urlsafe(24)


class CalendarFeed(TenantModel):
    """The address under which a person's calendar program reads his meetings; a new secret makes the old address end."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    secret = models.CharField(max_length=40, default=_secret)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "member"], name="calendar_feed_once")]
        indexes = [models.Index(fields=["agency", "secret"], name="calendar_feed_by_secret")]
