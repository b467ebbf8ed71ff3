"""What lies on somebody's desk: everything that waits, in one question. Each kind is a list of small dictionaries.

Only what the reader can still do something about is here: nothing of clients that are closed.
"""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from mailbox.models import Mail
from portal.dashboard.asking import HELD_SINCE, LATELY_SINCE, MIDNIGHT, MORNING, WEEK_AGO, Question
from portal.dashboard.due import due_today, invoices_due
from portal.dashboard.hours import has_new_time, minutes_at
from portal.dashboard.lists import MOST, MOST_CLIENTS, MOST_TO_DO, as_json, first, seen
from portal.people.actions.keeping import PERIODS
from portal.people.models import AccessRequest, PinnedClient, StartChoice
from portal.profile.models import Proposal
from portal.tenancy.models import Client, Member
from portal.tenancy.models.client import OPEN_CLIENT
from protocols.models import ActionItem, Comment, Meeting, MeetingGuest, MeetingTopic, Protocol
from tickets.models import Ticket
from worklog.models import WorkEntry
from worklog.questions import waiting_for

MOMENTS = ("until", "starts", "ends", "at")  # names whose values are moments


def _build(reader, client) -> QuerySet:
    lists = _own(reader, client)
    if reader.is_specialist:
        lists |= _of_staff(reader, client)
    if reader.can("write"):
        lists |= _to_settle(reader, client) | {"questions": _questions(reader, client)}
    choice = StartChoice.objects.visible_to(reader).values("days")[:1]
    pinned = PinnedClient.objects.visible_to(reader).filter(client=client) if client else PinnedClient.objects.none()
    rows = Member.objects.filter(pk=reader.pk).only("pk")
    rows = rows.annotate(chosen_days=Subquery(choice), is_pinned=Exists(pinned), due_today=due_today(reader, client))
    rows = rows.annotate(minutes=minutes_at(reader, client), has_new_time=has_new_time(reader, client))
    return rows.annotate(**{f"desk_{name}": ArraySubquery(found) for name, found in lists.items()})


QUESTION = Question(_build)


class Desk:
    """The answer: `desk["actions"]` is a list, empty when nothing of the kind waits.

    days: the period that the reader chose; is_pinned: whether he has pinned the client; minutes: of its month so far;
    has_new_time: whether that shows the contact something new; due_today: how many tickets are due today, or were before.
    """

    def __init__(self, row: Any):
        self._row, self.days, self.is_pinned = row, row.chosen_days or PERIODS[0], row.is_pinned
        self.minutes, self.due_today = row.minutes or 0, row.due_today or 0
        self.has_new_time: bool = row.has_new_time

    def __getitem__(self, kind: str) -> list[dict]:
        return [_with_moments(entry) for entry in getattr(self._row, f"desk_{kind}", None) or ()]


def desk_of(member: Member, client: Client | None = None) -> Desk:
    """What waits for the member, of one client or of all: one query."""
    return Desk(QUESTION.ask(member, client)[0])


def _with_moments(entry: dict) -> dict:
    return entry | {name: datetime.fromisoformat(entry[name]) for name in MOMENTS if entry.get(name)}


def _own(reader, client) -> dict[str, QuerySet]:
    """What everybody has: reading, own drafts, own tasks, invitations, the next meeting, tickets."""
    return {
        "protocols": _protocols(reader, client),
        "actions": _actions(reader, client),
        "invitations": _invitations(reader, client),
        "meetings": _meetings(reader, client),
        "tickets": _tickets(reader, client),
        **({"open_tickets": _open_tickets(reader, client)} if client else {}),
        **(invoices_due(reader, client) if client and reader.is_contact else {}),
    }


