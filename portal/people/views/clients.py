"""The companies that the agency works for."""

from functools import partial

from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.forms import Form
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import recently_signed_in
from portal.core.access import needs, staff_only
from portal.core.paging import next_of, page_by_name
from portal.people import rules
from portal.people.actions import clients
from portal.people.forms.clients import ClientForm, EndingForm
from portal.people.models import PinnedClient
from portal.people.views.pages import form_page, submitted
from portal.tenancy.models import Client, Project

WHOSE = ("mine", "all", "ended")


def _settings_of(request) -> str:
    return reverse("people:client_settings", args=[request.client.slug])


def _back_to_settings(request) -> dict:
    """Crumbs and the way back of a page below the client's settings."""
    home, settings = reverse("client_home", args=[request.client.slug]), _settings_of(request)
    crumbs = [(reverse("people:clients"), _("Clients")), (home, request.client.name), (settings, _("Settings"))]
    return {"crumbs": crumbs, "back": settings}


@staff_only
@require_safe
def index(request):
    """Clients by name: all, one's own, or those that have ended."""
    whose, words = request.GET.get("whose", "all"), request.GET.get("q", "").replace("\0", "").strip()[:100]
    rows = Client.objects.visible_to(request.member).select_related("manager__user")
    projects = Project.objects.visible_to(request.member).active().order_by("name")
    rows = rows.prefetch_related(Prefetch("projects", projects, to_attr="active_projects"))
    pins = PinnedClient.objects.visible_to(request.member).filter(client=OuterRef("pk"))
    rows = rows.annotate(is_pinned=Exists(pins))
    over = Q(archived_at__isnull=False) | Q(read_only_at__isnull=False)
    rows = rows.filter(over) if whose == "ended" else rows.exclude(over)
    if whose == "mine":
        rows = rows.filter(manager=request.member)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(external_id__icontains=words))
    page = page_by_name(rows, request.GET.get("after", ""))
    shown = whose if whose in WHOSE else "all"
    context = {"page": page, "more": next_of(request, page), "whose": shown, "q": words}
    template = "people/_clients.html" if request.htmx and "after" in request.GET else "people/clients.html"
    return render(request, template, {**context, "may_create": request.member.can("manage_clients")})


@staff_only
@needs("manage_clients")
def create(request):
    """A new client."""
    form = ClientForm(request.POST or None, by=request.member)
    client = submitted(form, partial(clients.create_client, request.agency, by=request.member))
    if client:
        return _to_first_contact(request, client)
    words, back = {"title": _("New client"), "submit": _("Create client")}, reverse("people:clients")
    return form_page(request, form, **words, crumbs=[(back, _("Clients"))], back=back)


def _to_first_contact(request, client: Client):
    """A client without anybody to look is half a client: whoever may, invites at once."""
    if rules.manages_people(request.member):
        messages.success(request, _("%(name)s is here now. Invite the first contact.") % {"name": client})
        return redirect(f"{reverse('people:invite', args=['contact'])}?client={client.pk}")
    words = _("%(name)s is here now. Ask whoever may invite people to invite the first contact.")
    messages.success(request, words % {"name": client})
    return redirect("people:client_settings", client.slug)


@staff_only
@needs("manage_clients")
def edit(request):
    """Name, address, account manager, delay; archive and end."""
    form = ClientForm(request.POST or None, by=request.member, client=request.client)
    client = submitted(form, partial(clients.change_client, request.client, by=request.member))
    if client:
        messages.success(request, _("Saved."))
        return redirect("people:client_settings", client.slug)
    template, title = "people/client.html", _("Settings of %(name)s") % {"name": request.client}
    return form_page(request, form, title=title, submit=_("Save"), template=template)


@staff_only
@needs("manage_clients")
@recently_signed_in(back=_settings_of)
def ending(request):
    """The work ends: read-only at once, contacts may look until a day."""
    form = EndingForm(request.POST if request.method == "POST" else None)
    if submitted(form, partial(clients.end_client, request.client, by=request.member)):
        messages.success(request, _("%(name)s is read-only now.") % {"name": request.client})
        return redirect("people:client_settings", request.client.slug)
    words = {"title": _("End the work for %(name)s") % {"name": request.client}, "submit": _("End the work")}
    lede = _("The client becomes read-only at once. After the day its contacts cannot come in any more.")
    return form_page(request, form, **words, lede=lede, **_back_to_settings(request), is_dangerous=True)


@staff_only
@needs("manage_clients")
@recently_signed_in(back=_settings_of)
def archive(request):
    """Put it away, once that is confirmed."""
    if request.method != "POST":
        words = {"title": _("Archive %(name)s?") % {"name": request.client}, "submit": _("Archive")}
        lede = _("The client leaves the lists: everything can be read, nothing can be written. It can be opened again.")
        return form_page(request, Form(), **words, lede=lede, **_back_to_settings(request), is_dangerous=True)
    clients.archive_client(request.client, by=request.member)
    messages.success(request, _("%(name)s is archived.") % {"name": request.client})
    return redirect("people:client_settings", request.client.slug)


@staff_only
@needs("manage_clients")
@require_POST
def restore(request):
    """Work goes on."""
    clients.restore_client(request.client, by=request.member)
    messages.success(request, _("%(name)s is open again.") % {"name": request.client})
    return redirect("people:client_settings", request.client.slug)
