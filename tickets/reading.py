"""What the pages of tickets read: one query for a list, and for one ticket as few as can be."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, DateTimeField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from portal.core.prepared import Slot
from portal.notifications.models import Notification
from portal.tenancy.asking import Question
from portal.tenancy.listing import Listing
from portal.tenancy.models import Client, Member, Project
from tickets.actions.saving import MOST as MOST_VIEWS
from tickets.carried import FILE, MOMENTS, PLAIN, STATUS
from tickets.models import (
    Change,
    ChecklistItem,
    Comment,
    DescriptionVersion,
    FieldValue,
    Follower,
    Handover,
    Link,
    SavedView,
    Team,
    Ticket,
    TicketFile,
    TicketQuerySet,
    TicketStatus,
    TicketType,
    WatchOut,
)
from worklog.models import WorkKind

ROWS = 25
POSTS = 25
"""So many comments a page shows, the newest; earlier ones are one click away."""
NUMBER = Slot("number", IntegerField())
TICKET = Slot("ticket", BigIntegerField())
PLACE = (Slot("moment", DateTimeField()), Slot("row", BigIntegerField()))
SINCE, UNTIL = Slot("since", DateTimeField()), Slot("until", DateTimeField())
MOST_CHANGES = 500
"""Lines of history on one page."""
LISTED = (
    *(
        "number",
        "key",
        "title",
        "stage",
        "due_at",
        "due_order",
        "created_at",
        "touched_at",
        "told_at",
        "closed_at",
        "priority",
        "client_id",
    ),
    *("type__name", "status__name", "status__client_word", "status__stage"),
    *("assignee__user__name", "assignee__user__email"),
    *("client__name", "client__slug"),
)
CARDS = 200
"""So many cards a board shows, by deadline."""
FACT = {"value": "value", "is_internal": "is_internal"}
FLOW = ("id", "type_id", "code", "name", "client_word", "stage", "position")


def rows_of(member: Member, client: Client | None) -> TicketQuerySet:
    """The tickets that the member may see, of one client or of all, with what a line shows."""
    rows = Ticket.objects.visible_to(member)
    rows = rows.of(client) if client else rows
    return rows.select_related("type", "status", "assignee__user", "client").only(*LISTED)


def in_a_file(rows: TicketQuerySet) -> TicketQuerySet:
    """The same with all that stands in a file."""
    more = ("percent", "estimate_minutes", "project__name", "team__name")
    asker = ("logger__kind", "logger__user__name", "logger__user__email")
    return rows.select_related("project", "team", "logger__user").only(*LISTED, *more, *asker)


def cards_of(listed: TicketQuerySet, found: TicketQuerySet) -> TicketQuerySet:
    """The first of what was found, by deadline; keys are found before anything is joined to them, as in lists."""
    keys = found.order_by("due_order", "pk").values("pk")[:CARDS]
    return listed.filter(pk__in=keys).order_by("due_order", "pk")


def _on_the_board(member: Member, client: Client | None) -> TicketQuerySet:
    listed = rows_of(member, client)
    return cards_of(listed, listed.open())


def _open(member: Member, client: Client | None) -> TicketQuerySet:
    return rows_of(member, client).open()


def _waiting(member: Member, client: Client | None) -> TicketQuerySet:
    return rows_of(member, client).waiting_for(member)


def _done(member: Member, client: Client | None) -> TicketQuerySet:
    return rows_of(member, client).closed()


LISTINGS = {
    "open": Listing(_open, by="due_order", size=ROWS, oldest_first=True, keys_first=True),
    "waiting": Listing(_waiting, by="due_order", size=ROWS, oldest_first=True, keys_first=True),
    "done": Listing(_done, by="closed_at", size=ROWS, keys_first=True),
}


def in_full(member: Member, client: Client) -> TicketQuerySet:
    """A client's tickets, each with `people` (its followers), `to_do` (its checklist), `facts` (further fields), `relatives` (links
    from and to it), `flow` (the statuses of its type), the internal `watch_out`, the `teams` that it could be given to, the kinds of
    work that could be logged (`work_kinds`), and `has_news`: whether the bell still rings.

    people: [{"member", "name", "kind", "vendor", "muted_at"}]; to_do: [{"pk", "text", "done_at"}];
    facts: [{"label", "value", "is_internal"}];
    relatives: [{"pk", "kind", "ticket", "other"}], each end with id, key, title, number, slug and closed_at; teams: [{"pk", "name"}];
    flow: columns of TicketStatus; reasons: of hand-overs, for the agency's people: [{"at", "who", "reason"}]; made_of, papers: its
    parts and files that the member sees (tickets.carried); was_reworded: whether it asked for something else before;
    work_kinds: [{"name", "retired_at"}].
    """
    related = ("type", "status", "project", "logger__user", "opened_by__user", "assignee__user", "assignee__vendor")
    rows = Ticket.objects.visible_to(member).of(client).select_related(*related, "team", "parent", "closed_by__user")
    return rows.annotate(
        **_hanging_on_it(member),
        **_of_its_kind(member),
        **_for_the_agency(member),
        **_carried(member),
        has_news=Exists(Notification.objects.visible_to(member).unread().about(Ticket, OuterRef("pk"))),
    )


MINE = {"agency_id": OuterRef("agency_id"), "ticket": OuterRef("pk")}
"""Of rows that hang on the ticket of the row."""


def _hanging_on_it(member: Member) -> dict[str, Any]:
    """people, to_do, facts, relatives and was_reworded."""
    mine = {**MINE, **({} if member.is_specialist else {"is_internal": False})}
    values = FieldValue.objects.filter(**mine)
    follower = {"member": F("member_id"), "name": "member__user__name", "kind": "member__kind"}
    return {
        "people": _array(
            Follower.objects.filter(**MINE).order_by("pk"),
            **follower,
            vendor="member__vendor__name",
            muted_at="muted_at",
        ),
        "to_do": _array(_placed(ChecklistItem.objects.filter(**MINE)), pk="pk", text="text", done_at="done_at"),
        "facts": _array(values.order_by("field__position", "pk"), **{**FACT, "label": "field__label"}),
        "relatives": _array(_links_of(member), pk="pk", kind="kind", ticket=_end("ticket"), other=_end("other")),
        "was_reworded": Exists(DescriptionVersion.objects.filter(**mine)),
    }


def _of_its_kind(member: Member) -> dict[str, Any]:
    """flow, work_kinds and teams: what can be chosen on the page."""
    flow = TicketStatus.objects.filter(agency_id=OuterRef("agency_id"), type=OuterRef("type"))
    kinds = WorkKind.objects.none() if member.is_contact else WorkKind.objects.filter(agency_id=OuterRef("agency_id"))
    teams = Team.objects.visible_to(member).active().order_by("name")
    return {
        "flow": _array(_placed(flow), **{name: name for name in FLOW}),
        "work_kinds": _array(_placed(kinds), name="name", retired_at="retired_at"),
        "teams": _array(teams, pk="pk", name="name"),
    }


def _for_the_agency(member: Member) -> dict[str, Any]:
    """reasons and watch_out, which nobody else reads."""
    handovers, watch_outs = Handover.objects.filter(**MINE).exclude(reason=""), WatchOut.objects.filter(**MINE)
    if not member.is_specialist:
        handovers, watch_outs = handovers.none(), watch_outs.none()
    words = {"at": "happened_at", "who": "handed_by__user__name", "reason": "reason"}
    return {
        "reasons": _array(handovers.order_by("pk"), **words),
        "watch_out": Subquery(watch_outs.values("text")[:1]),
    }


def _carried(member: Member) -> dict[str, Any]:
    """made_of and papers, in the form that tickets.carried takes."""
    parts = Ticket.objects.visible_to(member).filter(parent=OuterRef("pk")).order_by("number")
    person = {"who": "assignee__user__name", "address": "assignee__user__email"}
    part = {**{name: name for name in (*PLAIN, *MOMENTS)}, **{f"status_{name}": f"status__{name}" for name in STATUS}}
    links = TicketFile.objects.visible_to(member).filter(ticket=OuterRef("pk")).order_by("pk")
    file = {"id": "id", "comment": F("comment_id"), **{name: f"file__{name}" for name in FILE}}
    return {"made_of": _array(parts, **part, **person, kind="type__name"), "papers": _array(links, **file)}


def _placed(rows: QuerySet) -> QuerySet:
    """In the order in which people have put them."""
    return rows.order_by("position", "pk")


def _array(rows: QuerySet, **columns: Any) -> ArraySubquery:
    """These columns of the rows, as a list of dictionaries."""
    return ArraySubquery(rows.values(json=JSONObject(**columns)))


def _links_of(member: Member):
    """Links from and to the ticket of the row."""
    ends = Q(ticket=OuterRef("pk")) | Q(other=OuterRef("pk"))
    return Link.objects.visible_to(member).filter(ends).order_by("pk")


def _end(name: str) -> JSONObject:
    columns = {"id": "pk", "slug": "client__slug", **{word: word for word in ("key", "title", "number", "closed_at")}}
    return JSONObject(**{word: f"{name}__{column}" for word, column in columns.items()})


def said_on(member: Member, ticket, place=None):
    """The newest comments, or the newest before a place (moment, id), newest first; one more tells that there are more."""
    rows = Comment.objects.visible_to(member).of(ticket).select_related("author__user", "author__vendor")
    if place:
        moment, pk = place
        rows = rows.filter(Q(created_at__lt=moment) | Q(created_at=moment, pk__lt=pk))
    return rows.order_by("-created_at", "-pk")[: POSTS + 1]


def changes_of(member: Member, ticket):
    """Its history between two moments, newest first; one more tells that there are more."""
    rows = Change.objects.visible_to(member).of(ticket).select_related("changed_by__user")
    rows = rows.filter(changed_at__gte=SINCE, changed_at__lte=UNTIL)
    return rows.order_by("-changed_at", "-pk")[: MOST_CHANGES + 1]


ON_THE_BOARD = Question(_on_the_board)
ONE = Question(lambda member, client: in_full(member, client).filter(number=NUMBER))
SAID = Question(lambda member, client: said_on(member, TICKET))
SAID_BEFORE = Question(lambda member, client: said_on(member, TICKET, PLACE))
CHANGES = Question(lambda member, client: changes_of(member, TICKET))
TYPES = Question(lambda member, client: TicketType.objects.visible_to(member).order_by("position", "pk"))
STATUSES = Question(
    lambda member, client: TicketStatus.objects.visible_to(member).filter(type=Slot("type", BigIntegerField()))
)
SAVED = Question(lambda member, client: SavedView.objects.visible_to(member).filter(client=client)[:MOST_VIEWS])
STATES = Question(
    lambda member, client: TicketStatus.objects.visible_to(member).select_related("type").order_by("position", "pk")
)
ALL_PROJECTS = Question(
    lambda member, client: (
        Project.objects.visible_to(member).active().select_related("client").order_by("client__name", "name")[:500]
    )
)
CLIENTS = Question(lambda member, client: Client.objects.visible_to(member).order_by("name"))
TEAMS = Question(lambda member, client: Team.objects.visible_to(member).active().order_by("name"))
COLLEAGUES = Question(
    lambda member, client: (
        Member.objects.visible_to(member)
        .active()
        .filter(kind="specialist")
        .select_related("user")
        .order_by("user__name")
    )
)
PROJECTS = Question(
    lambda member, client: Project.objects.visible_to(member).filter(client=client).active().order_by("name")
)