def _protocols(reader, client) -> QuerySet:
    """Unread ones, own drafts, and those that wait for a yes of the reader's side, the nearest end first.

    While a correction is open nobody can say yes.

    Each sort is found by its own index: what was read and settled long ago is not looked at.
    """
    rows = seen(Protocol, reader, client)
    found = [rows.unread_by(reader), rows.drafts().filter(author=reader.pk, **OPEN_CLIENT)]
    is_open: Any = Value(False)
    if reader.can("write") and not reader.is_vendor:
        side = "client" if reader.is_specialist else "agency"
        ours = Q(published_at__isnull=False, accepted_at=None, correct_until__isnull=False, side=side, **OPEN_CLIENT)
        corrected = Comment.objects.filter(agency_id=reader.agency_id, protocol=OuterRef("pk")).open_corrections()
        ours &= Q(_where_it_speaks(reader), ~Exists(corrected))
        found.append(rows.filter(ours))
        is_open = Case(When(ours, then=True), default=False)
    keys = [kind.values("pk") for kind in found]
    is_new = Protocol.objects.unread_by(reader).filter(pk=OuterRef("pk"))
    rows = Protocol.objects.filter(pk__in=keys[0].union(*keys[1:], all=True))
    rows = rows.annotate(is_new=Exists(is_new), is_mine=_is_mine(reader), is_open=is_open)
    rows = rows.order_by("-is_mine", F("correct_until").asc(nulls_last=True), "-edited_at", "-pk")
    words: dict[str, Any] = {name: name for name in ("number", "title", "kind", "is_new", "is_open")}
    is_draft = Case(When(published_at=None, then=True), default=False)
    return as_json(rows, **words, is_draft=is_draft, until="correct_until", at="held_at")


def _where_it_speaks(reader) -> Q:
    """Of contacts to whom single projects are open, those in which they may say something; of all others everything."""
    speaks = Q(client__in=reader.clients_of("work")) | Q(project__in=reader.speaking_project_ids)
    return speaks if reader.is_contact and reader.projects_of("work") else Q()


def _is_mine(reader) -> Case:
    """Of a client that the reader looks after or has pinned: these come first."""
    pinned = PinnedClient.objects.visible_to(reader).filter(client=OuterRef("client_id"))
    return Case(When(Q(client__manager=reader.pk) | Exists(pinned), then=1), default=0)


def _actions(reader, client) -> QuerySet:
    rows = seen(ActionItem, reader, client, **OPEN_CLIENT).open().mine(reader)
    rows = rows.order_by(F("due_on").asc(nulls_last=True), "pk")
    words: dict[str, Any] = {"pk": "pk", "text": "text", "due": "due_on"}
    return as_json(rows, most=MOST_TO_DO, **words, number="protocol__number", title="protocol__title")


def _invitations(reader, client) -> QuerySet:
    """Meetings ahead to which the reader has not said anything; of a series only the next, the answer may be for all."""
    mine = MeetingGuest.objects.filter(agency_id=reader.agency_id, member=reader.pk, answer="", meeting=OuterRef("pk"))
    wanted = Meeting.objects.coming(at=reader.now).filter(Exists(mine), confirmed_at__isnull=False)
    sooner = wanted.filter(series=OuterRef("series"), starts_at__lt=OuterRef("starts_at"))
    rows = seen(Meeting, reader, client, **OPEN_CLIENT) & wanted
    rows = rows.filter(~Exists(sooner)).exclude(leader_id=reader.pk).order_by("starts_at", "pk")
    return as_json(rows, pk="pk", title="title", starts="starts_at", ends="ends_at")


