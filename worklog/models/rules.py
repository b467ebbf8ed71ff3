"""What the agency decided about its work log: for all clients, for one, for one month."""

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Client, ClientOwned, ClientOwnedQuerySet, Member, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

USUAL_DAY = 8 * 60
"""Minutes that are expected of a working day until the agency says otherwise."""


class WorkPolicy(TenantModel):
    """One row per agency, none as long as nothing was decided.

    approved_since: from then on a manager approves entries before clients see them. reminder_weekday: on which day (0 is
    Monday) specialists are reminded of gaps. statement_day: on which day of the month the statement goes out.
    day_minutes: how much is expected of a whole working day.
    """

    day_minutes = models.PositiveSmallIntegerField(_("Minutes a day"), default=USUAL_DAY, db_default=USUAL_DAY)
    approved_since = models.DateTimeField(_("Approval since"), null=True, blank=True)
    reminder_weekday = models.PositiveSmallIntegerField(_("Reminder of gaps"), null=True, blank=True)
    statement_day = models.PositiveSmallIntegerField(_("Day of the statement"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency"], name="work_policy_once"),
            models.CheckConstraint(condition=Q(day_minutes__lte=24 * 60), name="work_policy_day_is_one"),
            models.CheckConstraint(
                condition=Q(reminder_weekday=None) | Q(reminder_weekday__lte=6), name="work_policy_reminds_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(statement_day=None) | Q(statement_day__range=(1, 28)), name="work_policy_states_on_a_day"
            ),
        ]


class OfClientQuerySet(TenantQuerySet):
    """Rows of one client, for whoever sees its work."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.is_specialist:
            return rows if member.sees_all_clients else rows.filter(client_id__in=member.client_ids)
        return rows.filter(client_id__in=member.clients_of("work"))


class ClientWorkPolicy(TenantModel):
    """What differs for one client. delayed_since: from then on its people see entries as late as its timeline."""

    client = TenantForeignKey(Client, on_delete=models.CASCADE, editable=False, related_name="+")
    delayed_since = models.DateTimeField(_("Delayed since"), null=True, blank=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "client"], name="client_work_policy_once")]


class MonthClosing(TenantModel):
    """A month of a client is closed: its entries are their authors' no more. month: its first day."""

    client = TenantForeignKey(Client, on_delete=models.CASCADE, editable=False, related_name="+")
    month = models.DateField(_("Month"))
    closed_at = models.DateTimeField(default=timezone.now)
    closed_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "client", "month"], name="month_closed_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="month_closing_is_a_month"),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m}"


class WorkBudgetQuerySet(ClientOwnedQuerySet):
    """Budgets, between agency and client as a whole; those in money for whoever sees sums."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.is_specialist:
            return rows if member.can("money") else rows.filter(amount=None)
        rows = rows.filter(client_id__in=member.clients_of("work"))
        return rows.filter(Q(amount=None) | Q(client_id__in=member.clients_of("money")))

    def in_force(self, month):
        """What is agreed in that month (its first day): the last that began by then, of each project and of the client as a whole.

        What a later one has replaced is in force no more, whether or not the reader sees that one.
        """
        place = Coalesce("project_id", Value(0, models.BigIntegerField()))
        same = {"agency_id": OuterRef("agency_id"), "client_id": OuterRef("client_id"), "place": OuterRef("place")}
        later = WorkBudget.objects.annotate(place=place).filter(**same, month__gt=OuterRef("month"), month__lte=month)
        begun = self.annotate(place=place).filter(~Exists(later), month__lte=month)
        return begun.exclude(minutes=None, amount=None)


class WorkBudget(ClientOwned):
    """What was agreed for each month from `month` (its first day) on, until a later row says otherwise: minutes or an amount.

    Without a project it is for the client as a whole. Both empty: nothing is agreed any more.
    """

    month = models.DateField(_("From month"))
    minutes = models.PositiveIntegerField(_("Minutes"), null=True, blank=True)
    amount = models.DecimalField(_("Amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    set_at = models.DateTimeField(default=timezone.now)
    set_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = WorkBudgetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "client", "project", "month"], name="work_budget_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="work_budget_begins_a_month"),
            models.CheckConstraint(condition=Q(minutes=None) | Q(amount=None), name="work_budget_is_one"),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m}"
