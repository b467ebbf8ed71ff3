"""The tab Mails: list of threads with the reading pane, marks of reading, the print view."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mailbox import actions, presenter
from mailbox.forms import FilterForm
from mailbox.models import Mail, can_be_written_by
from mailbox.reading import PROJECTS, attachments_of, page_of, thread_to_print
from mailbox.showing import one, outgoing_of
from portal.core.access import area
from portal.core.paging import next_of
from portal.notifications.actions import mark_read_about


@require_safe
@area("mails")
def index(request):
    listed = _listed(request, None)
    if request.htmx and "after" in request.GET:
        return render(request, "mailbox/_list.html", listed)
    first = listed["first"]
    shown = _pane(request, one(request, first)) if first else None
    return render(request, "mailbox/index.html", {**listed, **_choices(request), "pane": shown})


@require_safe
@area("mails")
def detail(request, number):
    mail = one(request, number)
    if not mail.is_read:
        actions.mark_read(mail, by=request.member)
        mark_read_about(request.member, mail)
    listed = _listed(request, mail.thread_id)
    return render(request, "mailbox/detail.html", {**listed, **_choices(request), "pane": _pane(request, mail)})


@require_POST
@area("mails")
def unread(request, number):
    """As if it had not been opened; back to the list, because the mail's own page would mark it again."""
    actions.mark_unread(one(request, number), by=request.member)
    return redirect("mailbox:index", request.client.slug)


@require_safe
@area("mails")
def printed(request, number):
    """One mail on paper, or its whole thread."""
    mail, is_whole = one(request, number), "thread" in request.GET
    mails = thread_to_print(request.member, mail) if is_whole else [mail]
    sheets = [
        (each, presenter.line_of(each, request.client.slug), [a.file.name for a in each.attachments.all()])
        for each in mails
    ]
    return render(request, "mailbox/print.html", {"mail": mail, "sheets": sheets, "is_whole": is_whole})


def _pane(request, mail: Mail) -> presenter.Pane:
    return presenter.pane(mail, attachments_of(mail), outgoing_of(mail), request)


def _choices(request) -> dict:
    """What the list can be narrowed to, and whether the reader may begin a thread."""
    return {
        "projects": [(project.pk, project.name) for project in PROJECTS.ask(request.member, request.client)],
        "may_write": can_be_written_by(request.member, request.client),
    }


def _listed(request, selected: int | None) -> dict:
    """One page of the list; the filters go along to each mail and back. selected: the thread that is read."""
    filters = FilterForm(request.GET)
    page = page_of(request.member, request.client, request.GET.get("after", ""), filters)
    base = reverse("mailbox:index", args=[request.client.slug])
    asked = request.GET.copy()
    for name in ("view", "pictures"):
        asked.pop(name, None)
    query = f"?{asked.urlencode()}" if asked else ""
    newest = page.rows[0] if page.rows and selected is None else None
    is_staff = request.member.is_specialist
    rows = [presenter.row(x, base, query, selected, opens_by_key=x is newest, is_for_staff=is_staff) for x in page.rows]
    more = next_of(request, page)
    return {
        "rows": rows,
        "first": page.rows[0].head["pk"] if page.rows else None,
        "filters": filters,
        "more_url": f"{base}{more}" if more else "",
        "index_url": f"{base}{query}",
        "clear_url": base,
        **_neighbours(rows, f"{base}{more}" if more else ""),
    }


def _neighbours(rows: list[presenter.Row], more: str) -> dict[str, str]:
    """Where the keys k and j lead: the threads above and below the one that is read."""
    place = next((index for index, row in enumerate(rows) if row.is_selected), None)
    if place is None:
        return {"newer": "", "older": ""}
    older = rows[place + 1].url if place + 1 < len(rows) else more
    return {"newer": rows[place - 1].url if place else "", "older": older}