def _meetings(reader, client) -> QuerySet:
    """The next meeting of the client; without one, all of today's that the reader leads or is invited to."""
    rows = seen(Meeting, reader, client).filter(confirmed_at__isnull=False, cancelled_at=None)
    today = {"starts_at__gte": MORNING, "starts_at__lt": MIDNIGHT}
    rows = rows.coming(at=reader.now) if client else rows.with_guest(reader).filter(**today)
    minutes = Protocol.objects.visible_to(reader).filter(meeting=OuterRef("pk")).order_by("pk")
    topics = MeetingTopic.objects.filter(agency_id=reader.agency_id, meeting=OuterRef("pk")).order_by()
    rows = rows.order_by("starts_at", "pk").annotate(
        number=Subquery(minutes.values("number")[:1]),
        topic_count=Subquery(topics.values("meeting").annotate(found=Count("pk")).values("found")),
    )
    words: dict[str, Any] = {name: name for name in ("pk", "title", "place", "number")}
    closed = Case(When(Q(**OPEN_CLIENT), then=False), default=True)
    times: dict[str, Any] = {"starts": "starts_at", "ends": "ends_at", "topics": "topic_count", "is_closed": closed}
    return as_json(rows, most=1 if client else 2 * MOST, **words, **times)


def _tickets(reader, client) -> QuerySet:
    """Where the next step is the reader's, by deadline."""
    rows = first(seen(Ticket, reader, client, **OPEN_CLIENT).waiting_for(reader).order_by("due_order", "pk"))
    return as_json(rows, **_said_of_tickets(reader))


def _open_tickets(reader, client) -> QuerySet:
    """Of the page's client, by deadline."""
    rows = first(seen(Ticket, reader, client).open().order_by("due_order", "pk"))
    return as_json(rows, **_said_of_tickets(reader), who="assignee__user__name")


def _said_of_tickets(reader) -> dict[str, Any]:
    state = "status__name" if reader.is_specialist else "status__client_word"
    return {**{name: name for name in ("number", "key", "title", "stage")}, "until": "due_at", "state": state}


def _to_settle(reader, client) -> dict[str, QuerySet]:
    """Corrections that the reader's side has to settle; own ones, and own proposals, that were settled lately."""
    side = "agency" if reader.is_specialist else "client"
    protocols = seen(Protocol, reader, client, **OPEN_CLIENT).filter(_where_it_speaks(reader), accepted_at=None)
    rows = Comment.objects.filter(agency_id=reader.agency_id, is_correction=True, protocol__in=protocols.values("pk"))
    others = ~Q(author_id=reader.pk) | Q(author=None)
    to_do = Q(others, settled_at=None, protocol__side=side) if not reader.is_vendor else Q(pk=None)
    told = Q(author_id=reader.pk, settled_at__gte=WEEK_AGO) & ~Q(settled_by_id=reader.pk)
    rows = rows.filter(to_do | told).order_by(F("settled_at").asc(nulls_first=True), "created_at", "pk")
    words: dict[str, Any] = {
        "number": "protocol__number",
        "title": "protocol__title",
        "until": "protocol__correct_until",
    }
    who = {"client": "protocol__client__name", "slug": "protocol__client__slug", "by": "author__user__name"}
    settled: dict[str, Any] = {"at": "settled_at", "version": "settled_version", "pk": "pk"}
    found = {"corrections": as_json(rows, of_client=who, **words, **settled)}
    return found if reader.is_vendor else found | {"proposals": _proposals(reader, client)}


def _proposals(reader, client) -> QuerySet:
    """Staff: changes of profiles that nobody has decided. Contacts: the answers to their own."""
    rows = seen(Proposal, reader, client, client__archived_at=None)
    if reader.is_specialist:
        rows = rows.undecided().filter(**OPEN_CLIENT)
    else:
        decided = Q(accepted_at__gte=WEEK_AGO) | Q(declined_at__gte=WEEK_AGO)
        rows = rows.filter(decided, by=reader.pk)
    words: dict[str, Any] = {
        "pk": "pk",
        "label": Coalesce("field__label", "label"),
        "by": "by__user__name",
        "at": "created_at",
    }
    yes = Case(When(accepted_at__isnull=False, then=True), default=False)
    return as_json(rows.order_by("created_at", "pk"), **words, accepted=yes)


