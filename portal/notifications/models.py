"""What a member was told, and how each wants to be told."""

from functools import cached_property

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.context import AREAS
from portal.events.kinds import internal_kinds
from portal.events.models import Event
from portal.mail.models import OutgoingMail
from portal.tenancy.models import Member, OwnQuerySet, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey


class NotificationQuerySet(TenantQuerySet):
    """Each member's own; what lies in an area that has been closed since is gone from the list too."""

    def visible_to(self, member):
        return self.open_to(member).filter(in_app=True)

    def open_to(self, member):
        """Also what the member wished to be told by mail alone."""
        rows = super().visible_to(member).filter(member=member.pk)
        if member.is_specialist:
            open_to = Q(client_id__in=member.client_ids) | Q(project_id__in=member.project_ids)
            return rows if member.sees_all_clients else rows.filter(Q(client=None) | open_to)
        if not member.reads_private:
            about_oneself = Q(subject_type=Member._meta.label_lower, subject_id=member.pk, client=None)
            rows = rows.filter(~Q(kind__in=internal_kinds()) | about_oneself)
        reach = Q(client=None)
        for area in AREAS:
            shared = Q(project_id__in=member.projects_of(area))
            reach |= Q(shared | Q(client_id__in=member.clients_of(area)), area=area)
        return rows.filter(reach)

    def unread(self):
        return self.filter(read_at=None)

    def about(self, model: type[models.Model], pk):
        """What was told about this row."""
        return self.filter(subject_type=model._meta.label_lower, subject_id=pk)


class Notification(TenantModel):
    """One event told to one member.

    It keeps the event's payload, because the event itself stays hidden from outsiders until the embargo is over; titles and
    links of kinds therefore read nothing but the payload.
    in_app: it shows under the bell; without, the row only remembers that a mail was sent. mailed_at: when that was queued.
    subject_type, subject_id: what it is about, as in the event.
    """

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    event = TenantForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    client = TenantForeignKey("tenancy.Client", on_delete=models.CASCADE, null=True, related_name="+")
    project = TenantForeignKey("tenancy.Project", on_delete=models.CASCADE, null=True, related_name="+")
    actor = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    area = models.CharField(max_length=10)
    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=60, blank=True, default="", db_default="")
    subject_id = models.BigIntegerField(null=True)
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
        about = {"subject_type": self.subject_type, "subject_id": self.subject_id}
        return Event(agency_id=self.agency_id, kind=self.kind, payload=self.payload, area=self.area, **about)

    @property
    def title(self) -> str:
        return self.told.title

    @property
    def path(self) -> str:
        return self.told.path


class Outcome(models.TextChoices):
    """What became of the wish to tell somebody by mail; nothing yet while it waits."""

    MAILED = "mailed", _("Mailed")
    READ = "read", _("read in the portal before")
    OFF = "off", _("switched off meanwhile")
    CLOSED = "closed", _("no longer open to this person")
    BROKEN = "broken", _("could not be written, see the log")


class DeliveryQuerySet(TenantQuerySet):
    """What was to be told outside the portal: for those who look after the agency, of the clients that they see."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if not member.is_specialist:
            return self.none()
        return rows if member.sees_all_clients else rows.filter(Q(client=None) | Q(client_id__in=member.client_ids))

    def waiting(self):
        return self.filter(ended_at=None)

    def due(self, *, at):
        return self.waiting().filter(due_at__lte=at)

    def failed(self):
        return self.filter(Q(mail__failed_at__isnull=False) | Q(mail__bounced_at__isnull=False))


class Delivery(TenantModel):
    """One notification on its way by one channel. It goes into a mail once, by itself or together with others.

    The constraint and the lock of portal.notifications.bursts see to it that nobody is told twice by one channel.
    """

    notification = TenantForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    client = TenantForeignKey("tenancy.Client", on_delete=models.CASCADE, null=True, related_name="+")
    channel = models.CharField(max_length=10, choices=[("email", _("E-mail"))], default="email")
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    mail = TenantForeignKey(OutgoingMail, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["agency", "notification", "channel"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="delivery_ends_somehow",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="delivery_waiting", condition=Q(ended_at=None)),
            models.Index(fields=["agency", "member"], name="delivery_burst", condition=Q(ended_at=None)),
            models.Index(fields=["agency", "-created_at", "-id"], name="delivery_newest"),
        ]

    def __str__(self):
        return str(self.notification)


class Preference(TenantModel):
    """How a member wants to be told of one kind of event. Without a row: both ways."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    in_app = models.BooleanField(default=True)
    email = models.BooleanField(default=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "member", "kind"], name="preference_once")]
