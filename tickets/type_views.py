"""The agency's kinds of tickets, looked at and arranged."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.access import needs, staff_only
from tickets import actions
from tickets.models import TicketStatus, TicketType
from tickets.type_forms import TypeForm


@staff_only
@needs("manage_agency")
@require_safe
def types(request):
    """Every kind in the order in which it is offered, with its states."""
    rows = TicketType.objects.visible_to(request.member).prefetch_related("statuses").order_by("position", "pk")
    return render(request, "tickets/types.html", {"kinds": rows})


@staff_only
@needs("manage_agency")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Its rules, and the client's word for each state."""
    kind = _kind(request, pk)
    statuses = list(TicketStatus.objects.visible_to(request.member).filter(type=kind))
    form = TypeForm(request.POST or None, kind=kind, statuses=statuses)
    if request.method == "POST" and form.is_valid():
        actions.arrange(kind, by=request.member, **form.words)
        messages.success(request, _("Saved"))
        return redirect("desk:types")
    context = {"kind": kind, "form": form}
    return render(request, "tickets/type.html", context, status=422 if form.is_bound else 200)


@staff_only
@needs("manage_agency")
@require_POST
def place(request, pk):
    """Up or down."""
    actions.place(_kind(request, pk), by=request.member, is_up=request.POST.get("how") == "up")
    return redirect("desk:types")


def _kind(request, pk: int) -> TicketType:
    return get_object_or_404(TicketType.objects.visible_to(request.member), pk=pk)
