"""The list of tickets, of one client or of all: tabs, filters, pages."""

from django.shortcuts import render

from portal.core.paging import next_of
from portal.tenancy.models import Client, Member
from tickets import presenting, reading
from tickets.filters import FilterForm
from tickets.models import can_be_opened_by

TABS = ("open", "waiting", "done")


def show(request, client: Client | None):
    """The page, or for htmx the part that it swaps."""
    member, tab = request.member, _tab(request)
    filters = FilterForm(request.GET, member=member, client=client)
    narrow = filters.narrow if filters.is_narrowing else None
    page = reading.LISTINGS[tab].page(member, client, request.GET.get("after", ""), narrow)
    context = {
        "rows": presenting.rows_of(page.rows, member, client),
        "more": next_of(request, page),
        "filters": filters,
        "tab": tab,
        "may_open": client is not None and can_be_opened_by(member, client),
    }
    if _part(request) == "index.html":
        context["choices"] = _choices(member, client)
    return render(request, f"tickets/{_part(request)}", context)


def _choices(member: Member, client: Client | None) -> dict[str, list[tuple]]:
    """What the list can be narrowed to; outsiders choose among fewer things."""
    choices = {"kinds": [(kind.code, str(kind)) for kind in reading.TYPES.ask(member)]}
    if client:
        choices["projects"] = [(row.pk, row.name) for row in reading.PROJECTS.ask(member, client)]
    if member.is_specialist:
        choices["people"] = [(str(row.pk), str(row)) for row in reading.COLLEAGUES.ask(member)]
        choices["teams"] = [(row.pk, row.name) for row in reading.TEAMS.ask(member)]
    return choices


def _tab(request) -> str:
    tab = request.GET.get("tab", "")
    return tab if tab in TABS else TABS[0]


def _part(request) -> str:
    if not request.htmx or request.htmx.boosted:
        return "index.html"
    return "_more.html" if request.GET.get("after") else "_list.html"
