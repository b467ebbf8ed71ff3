"""Outside organisations: suppliers of the agency, providers of its clients."""

from functools import partial

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.access import needs, staff_only
from portal.core.paging import next_of, page_by_name
from portal.people.actions import clients
from portal.people.forms.clients import VendorForm
from portal.people.models import VendorCard
from portal.people.views.pages import form_page, submitted
from portal.tenancy.models import Vendor


@staff_only
@needs("manage_clients")
@require_safe
def index(request):
    """Organisations by name."""
    rows = Vendor.objects.visible_to(request.member).select_related("client")
    rows = rows.annotate(people=Count("members", filter=Q(members__ended_at=None)), **_card(request.member))
    words = request.GET.get("q", "").replace("\0", "").split()[:8]
    for word in words:
        rows = rows.filter(Q(name__icontains=word) | Q(services__icontains=word) | Q(languages__icontains=word))
    rating = request.GET.get("rating", "")
    rows = rows.filter(rating__gte=int(rating)) if rating in ("1", "2", "3", "4", "5") else rows
    page = page_by_name(rows, request.GET.get("after", ""))
    template = "people/_vendors.html" if request.htmx and "after" in request.GET else "people/vendors.html"
    context = {"page": page, "more": next_of(request, page), "words": " ".join(words), "rating": rating}
    return render(request, template, context)


def _card(member) -> dict[str, Subquery]:
    """What the agency knows of a vendor: services, languages, rating."""
    cards = VendorCard.objects.visible_to(member).filter(vendor=OuterRef("pk"))
    return {name: Subquery(cards.values(name)[:1]) for name in ("services", "languages", "rating")}


@staff_only
@needs("manage_clients")
def create(request):
    """A new organisation."""
    vendor = Vendor(agency=request.agency)
    form = VendorForm(request.POST or None, by=request.member)
    return _form(request, form, vendor, _("New vendor"), _("Create vendor"))


@staff_only
@needs("manage_clients")
def edit(request, pk: int):
    """Name and who engaged it."""
    vendor = get_object_or_404(Vendor.objects.visible_to(request.member), pk=pk)
    form = VendorForm(request.POST or None, by=request.member, vendor=vendor)
    return _form(request, form, vendor, vendor.name, _("Save"))


def _form(request, form: VendorForm, vendor: Vendor, title: str, submit: str):
    if submitted(form, partial(clients.save_vendor, vendor, by=request.member)):
        messages.success(request, _("Saved."))
        return redirect("people:vendors")
    back = reverse("people:vendors")
    return form_page(request, form, title=title, submit=submit, crumbs=[(back, _("Vendors"))], back=back)
