"""Two contacts that are one person."""

from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.decorators import recently_signed_in
from portal.core.access import needs, staff_only
from portal.people.actions import merging
from portal.people.forms.merging import MergeForm
from portal.people.views.pages import form_page, submitted
from portal.tenancy.models import Member


@staff_only
@needs("manage_people")
@recently_signed_in(back="people:merge_member")
def merge(request, pk: int):
    """Choose which place stays; the one of this page ends."""
    rows = Member.objects.visible_to(request.member).active().select_related("user", "role", "agency")
    member = get_object_or_404(rows, pk=pk)
    if not member.is_contact:
        raise Http404("only contacts are merged")
    form = MergeForm(request.POST if request.method == "POST" else None, member=member, by=request.member)
    if kept := submitted(form, partial(merging.merge, member, by=request.member)):
        messages.success(request, _("Everything of %(name)s has moved here.") % {"name": member})
        return redirect("people:member", kept.pk)
    page = reverse("people:member", args=[pk])
    words = {"title": _("Merge %(name)s with another contact") % {"name": member}, "submit": _("Merge for good")}
    lede = _(
        "For two places of one person. Clients, areas, comments and marks of this one move to the other; it cannot be undone."
    )
    crumbs = [(reverse("people:members"), _("Members")), (page, str(member))]
    return form_page(request, form, **words, lede=lede, crumbs=crumbs, back=page, is_dangerous=True)