def _of_staff(reader, client) -> dict[str, QuerySet]:
    """Meetings that wait for a yes or for their protocol; over all clients also pins, and unread mails by client."""
    words: dict[str, Any] = {"pk": "pk", "title": "title", "starts": "starts_at", "ends": "ends_at"}
    found = {"requests": _requests(reader, client)}
    if reader.can("write"):
        asked = seen(Meeting, reader, client, **OPEN_CLIENT).coming(at=reader.now).filter(confirmed_at=None)
        found["asked"] = as_json(asked.order_by("starts_at", "pk"), **words, by="created_by__user__name")
        found["approvals"] = _approvals(reader, client)
    if client:
        return found
    held = (
        seen(Meeting, reader, client, **OPEN_CLIENT)
        .led_by(reader)
        .unwritten(at=reader.now)
        .filter(ends_at__gte=HELD_SINCE)
    )
    drafts = Protocol.objects.visible_to(reader).filter(meeting=OuterRef("pk"), side="agency").drafts().order_by("pk")
    held = held.annotate(number=Subquery(drafts.values("number")[:1])).order_by("ends_at", "pk")
    pins = PinnedClient.objects.visible_to(reader).filter(client__in=Client.objects.visible_to(reader).values("pk"))
    pins = pins.filter(client__archived_at=None).order_by("client__name", "pk")
    talks = (
        seen(WorkEntry, reader, client, **OPEN_CLIENT).by_member(reader).unwritten().filter(logged_at__gte=HELD_SINCE)
    )
    talks = talks.order_by("spent_on", "pk")
    return found | {
        "talks": as_json(
            talks, most=MOST_TO_DO, pk="pk", title="text", day="spent_on", starts="started_at", ends="ended_at"
        ),
        "unwritten": as_json(held, most=MOST_TO_DO, **words, number="number"),
        "pins": as_json(pins, most=MOST_CLIENTS),
        "mails": _mails(reader),
    }


def _questions(reader, client) -> QuerySet:
    """What contacts want explained, and answers that they have to judge."""
    entries = seen(WorkEntry, reader, client, **OPEN_CLIENT).filter(_where_it_speaks(reader))
    rows = waiting_for(reader).filter(entry__in=entries.values("pk")).order_by("asked_at", "pk")
    of_client = {"client": F("entry__client__name"), "slug": F("entry__client__slug")}
    words: dict[str, Any] = {"pk": "entry_id", "title": "entry__text", "by": "asked_by__user__name", "at": "asked_at"}
    return as_json(rows, of_client=of_client, **words)


def _requests(reader, client) -> QuerySet:
    """Who asks for access, where the reader may decide it: as `AccessRequest.can_be_answered_by`."""
    rows = AccessRequest.objects.visible_to(reader).open().filter(**OPEN_CLIENT)
    rows = rows.filter(client=client) if client else rows
    rows = rows if reader.can("write") or reader.can("manage_people") else rows.none()
    return as_json(rows.order_by("asked_at", "pk"), pk="pk", by="member__user__name", at="asked_at")


def _approvals(reader, client) -> QuerySet:
    """How many entries wait for the reader's approval, by client, the longest first."""
    rows = seen(WorkEntry, reader, client, **OPEN_CLIENT).awaiting_approval()
    rows = rows if reader.can("manage_clients") else rows.filter(client__manager=reader.pk)
    rows = rows.order_by().values("client__name", "client__slug").annotate(number=Count("pk"), at=Min("logged_at"))
    return as_json(rows.order_by("at"), number="number", at="at")


def _mails(reader) -> QuerySet:
    """How many mails of the last days the reader has not opened, by client, where something came last first."""
    rows = seen(Mail, reader, None).relevant().unread_by(reader).filter(received_at__gte=LATELY_SINCE)
    rows = rows.order_by().values("client__name", "client__slug")
    rows = rows.annotate(number=Count("pk"), newest=Max("received_at")).order_by("-newest")
    return as_json(rows, most=MOST_CLIENTS, number="number", at="newest")
