"""A ticket: a request or a task of a client, its number, and everything that a list shows of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.context import current, tenant
from portal.mail.models import InboundMail
from portal.tenancy.models import (
    Client,
    ClientOwned,
    ClientOwnedQuerySet,
    Member,
    ProjectAccess,
    TenantModel,
    TenantQuerySet,
)
from portal.tenancy.models.access import COMMENTING, CONTRIBUTING, projects_open_to
from portal.tenancy.models.base import MOST_WORDS
from portal.tenancy.walls import TenantForeignKey
from tickets import keys

from .kinds import Stage, TicketStatus, TicketType
from .teams import Team

NEVER = datetime(2100, 1, 1, tzinfo=UTC)
"""Where tickets without a deadline stand in a list by deadline."""


class Priority(models.IntegerChoices):
    """How urgent it is; the smaller, the sooner."""

    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


class TicketQuerySet(ClientOwnedQuerySet):
    """Tickets."""

    area = "tickets"
    searched = ("title", "key", "description")

    def matching(self, words):
        """Every word somewhere in it; who must not learn the client's initials finds keys as they are shown to him."""
        if not current().veiled:
            return super().matching(words)
        rows = self
        for word in words[:MOST_WORDS]:
            number = keys.number_in(word)
            numbered = Q(number=number) if number is not None else Q(pk__in=[])
            rows = rows.filter(Q(title__icontains=word) | Q(description__icontains=word) | numbered)
        return rows

    def open(self):
        return self.filter(closed_at=None)

    def closed(self):
        return self.filter(closed_at__isnull=False)

    def of_member(self, member):
        """What is on this member's desk."""
        return self.open().filter(assignee=member.pk)

    def waiting_for(self, member):
        """Where the next step is the member's: the client's people have to answer, everybody else has to do it."""
        return self.open().filter(stage=Stage.WAITING) if member.is_contact else self.of_member(member)


