"""Work entries: time of one person on one kind of work, to the minute."""

from datetime import date

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Client, ClientOwned, ClientOwnedQuerySet, Member, Vendor
from portal.tenancy.models.access import projects_open_to
from portal.tenancy.walls import TenantForeignKey

from .kinds import WorkKind
from .rules import MonthClosing

LONGEST_MINUTES = 25 * 60
"""The longest day there is: the one on which the clocks go back."""
WAITING = Q(visible_from=None) | Q(doubted_at__isnull=False)
SPAN = Q(started_at__isnull=False, ended_at__isnull=False, ended_at__gt=F("started_at"))


class Charge(models.TextChoices):
    """What an entry counts as."""

    BILLABLE = "billable", _("Billable")
    RETAINER = "retainer", _("In the retainer")
    GOODWILL = "goodwill", _("Without charge")


class Source(models.TextChoices):
    """How an entry came to be."""

    HAND = "hand", _("Logged by hand")
    TIMER = "timer", _("Logged by timer")
    WEEK = "week", _("Logged in the week")
    PROTOCOL = "protocol", _("Logged with the protocol")
    IMPORT = "import", _("Imported")


class WorkEntryQuerySet(ClientOwnedQuerySet):
    """Work entries. Sums need no filter for what was removed: it has 0 minutes."""

    searched = ("text",)

    def visible_to(self, member):
        """Contacts: from `visible_from` on. Vendors: the time of their own organisation. Staff: everything of their clients."""
        rows = super().visible_to(member)
        if member.is_vendor:
            return rows.filter(vendor_id=member.vendor_id)
        return rows if member.is_specialist else rows.filter(visible_from__lte=member.now)

    def by_member(self, member):
        """The person's own."""
        return self.filter(member_id=member.pk)

    def on(self, day: date):
        return self.filter(spent_on=day)

    def between(self, first: date, last: date):
        """Days, both included."""
        return self.filter(spent_on__gte=first, spent_on__lte=last)

    def standing(self):
        """What was not removed."""
        return self.filter(removed_at=None)

    def of_agency(self):
        """Without the time of providers, which the client engaged itself. Only they log time of all vendors; what becomes of a vendor
        later does not make its time the agency's.
        """
        return self.filter(vendor=None)

    def awaiting_approval(self):
        """Not shown yet, or to be looked at again."""
        return self.filter(WAITING, removed_at=None)

    def unwritten(self):
        """Talks without a protocol, which somebody has still to write."""
        return self.standing().filter(kind__needs_protocol=True, subject_id=None, waived_at=None)

    def about(self, subject: models.Model):
        """What was logged for this protocol or ticket."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)

    def total(self) -> int:
        """Minutes in all."""
        return self.aggregate(sum=Sum("minutes"))["sum"] or 0

    def sums(self, *by: str) -> list[dict]:
        """Minutes by these columns ("member_id", "kind_id", "project_id", "spent_on", "charge"), the most first."""
        return list(self.order_by().values(*by).annotate(sum=Sum("minutes")).order_by("-sum", *by))

    def with_names(self):
        return self.select_related("client", "member__user", "kind", "project", "vendor")

    def with_closing(self):
        """Adds `is_closed`: whether its month is."""
        same = {"agency_id": OuterRef("agency_id"), "client_id": OuterRef("client_id"), "month": OuterRef("month_on")}
        return self.annotate(month_on=TruncMonth("spent_on"), is_closed=Exists(MonthClosing.objects.filter(**same)))

    def newest_first(self):
        return self.order_by("-spent_on", "-pk")


class WorkEntry(ClientOwned):
    """Time of a person. minutes: to the minute; 0 when it was removed after the client had seen it.

    spent_on: the day by the person's own clock. started_at, ended_at: when known; the minutes may be fewer (a break).
    vendor: whose person it is, None for the agency's. subject: what it was for, as in an event.
    visible_from: since when contacts see it; None while it waits for approval. doubted_at: since when a manager has to look at it,
    whatever the rules say: corrected by its author after the client had seen it, or run by a timer that nobody vouched for.
    changed_at: when it was last corrected after the client had seen it.
    invoice_line_id: the line that it is part of, since `invoiced_at`. import_key: which row of which export it came from.
    waived_at: when its author said that this talk needs no protocol. is_closed: only in rows that `with_closing` gave.
    """

    is_closed: bool
    member = TenantForeignKey(Member, on_delete=models.RESTRICT, related_name="+", verbose_name=_("Who"))
    vendor = TenantForeignKey(Vendor, on_delete=models.RESTRICT, null=True, editable=False, related_name="+")
    kind = TenantForeignKey(WorkKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("Kind of work"))
    text = models.CharField(_("What was done"), max_length=500)
    spent_on = models.DateField(_("Day"))
    started_at = models.DateTimeField(_("From"), null=True, blank=True)
    ended_at = models.DateTimeField(_("To"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("Minutes"))
    charge = models.CharField(_("Counts as"), max_length=10, choices=Charge, default=Charge.BILLABLE)
    source = models.CharField(max_length=10, choices=Source, default=Source.HAND, editable=False)
    subject_type = models.CharField(max_length=60, blank=True, editable=False)
    subject_id = models.BigIntegerField(null=True, editable=False)
    logged_at = models.DateTimeField(default=timezone.now, editable=False)
    logged_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    changed_at = models.DateTimeField(null=True, editable=False)
    visible_from = models.DateTimeField(null=True, editable=False)
    doubted_at = models.DateTimeField(null=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    invoiced_at = models.DateTimeField(null=True, editable=False)
    invoice_line_id = models.BigIntegerField(null=True, editable=False)
    waived_at = models.DateTimeField(null=True, editable=False)
    import_key = models.CharField(max_length=100, blank=True, editable=False)

    objects = WorkEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "work entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__range=(1, LONGEST_MINUTES), removed_at=None)
                | Q(minutes=0, removed_at__isnull=False),
                name="work_entry_minutes_of_a_day",
            ),
            models.CheckConstraint(condition=Q(started_at=None, ended_at=None) | SPAN, name="work_entry_span"),
            models.CheckConstraint(
                condition=Q(subject_type="", subject_id=None) | (~Q(subject_type="") & Q(subject_id__isnull=False)),
                name="work_entry_subject_is_whole",
            ),
            models.UniqueConstraint(
                fields=["agency", "import_key"], name="work_entry_imported_once", condition=~Q(import_key="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "client", "spent_on", "id"],
                include=["minutes", "member", "kind", "project", "charge", "vendor", "visible_from"],
                name="work_entry_by_client",
            ),
            models.Index(
                fields=["agency", "member", "spent_on", "id"],
                include=["minutes", "client", "kind"],
                name="work_entry_by_member",
            ),
            models.Index(
                fields=["agency", "subject_type", "subject_id"],
                name="work_entry_about",
                condition=Q(subject_id__isnull=False),
            ),
            models.Index(fields=["agency", "client", "visible_from"], name="work_entry_by_shown"),
            models.Index(
                fields=["agency", "client", "spent_on"],
                name="work_entry_unapproved",
                condition=WAITING & Q(removed_at=None),
            ),
        ]

    def __str__(self):
        return self.text

    @property
    def month(self) -> date:
        """The first day of its month."""
        return self.spent_on.replace(day=1)

    @property
    def is_in_closed_month(self) -> bool:
        """Whether its month is closed; one query unless the row came with the answer."""
        if hasattr(self, "is_closed"):
            return self.is_closed
        rows = MonthClosing.objects.filter(agency_id=self.agency_id, client_id=self.client_id, month=self.month)
        return rows.exists()

    def is_open_to_contacts(self) -> bool:
        """Whether the client's people can see it by now."""
        return self.visible_from is not None and self.visible_from <= timezone.now()

    def can_be_edited_by(self, member: Member) -> bool:
        """Whoever may correct it, and the person itself until the month is closed; nobody once it was invoiced."""
        if self.can_be_corrected_by(member):
            return True
        is_free = self.invoiced_at is None and self.removed_at is None
        if not is_free or self.member_id != member.pk:
            return False
        return can_be_logged_by(member, self.client) and not self.is_in_closed_month

    def can_be_corrected_by(self, member: Member) -> bool:
        """Managers, as long as it was not invoiced; nobody removes what was removed."""
        is_free = self.invoiced_at is None and self.removed_at is None
        return is_free and not self.is_of_provider and can_be_managed_by(member, self.client)

    def can_be_approved_by(self, member: Member) -> bool:
        return self.is_waiting and can_be_managed_by(member, self.client)

    @property
    def is_waiting(self) -> bool:
        """A manager has to look at it."""
        return self.removed_at is None and (self.visible_from is None or self.doubted_at is not None)

    @property
    def is_of_provider(self) -> bool:
        """Time of somebody whom the client engaged: the agency does not answer for it."""
        return self.vendor_id is not None


def can_be_logged_by(member: Member, client: Client) -> bool:
    """Who logs time for this client: the agency's people who write, and its providers in projects to which they contribute."""
    is_here = member.ended_at is None and member.user.is_active
    if member.is_contact or not is_here or not member.can_write_for(client) or not member.sees_client(client):
        return False
    if not member.is_vendor:
        return True
    return member.engaged_by_id == client.pk and bool(projects_open_to(member, client))


def can_be_managed_by(member: Member, client: Client) -> bool:
    """Who corrects, approves and closes months: the client's account manager, and whoever keeps the agency's clients."""
    if not member.is_specialist or not member.can_write_for(client) or not member.sees_client(client):
        return False
    return member.can("manage_clients") or client.manager_id == member.pk
