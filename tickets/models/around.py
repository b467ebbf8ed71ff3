"""What hangs on a ticket: who follows it, how it changed, what it is linked with, what is to be ticked off."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Client, Member, OwnQuerySet, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

from .kinds import TicketField
from .ticket import ChildQuerySet, Ticket


class FollowerQuerySet(ChildQuerySet):
    """Who follows."""

    def listening(self):
        """Those who want to hear of it."""
        return self.filter(muted_at=None)


class Follower(TenantModel):
    """Somebody who hears what happens on a ticket. muted_at: stays named, but hears nothing."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="followers")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    added_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    muted_at = models.DateTimeField(null=True)

    objects = FollowerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "ticket", "member"], name="ticket_follower_once")]
        indexes = [models.Index(fields=["agency", "member"], name="ticket_followed_by")]

    def __str__(self):
        return str(self.member)


class InnerQuerySet(ChildQuerySet):
    """Rows of tickets of which those that are internal stay with the agency."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        return rows if member.is_specialist else rows.filter(is_internal=False)


class Change(TenantModel):
    """One thing that became different. what: the name of the field; old, new: its words, "" for nothing."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=20)
    old = models.CharField(max_length=200, blank=True)
    new = models.CharField(max_length=200, blank=True)
    is_internal = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = InnerQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "ticket", "changed_at", "id"], name="ticket_change_order")]

    def __str__(self):
        return f"{self.what}: {self.new}"


class LinkQuerySet(TenantQuerySet):
    """Links whose both ends the member sees."""

    def visible_to(self, member):
        seen = Ticket.objects.visible_to(member)
        return super().visible_to(member).filter(ticket__in=seen, other__in=seen)


class LinkKind(models.TextChoices):
    """How the first ticket of a link relates to the other."""

    BLOCKS = "blocks", _("blocks")
    DUPLICATE = "duplicate", _("is a duplicate of")
    MERGED = "merged", _("was merged into")
    FOLLOWS = "follows", _("follows on")


class Link(TenantModel):
    """Two tickets that belong together."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="links")
    other = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="linked")
    kind = models.CharField(max_length=10, choices=LinkKind)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "ticket", "other", "kind"], name="ticket_link_once"),
            models.CheckConstraint(condition=~models.Q(ticket=models.F("other")), name="ticket_link_to_another"),
        ]
        indexes = [models.Index(fields=["agency", "other"], name="ticket_linked_from")]

    def __str__(self):
        return str(self.get_kind_display())


class ChecklistItem(TenantModel):
    """One thing to tick off."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="checklist")
    text = models.CharField(_("To do"), max_length=300)
    position = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    done_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ChildQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["agency", "ticket", "position"], name="ticket_checklist_order")]

    def __str__(self):
        return self.text


class WatchOut(TenantModel):
    """What whoever works on the ticket has to mind; the agency's alone."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(_("Watch out for"), blank=True)
    edited_at = models.DateTimeField(default=timezone.now)
    edited_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "ticket"], name="ticket_watch_out_once")]

    def __str__(self):
        return self.text[:80]


class FieldValue(TenantModel):
    """What stands in one further field of a ticket. is_internal is that of the field, for the wall."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="values")
    field = TenantForeignKey(TicketField, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=300)
    is_internal = models.BooleanField(default=False)

    objects = InnerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "ticket", "field"], name="ticket_value_once")]

    def __str__(self):
        return self.value


class SavedView(TenantModel):
    """Filters that somebody wants again, in the list of one client or in that of all. query: that of the list's address."""

    client = TenantForeignKey(Client, on_delete=models.CASCADE, null=True, related_name="+")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=60)
    query = models.CharField(max_length=500)

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "member", "client", "name"], name="ticket_view_once", nulls_distinct=False
            )
        ]

    def __str__(self):
        return self.name
