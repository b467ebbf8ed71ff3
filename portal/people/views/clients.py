"""The companies that the agency works for."""

from functools import partial

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.decorators import recently_signed_in
from portal.core.access import needs, staff_only
from portal.core.paging import next_of, page_by_name
from portal.people.actions import clients
from portal.people.forms.clients import ClientForm, EndingForm
from portal.people.views.pages import form_page, submitted
from portal.tenancy.models import Client, Project

WHOSE = ("mine", "all", "ended")


def _settings_of(request) -> str:
    return reverse("people:client_settings", args=[request.client.slug])


@staff_only
def index(request):
    """Clients by name: all, one's own, or those that have ended."""
    whose, words = request.GET.get("whose", "all"), request.GET.get("q", "").replace("\0", "").strip()[:100]
    rows = Client.objects.visible_to(request.member).select_related("manager__user")
    projects = Project.objects.visible_to(request.member).active().order_by("name")
    rows = rows.prefetch_related(Prefetch("projects", projects, to_attr="active_projects"))
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
        messages.success(request, _("%(name)s is here now. Invite the first contact.") % {"name": client})
        return redirect("people:client_settings", client.slug)
    return form_page(request, form, title=_("New client"), submit=_("Create client"), back=reverse("people:clients"))


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
    return form_page(request, form, title=title, submit=_("Save"), template=template, ending=EndingForm())


@staff_only
@needs("manage_clients")
@require_POST
@recently_signed_in(back=_settings_of)
def ending(request):
    """The work ends: read-only at once, contacts may look until a day."""
    form = EndingForm(request.POST)
    if submitted(form, partial(clients.end_client, request.client, by=request.member)):
        messages.success(request, _("%(name)s is read-only now.") % {"name": request.client})
        return redirect("people:client_settings", request.client.slug)
    title = _("End the work for %(name)s") % {"name": request.client}
    return form_page(request, form, title=title, submit=_("End the work"), back=_settings_of(request))


@staff_only
@needs("manage_clients")
@require_POST
@recently_signed_in(back=_settings_of)
def archive(request):
    """Put it away."""
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
