"""Proposals of contacts: choosing a field, writing, looking at one, deciding."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.access import whole_client
from portal.core.differences import difference
from portal.profile import presenting
from portal.profile.actions import proposals as actions
from portal.profile.forms import DecisionForm, NewFieldDecisionForm, NewFieldForm, ProposalForm
from portal.profile.models import Field, Proposal, Section, can_be_edited_by, can_be_proposed_by
from portal.tenancy.naming import name_of
from portal.tenancy.once import once


@whole_client("work")
@require_safe
def choose(request):
    """Which field should read differently?"""
    if not can_be_proposed_by(request.member, request.client):
        raise PermissionDenied
    fields = Field.objects.visible_to(request.member).in_order()
    sections = Section.objects.visible_to(request.member).of(request.client).in_order()
    context = {"sections": sections.prefetch_related(Prefetch("fields", fields))}
    return render(request, "profile/choose.html", context)


@whole_client("work")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def propose(request, pk):
    """How it should read."""
    fields = Field.objects.visible_to(request.member).of(request.client).select_related("section")
    field = get_object_or_404(fields, pk=pk)
    field.client = request.client
    if not field.can_be_proposed_for_by(request.member):
        raise PermissionDenied
    form = ProposalForm(request.POST or None, field=field)
    if request.method == "POST" and form.is_valid():
        actions.propose(field, by=request.member, **form.cleaned_data)
        return _sent(request)
    status = 422 if form.is_bound else 200
    return render(request, "profile/propose.html", {"form": form, "row": field}, status=status)


@whole_client("work")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def propose_new(request):
    """Something that stands nowhere yet."""
    if not can_be_proposed_by(request.member, request.client):
        raise PermissionDenied
    form = NewFieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.propose_new(request.client, by=request.member, **form.cleaned_data)
        return _sent(request)
    return render(request, "profile/propose.html", {"form": form}, status=422 if form.is_bound else 200)


def _sent(request):
    messages.success(request, _("Proposal sent. You will be told what became of it."))
    return redirect("profile:index", request.client.slug)


@whole_client("work")
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request, pk):
    """What somebody wishes; whoever edits the profile takes it in or declines it here."""
    proposal = _get(request, pk)
    if not (can_be_edited_by(request.member, request.client) and proposal.is_open):
        return _refused(request, proposal) if request.method == "POST" else _show(request, proposal, None)
    form = _decision(request, proposal)
    if request.method != "POST" or not form.is_valid():
        return _show(request, proposal, form, status=422 if form.is_bound else 200)
    try:
        return _decided(request, proposal, form)
    except actions.Decided:
        return _refused(request, proposal)
    except actions.Changed as changed:
        form.show_version(changed.field)
        proposal.field = changed.field
        return _show(request, proposal, form, is_changed=True, status=409)


def _get(request, pk):
    rows = Proposal.objects.visible_to(request.member).of(request.client)
    rows = rows.select_related("field__section", "by__user", "decided_by__user")
    proposal = get_object_or_404(rows, pk=pk)
    proposal.client = request.client
    return proposal


def _decision(request, proposal):
    data = request.POST or None
    if proposal.field:
        return DecisionForm(data, proposal=proposal)
    sections = Section.objects.visible_to(request.member).of(request.client).in_order()
    return NewFieldDecisionForm(data, proposal=proposal, sections=sections)


def _decided(request, proposal, form):
    words = form.cleaned_data
    if form.is_declining:
        actions.decline(proposal, by=request.member, answer=words["answer"])
        messages.success(request, _("Proposal declined"))
    else:
        take_in = actions.take_in if proposal.field else actions.take_in_new
        take_in(proposal, by=request.member, **words)
        messages.success(request, _("Proposal taken in"))
    return redirect("profile:index", request.client.slug)


def _refused(request, proposal):
    """Whoever may not decide is told so; whoever came too late sees what was decided."""
    if not can_be_edited_by(request.member, request.client):
        raise PermissionDenied
    messages.warning(request, _("Somebody has decided about this proposal already."))
    return redirect("profile:proposal", request.client.slug, proposal.pk)


def _show(request, proposal, form, *, is_changed=False, status=200):
    # As long as it is open, against what stands now; afterwards, against what stood then.
    now = proposal.field.text if proposal.field else ""
    base = now if proposal.is_open else proposal.base
    state, tone = presenting.decision_of(proposal)
    context = {
        "proposal": proposal,
        "difference": difference(base, proposal.text),
        "who": name_of(proposal.by),
        "state": state,
        "tone": tone,
        "form": form,
        "is_changed": is_changed or (proposal.is_open and proposal.base != now),
    }
    return render(request, "profile/proposal.html", context, status=status)
