"""Mails that wait for a person: what could not be read, what has no client, and what came from strangers."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mailbox import quarantine, quarantine_presenter
from mailbox.models import Mail
from portal.audit.log import log as audit_log
from portal.core.access import needs, staff_only
from portal.core.http import number_in
from portal.core.paging import next_of, page_of
from portal.mail import quarantine as raw_mails
from portal.mail.models import InboundMail
from portal.tenancy.models import Client

ROWS = 30
MOST_AT_ONCE = 100


@staff_only
@needs("all_clients")
@require_safe
def index(request):
    """To the first of the lists on which something waits."""
    return redirect(
        f"quarantine:{next((which for which, number in _numbers(request).items() if number), 'unreadable')}"
    )


@staff_only
@needs("all_clients")
@require_safe
def unreadable(request):
    """What could not be read or filed."""
    return _show_inbound(request, _inbound(request).unreadable(), "unreadable")


@staff_only
@needs("all_clients")
@require_safe
def unplaced(request):
    """What went to an old address, or to one that never was."""
    return _show_inbound(request, _inbound(request).unplaced(), "unplaced")


@staff_only
@needs("all_clients")
@require_safe
def strangers(request):
    """What was sent to a client by people whom nobody there knows."""
    rows = _held(request).select_related("client", "inbound").defer("inbound__raw", "text", "html", "to", "cc")
    page = page_of(rows, request.GET.get("after", ""), by="held_at", size=ROWS)
    return _show(request, quarantine_presenter.lines_of_held(page.rows), page, "strangers")


@staff_only
@needs("all_clients")
@require_POST
def sort(request):
    """Try again, give to a client, or discard: one mail, or all that are ticked."""
    verbs: dict[str, Callable[[InboundMail], bool]] = {
        "retry": lambda row: raw_mails.retry(row, by=request.member),
        "discard": lambda row: raw_mails.discard(row, by=request.member),
        "assign": lambda row: quarantine.assign(row, _client(request), by=request.member),
    }
    back = "quarantine:unplaced" if request.POST.get("back") == "unplaced" else "quarantine:unreadable"
    return _sorted(request, _inbound(request).in_quarantine().defer("raw"), verbs, back)


@staff_only
@needs("all_clients")
@require_POST
def sort_strangers(request):
    """Let in, give to another client, or discard."""
    verbs: dict[str, Callable[[Mail], bool]] = {
        "let_in": lambda mail: quarantine.let_in(mail, by=request.member) is not None,
        "discard": lambda mail: quarantine.dismiss(mail, by=request.member),
        "assign": lambda mail: quarantine.place(mail, _client(request), by=request.member),
    }
    return _sorted(request, _held(request), verbs, "quarantine:strangers")


@staff_only
@needs("all_clients")
@require_POST
def restore(request):
    """Take back what was just discarded."""
    return _restored(request, _inbound(request).discarded().defer("raw"), raw_mails.take_back, "quarantine:index")


@staff_only
@needs("all_clients")
@require_POST
def restore_strangers(request):
    """The same for mails of strangers."""
    rows = Mail.held.visible_to(request.member).dismissed()
    return _restored(request, rows, quarantine.take_back, "quarantine:strangers")


@staff_only
@needs("all_clients")
@require_safe
def original(request, pk: int):
    """The mail as it arrived, byte for byte."""
    row = get_object_or_404(_inbound(request).filter(emptied_at=None), pk=pk)
    if row.quarantined_at is None and not _held(request).filter(inbound=row).exists():
        raise Http404("filed already")
    audit_log("mail.downloaded", {"inbound": row.pk}, agency_id=row.agency_id)
    response = HttpResponse(bytes(row.raw), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="quarantine-{row.pk}.eml"'
    return response


def _inbound(request):
    return InboundMail.objects.visible_to(request.member)


def _held(request):
    return Mail.held.visible_to(request.member).waiting()


def _numbers(request) -> dict[str, int]:
    """How many wait on which list, in the order of the tabs."""
    return {
        "unreadable": _inbound(request).unreadable().count(),
        "unplaced": _inbound(request).unplaced().count(),
        "strangers": _held(request).count(),
    }


def _client(request) -> Client:
    """The one of the button, else the one that was chosen for what is ticked."""
    _one, _colon, slug = request.POST["assign"].partition(":")
    slug = (slug or request.POST.get("client", "")).replace("\0", "")
    return get_object_or_404(Client.objects.visible_to(request.member).active(), slug=slug)


def _sorted(request, rows, verbs: dict[str, Callable], back: str):
    """Do the verb whose button was pressed: its value is the number of one mail (perhaps with a client), or "ticked"."""
    if not raw_mails.can_sort(request.member):
        raise PermissionDenied
    verb = next((verb for verb in verbs if verb in request.POST), "")
    one = request.POST.get(verb, "").partition(":")[0]
    ids = _ids(request.POST.getlist("mail") if one == "ticked" else [one])
    done = [row.pk for row in rows.filter(pk__in=ids) if verbs[verb](row)] if verb else []
    if done:
        undo = _undo_url(back, done) if verb == "discard" else ""
        messages.success(request, _words_for(verb, len(done)), extra_tags=undo)
    else:
        messages.info(request, _("Nothing was changed. Tick a mail that still waits, then press a button."))
    return redirect(back)


def _ids(words: list[str]) -> list[int]:
    return [pk for word in words[:MOST_AT_ONCE] if (pk := number_in(word))]


def _undo_url(back: str, ids: list[int]) -> str:
    """Where the "Undo" of the confirmation posts to."""
    place = "quarantine:restore_strangers" if back == "quarantine:strangers" else "quarantine:restore"
    return f"{reverse(place)}?{urlencode([('mail', pk) for pk in ids])}"


def _restored(request, rows, take_back: Callable, back: str):
    """These mails wait again."""
    if not raw_mails.can_sort(request.member):
        raise PermissionDenied
    chosen = rows.filter(pk__in=_ids(request.GET.getlist("mail")))
    if sum(take_back(row, by=request.member) for row in chosen):
        messages.success(request, _("Taken back."))
    return redirect(back)


def _words_for(verb: str, number: int) -> str:
    words = {
        "retry": ngettext("%(number)s mail is tried again", "%(number)s mails are tried again", number),
        "discard": ngettext("%(number)s mail discarded", "%(number)s mails discarded", number),
        "assign": ngettext("%(number)s mail filed", "%(number)s mails filed", number),
        "let_in": ngettext("%(number)s mail let in", "%(number)s mails let in", number),
    }
    return words[verb] % {"number": number}


def _show_inbound(request, rows, which: str):
    page = page_of(quarantine_presenter.with_head(rows), request.GET.get("after", ""), by="received_at", size=ROWS)
    return _show(request, quarantine_presenter.lines_of_inbound(list(page.rows)), page, which)


def _show(request, lines, page, which: str):
    context = {
        "lines": lines,
        "more": next_of(request, page),
        "which": which,
        "may_sort": raw_mails.can_sort(request.member),
    }
    if request.htmx and "after" in request.GET:
        return render(request, "mailbox/_quarantine_lines.html", context)
    context["numbers"] = _numbers(request)
    context["clients"] = Client.objects.visible_to(request.member).active().order_by("name") if lines else []
    return render(request, "mailbox/quarantine.html", context)
