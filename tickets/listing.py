"""The list of tickets, of one client or of all: tabs, filters, pages; as a board, a calendar, a file."""

from datetime import date, datetime, timedelta

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.formats import format_date, weekday_names
from portal.core.paging import next_of
from portal.tenancy.models import Client, Member
from tickets import boarding, exporting, presenting, reading
from tickets.audience import people_at
from tickets.filters import FilterForm
from tickets.models import TicketQuerySet, can_be_opened_by
from tickets.timing import with_time
from worklog.actions.looking import look

TABS = ("open", "waiting", "done")
KEPT = (
    "q",
    "kind",
    "stage",
    "status",
    "since",
    "until",
    "who",
    "team",
    "project",
    "of",
    "priority",
    "due",
    "by",
    "opened",
    "follows",
    "tab",
)
"""Filters that a saved view keeps, and that lead from the list to board, calendar and file."""
OF_OPEN = {"stage", "status", "due", "since", "until"}
"""Filters that say nothing about what is done."""


def show(request, client: Client | None) -> HttpResponse:
    """The page, or for htmx the part that it swaps."""
    member, tab = request.member, _tab(request)
    filters = FilterForm(request.GET, member=member, client=client)
    narrow = filters.narrow if filters.is_narrowing else None
    page = reading.LISTINGS[tab].page(member, client, request.GET.get("after", ""), narrow)
    context = {
        "rows": presenting.rows_of(page.rows, member, client),
        "more": next_of(request, page),
        "tab": tab,
        "view": "list",
        "tabs": _tabs(request, tab),
        "all_url": f"{request.path}?tab={tab}",
        **_frame(request, client, filters),
    }
    if _part(request) != "_more.html":
        context["choices"] = _choices(member, client)
        context["saved"] = reading.SAVED.ask(member, client)
    return render(request, f"tickets/{_part(request)}", context)


def board(request, client: Client | None) -> HttpResponse:
    """Open tickets by stage."""
    filters = FilterForm(request.GET, member=request.member, client=client)
    context = {"view": "board", "tab": "open", **columns(request, client, filters), **_frame(request, client, filters)}
    return render(request, "tickets/board.html", {**context, "choices": _choices(request.member, client)})


def columns(request, client: Client | None, filters: FilterForm | None = None, **narrow) -> dict:
    """What a board shows, and the same tickets as rows, by deadline."""
    member = request.member
    if narrow or (filters and filters.is_narrowing):
        listed = reading.rows_of(member, client)
        open_ones = listed.open().filter(**narrow)
        found = list(reading.cards_of(listed, filters.narrow(open_ones) if filters else open_ones))
    else:
        found = reading.ON_THE_BOARD.ask(member, client)
    rows = presenting.rows_of(found, member, client)
    made = boarding.columns_of(found, rows, is_client=member.is_contact)
    return {
        "columns": made,
        "rows": rows,
        "targets": boarding.targets_of(made),
        "may_move": not member.is_contact and member.can("write"),
        "is_full": len(found) == reading.CARDS,
    }


def calendar(request, client: Client | None) -> HttpResponse:
    """Open tickets by deadline, a month at a time."""
    month = _month(request.GET.get("month", ""))
    filters = FilterForm(request.GET, member=request.member, client=client)
    zone = timezone.get_current_timezone()
    since = datetime(month.year, month.month, 1, tzinfo=zone) - timedelta(days=7)
    due = reading.rows_of(request.member, client).open().filter(due_at__range=(since, since + timedelta(days=45)))
    found = list(filters.narrow(due).order_by("due_at", "pk")[: reading.CARDS + 1])
    is_full, found = len(found) > reading.CARDS, found[: reading.CARDS]
    weeks = boarding.weeks_of(month, found, presenting.rows_of(found, request.member, client))
    context = {
        "weeks": weeks,
        "weekdays": weekday_names(),
        "is_full": is_full,
        "is_empty": not any(day.rows and not day.is_outside for week in weeks for day in week),
        "month": format_date(month, style="month"),
        "month_key": month.strftime("%Y-%m"),
        "before": (month - timedelta(days=1)).strftime("%Y-%m"),
        "after": (month + timedelta(days=32)).strftime("%Y-%m"),
        "view": "calendar",
        "tab": "open",
        **_frame(request, client, filters),
    }
    return render(request, "tickets/calendar.html", {**context, "choices": _choices(request.member, client)})