class Ticket(ClientOwned):
    """A request. description is Markdown; stage is that of its status, for lists.

    number counts within the client, key is how people say it (`HM-214`); both never change. logger: in whose name it was
    opened; opened_by: who did so. inbound, content_key: the mail that it came by. parent: the complex ticket of which it is a part.
    touched_at: when something happened last; told_at: when something did of which outsiders may know. doubted_at: it came by a mail
    for which nobody vouches; confirmed_at, confirmed_by: somebody of the agency has made sure.
    """

    number = models.PositiveIntegerField(editable=False)
    key = models.CharField(max_length=20, editable=False)
    type = TenantForeignKey(TicketType, on_delete=models.PROTECT, related_name="+", verbose_name=_("Kind"))
    status = TenantForeignKey(TicketStatus, on_delete=models.PROTECT, related_name="+", verbose_name=_("State"))
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.NEW, editable=False)
    status_since = models.DateTimeField(default=timezone.now, editable=False)
    title = models.CharField(_("In one sentence"), max_length=200)
    description = models.TextField(_("What should happen?"), blank=True)
    logger = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    opened_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    side = models.CharField(max_length=6, choices=[("agency", "agency"), ("client", "client")], editable=False)
    inbound = TenantForeignKey(InboundMail, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    content_key = models.CharField(max_length=64, blank=True, editable=False)
    assignee = TenantForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Works on it")
    )
    team = TenantForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Team")
    )
    parent = TenantForeignKey("tickets.Ticket", on_delete=models.SET_NULL, null=True, blank=True, related_name="parts")
    due_at = models.DateTimeField(_("Deadline"), null=True, blank=True)
    due_order = models.GeneratedField(
        expression=Coalesce("due_at", Value(NEVER)), output_field=models.DateTimeField(), db_persist=True
    )
    priority = models.PositiveSmallIntegerField(_("Priority"), choices=Priority, default=Priority.NORMAL)
    estimate_minutes = models.PositiveIntegerField(_("Estimate"), null=True, blank=True)
    percent = models.PositiveSmallIntegerField(
        _("Percent complete"), default=0, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(default=timezone.now, editable=False)
    told_at = models.DateTimeField(default=timezone.now, editable=False)
    doubted_at = models.DateTimeField(null=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    people: list[dict[str, Any]]
    to_do: list[dict[str, Any]]
    facts: list[dict[str, Any]]
    relatives: list[dict[str, Any]]
    flow: list[dict[str, Any]]
    work_kinds: list[dict[str, Any]]
    teams: list[dict[str, Any]] | None
    reasons: list[dict[str, Any]] | None
    made_of: list[dict[str, Any]]
    papers: list[dict[str, Any]]
    was_reworded: bool
    watch_out: str | None
    has_news: bool
    """Put on by tickets.reading, for the ticket's page."""

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "client", "number"], name="ticket_number_unique"),
            models.UniqueConstraint(
                fields=["agency", "client", "content_key"], name="ticket_once_per_mail", condition=~Q(content_key="")
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="ticket_percent_ends"),
            models.CheckConstraint(
                condition=Q(stage="done", closed_at__isnull=False) | (~Q(stage="done") & Q(closed_at=None)),
                name="ticket_done_is_closed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "client", "due_order", "id"], name="ticket_open_by_due", condition=Q(closed_at=None)
            ),
            models.Index(
                fields=["agency", "due_order", "id"], name="ticket_open_of_agency", condition=Q(closed_at=None)
            ),
            models.Index(
                fields=["agency", "assignee", "due_order", "id"], name="ticket_on_desk", condition=Q(closed_at=None)
            ),
            models.Index(
                fields=["agency", "client", "due_order", "id"],
                name="ticket_waiting_by_due",
                condition=Q(closed_at=None, stage="waiting"),
            ),
            models.Index(
                fields=["agency", "client", "-closed_at", "-id"],
                name="ticket_closed",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(
                fields=["agency", "-closed_at", "-id"],
                name="ticket_closed_of_agency",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(fields=["agency", "parent"], name="ticket_parts", condition=Q(parent__isnull=False)),
        ]

    def __str__(self):
        return f"{self.shown_key} {self.title}"

    @property
    def shown_key(self) -> str:
        """How the reader calls it."""
        return keys.shown(self.key)

    @property
    def shown_description(self) -> str:
        """What it asks for, with the keys that the reader may know."""
        return keys.shown_in(self.description, self.key)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def is_doubted(self) -> bool:
        """Whether nobody knows yet that it is from whom it says."""
        return self.doubted_at is not None and self.confirmed_at is None

    @property
    def is_reopened_by_answers(self) -> bool:
        """Whether it was closed so lately that its type lets an answer of the client open it again."""
        return self.closed_at is not None and timezone.now() - self.closed_at <= timedelta(days=self.type.reopen_days)

    def can_be_commented_by(self, member: Member) -> bool:
        """Everybody who sees it, unless the role only reads, the sharing only shows, or the client is closed."""
        return member.can_write_for(self.client) and level_allows(member, self, COMMENTING)

    def can_be_changed_by(self, member: Member) -> bool:
        """State, people, deadline: the agency's people and vendors, who contribute where a project is shared with them."""
        if member.is_contact or not member.can_write_for(self.client):
            return False
        return level_allows(member, self, CONTRIBUTING)

    def can_be_organised_by(self, member: Member) -> bool:
        """Parts, merging, watch-outs, doubts, who else follows: the agency's people who may change it."""
        return member.is_specialist and self.can_be_changed_by(member)

    def can_be_closed_by(self, member: Member) -> bool:
        """Whoever may change it; the client's people too, for it is their request."""
        return not self.is_closed and self._can_be_ended_by(member)

    def can_be_reopened_by(self, member: Member) -> bool:
        """The same people; the client's only as long as its type allows, and not when it goes on in another ticket."""
        if not (self.is_closed and self._can_be_ended_by(member)):
            return False
        if member.is_contact and self.is_reopened_by_answers:
            with tenant(self.agency_id):  # where it went on may be closed to whoever asks
                return not self.links.filter(kind="merged").exists()
        return not member.is_contact

    def can_be_confirmed_by(self, member: Member) -> bool:
        """The agency's people who may change it, while there is a doubt."""
        return self.is_doubted and self.can_be_organised_by(member)

    def _can_be_ended_by(self, member: Member) -> bool:
        may = member.is_contact and member.can_write_for(self.client) and level_allows(member, self, CONTRIBUTING)
        return may or self.can_be_changed_by(member)


class TicketCounter(TenantModel):
    """The last number of a client's tickets and what stands in front of them; locked while one is taken."""

    client = TenantForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    prefix = models.CharField(_("Prefix"), max_length=8)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "client"], name="ticket_counter_once"),
            models.UniqueConstraint(fields=["agency", "prefix"], name="ticket_prefix_unique"),
        ]

    def __str__(self):
        return f"{self.prefix}-{self.last}"


class ChildQuerySet(TenantQuerySet):
    """Rows that are seen by whoever sees their ticket."""

    def visible_to(self, member):
        return super().visible_to(member).filter(ticket__in=Ticket.objects.visible_to(member))

    def of(self, ticket):
        return self.filter(ticket=ticket)


def can_be_opened_by(member: Member, client: Client, project_id: int | None = None) -> bool:
    """Whether the member may open a ticket for this client; whom projects are shared with, only where he contributes."""
    if not member.can_write_for(client):
        return False
    if not _goes_by_level(member, client.pk):
        return True
    open_to = projects_open_to(member, client)
    return project_id in open_to if project_id else bool(open_to)


def level_allows(member: Member, ticket: Ticket, levels: tuple[str, ...]) -> bool:
    """Sharing names a level, for outsiders who go by projects and for staff who see only what is shared; the others have their role.

    Such staff see all tickets of the client; in those of projects that are not shared with them the best of their levels counts.
    """
    if member.sees_all_clients or not member.is_specialist:
        return member.level_allows(ticket, levels)
    access = member.project_accesses.get(ticket.project_id or 0)
    return any(row.level in levels for row in ([access] if access else _shares_of(member, ticket.client_id)))


def _goes_by_level(member: Member, client_id: int) -> bool:
    return not member.sees_all_clients if member.is_specialist else member.goes_by_projects(client_id)


def _shares_of(member: Member, client_id: int) -> list[ProjectAccess]:
    return [row for row in member.project_accesses.values() if row.client_id == client_id]
