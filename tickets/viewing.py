"""Saved views of a list: of one client's, or of that of all."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.tenancy.models import Client
from tickets import actions
from tickets.models import SavedView


def save(request, client: Client | None) -> HttpResponse:
    """Keep the filters under a name; an old view of that name is replaced."""
    name, query = request.POST.get("name", ""), request.POST.get("query", "")
    view = actions.keep_view(request.member, name, query, client=client)
    if view is None:
        messages.error(request, _("Give the view a name."))
        return redirect(_list_of(client))
    messages.success(request, _("Saved as %(name)s") % {"name": view.name})
    return redirect(f"{_list_of(client)}?{view.query}")


def forget(request, client: Client | None, pk: int) -> HttpResponse:
    """The filters are not wanted any more."""
    views = SavedView.objects.visible_to(request.member).filter(client=client)
    actions.forget_view(get_object_or_404(views, pk=pk), by=request.member)
    messages.success(request, _("The view is gone"))
    return redirect(_list_of(client))


def _list_of(client: Client | None) -> str:
    return reverse("tickets:index", args=[client.slug]) if client else reverse("desk:index")
