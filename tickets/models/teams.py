"""Teams with their queues, and the history of who handed a ticket to whom. All of it is the agency's alone."""

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Member, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey


class TeamQuerySet(TenantQuerySet):
    """Teams of an agency; its own people see them."""

    def visible_to(self, member):
        return super().visible_to(member) if member.is_specialist else self.none()

    def active(self):
        return self.filter(archived_at=None)

    def with_numbers(self):
        """Each with the `names` of its people, and how many open tickets lie in its queue (`waiting`)."""
        people = TeamMember.objects.filter(team=OuterRef("pk"), member__ended_at=None).order_by("member__user__name")
        tickets = apps.get_model("tickets", "Ticket").objects.filter(team=OuterRef("pk"), closed_at=None).order_by()
        number = tickets.values("team").annotate(number=Count("pk")).values("number")
        return self.annotate(
            names=ArraySubquery(people.values("member__user__name")), waiting=Coalesce(Subquery(number), 0)
        )


class Team(TenantModel):
    """People with a queue: a ticket is given to the team, and somebody of it takes it."""

    name = models.CharField(_("Name"), max_length=60)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="ticket_team_name_unique")]

    def __str__(self):
        return self.name


class TeamMember(TenantModel):
    """Who belongs to a team."""

    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "team", "member"], name="ticket_team_member_once")]

    def __str__(self):
        return str(self.member)


class Handover(TenantModel):
    """A ticket went from one desk to another. Names of teams are kept, because teams go."""

    ticket = TenantForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="handovers")
    from_team = models.CharField(max_length=60, blank=True)
    to_team = models.CharField(max_length=60, blank=True)
    from_member = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    to_member = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    happened_at = models.DateTimeField(default=timezone.now)
    handed_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["agency", "ticket", "happened_at"], name="ticket_handover_order")]

    def __str__(self):
        return self.reason or self.to_team