def export(request, client: Client | None, kind: str) -> HttpResponse:
    """What the filters show, as a file."""
    rows = reading.rows_of(request.member, client)
    rows = {"open": TicketQuerySet.open, "done": TicketQuerySet.closed}.get(_tab(request), _waiting(request.member))(
        rows
    )
    filters = FilterForm(request.GET, member=request.member, client=client)
    found = with_time(filters.narrow(reading.in_a_file(rows)), request.member).order_by("due_order", "pk")
    kept = {name: value for name, value in request.GET.items() if name in KEPT and value}
    if client and request.member.sees_area(client, "work"):
        look(request.member, client)
    return exporting.respond(found[: exporting.MOST + 1], request.member, client, kind, kept)


def _waiting(member: Member):
    return lambda rows: rows.waiting_for(member)


def _frame(request, client: Client | None, filters: FilterForm) -> dict:
    """What every way of looking at the tickets shows around them."""
    kept = _kept(request)
    if client:
        may_open, new_url = can_be_opened_by(request.member, client), reverse("tickets:create", args=[client.slug])
    else:
        may_open, new_url = request.member.is_specialist and request.member.can("write"), reverse("desk:create")
    new_url = new_url if may_open else ""
    return {"filters": filters, "kept": kept.urlencode(), "may_open": may_open, "new_url": new_url}


def _kept(request) -> QueryDict:
    """What narrows the list, without what was left empty; the first tab needs no name."""
    kept = QueryDict(mutable=True)
    kept.update({name: value for name in KEPT if (value := request.GET.get(name))})
    if kept.get("tab") == TABS[0]:
        del kept["tab"]
    return kept


def _tabs(request, tab: str) -> list[dict]:
    """Each as a link that keeps the filters, as far as they mean something there."""
    waiting = _("Waiting for you") if request.member.is_contact else _("On your desk")
    tabs = []
    for name, label in zip(TABS, (_("Open"), waiting, _("Done")), strict=True):
        kept = _kept(request)
        for other in OF_OPEN & set(kept) if name == "done" else ():
            del kept[other]
        kept["tab"] = name
        tabs.append({"label": label, "query": kept.urlencode(), "is_current": name == tab})
    return tabs


def _choices(member: Member, client: Client | None) -> dict[str, list[tuple]]:
    """What the list can be narrowed to; outsiders choose among fewer things."""
    states = list(reading.STATES.ask(member))
    kinds = sorted({row.type for row in states}, key=lambda kind: (kind.position, kind.pk))
    words = {row.code: row.word_for(member) for row in reversed(states)}
    choices: dict[str, list[tuple]] = {"kinds": [(kind.code, str(kind)) for kind in kinds]}
    choices["states"] = list(reversed(words.items()))
    choices["askers"] = [("client", _("Asked by the client")), ("agency", _("Asked by the agency"))]
    if client and member.knows_clients:
        choices["askers"] += [(str(one.pk), str(one)) for one in people_at(client) if one.is_contact]
    if client:
        choices["projects"] = [(row.pk, row.name) for row in reading.PROJECTS.ask(member, client)]
    elif member.knows_clients:
        choices["clients"] = [(row.slug, row.name) for row in reading.CLIENTS.ask(member)]
    if not client:
        rows = reading.ALL_PROJECTS.ask(member)
        name = "{0.client.name}: {0.name}" if member.knows_clients else "{0.name}"
        choices["projects"] = [(row.pk, name.format(row)) for row in rows]
    if member.is_specialist:
        choices["people"] = [(str(row.pk), str(row)) for row in reading.COLLEAGUES.ask(member)]
        choices["teams"] = [(row.pk, row.name) for row in reading.TEAMS.ask(member)]
    return choices


def _tab(request) -> str:
    tab = request.GET.get("tab", "")
    return tab if tab in TABS else TABS[0]


def _month(text: str) -> date:
    """The first day of the month that is named, or of this one."""
    try:
        found = datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return timezone.localdate().replace(day=1)
    return found if 2000 <= found.year <= 2100 else timezone.localdate().replace(day=1)


def _part(request) -> str:
    if not request.htmx or request.htmx.boosted:
        return "index.html"
    return "_more.html" if request.GET.get("after") else "_found.html"
