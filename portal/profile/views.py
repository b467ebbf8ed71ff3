"""The profile of one client: reading, editing, ordering, confirming."""

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.access import staff_only, whole_client
from portal.core.http import number_in
from portal.core.paging import next_of, page_of
from portal.profile import presenting
from portal.profile.actions import sections as actions
from portal.profile.forms import SectionForm, TitleForm
from portal.profile.models import Change, Field, Proposal, Section, can_be_edited_by, can_be_proposed_by
from portal.tenancy.models import Member, Project
from portal.tenancy.once import once
from portal.tenancy.presence import manager_presence

LATEST = 5


@whole_client("work")
@require_safe
def index(request):
    """The fact sheet."""
    member, client = request.member, request.client
    sections = list(_sections(request).select_related("confirmed_by__user").annotate(projects=_projects(request)))
    for section in sections:
        section.client = client
    fields = Field.objects.visible_to(member).of(client).in_order()
    proposals = Proposal.objects.visible_to(member).of(client).undecided().select_related("by__user", "field")
    parts = presenting.parts_of(sections, fields, _known(request, sections), member)
    context = {
        "parts": parts,
        "steps": presenting.steps_of(_changes(request).order_by("-happened_at", "-pk")[:LATEST]),
        "wished": presenting.wished_of(proposals.order_by("-created_at", "-pk")[:LATEST], client),
        "may_edit": can_be_edited_by(member, client),
        "may_propose": can_be_proposed_by(member, client),
        "has_facts": any(part.facts for part in parts),
        "seen_by": presenting.seen_by(client, member),
        "presence": manager_presence(client, request.agency) if client.manager else None,
    }
    return render(request, "profile/index.html", context)


@whole_client("work")
@require_safe
def history(request):
    """Who changed what when."""
    page = page_of(_changes(request), request.GET.get("after", ""), by="happened_at", size=20)
    context = {"steps": presenting.steps_of(page.rows), "more": next_of(request, page)}
    is_part = request.htmx and request.GET.get("after")
    return render(request, "profile/_steps.html" if is_part else "profile/history.html", context)


@staff_only
@whole_client("work")
@require_POST
def begin(request):
    """The usual sections, ready to be filled in."""
    actions.begin(request.client, by=request.member)
    messages.success(request, _("The usual sections are there. Everything is internal until you share it."))
    return redirect("profile:index", request.client.slug)


@staff_only
@whole_client("work")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def create(request):
    """A free section."""
    _editing(request)
    form = TitleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        section = actions.add(request.client, by=request.member, title=form.cleaned_data["title"])
        return redirect("profile:edit", request.client.slug, section.pk)
    return render(request, "profile/new.html", {"form": form}, status=_status(form))


@staff_only
@whole_client("work")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request, pk):
    """A section with all its fields; when somebody else saved meanwhile, both texts are shown as a difference."""
    _editing(request)
    section = _get(request, pk)
    fields = Field.objects.visible_to(request.member).filter(section=section).in_order()
    form = SectionForm(request.POST or None, section=section, fields=fields)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, _status(form))
    title, title_was = form.cleaned_data["title"], form.cleaned_data["title_was"]
    try:
        actions.save(section, by=request.member, title=title, title_was=title_was, wishes=form.wishes)
    except actions.Conflict as conflict:
        form.show(conflict)
        return _form(request, form, 409)
    messages.success(request, _("Saved"))
    if "more" in request.POST:
        return redirect(f"{request.path}#field-new")
    return _to_section(request, section)


@staff_only
@whole_client("work")
@require_POST
@once
def remove(request, pk):
    """An empty section goes."""
    actions.remove(_get(request, pk), by=request.member)
    messages.success(request, _("Section removed"))
    return redirect("profile:index", request.client.slug)


@staff_only
@whole_client("work")
@require_http_methods(["GET", "HEAD", "POST"])
def order(request):
    """Sections and fields up and down: by buttons, by keys, or dragged."""
    _editing(request)
    if request.method == "POST":
        actions.move(_row(request), by=request.member, to=number_in(request.POST.get("to", "")))
        if not request.htmx:
            return redirect("profile:order", request.client.slug)
    fields = Field.objects.visible_to(request.member).in_order()
    sections = _sections(request).prefetch_related(Prefetch("fields", fields))
    template = "profile/_order.html" if request.htmx and not request.htmx.boosted else "profile/order.html"
    return render(request, template, {"sections": sections})


@whole_client("work")
@require_POST
def confirm(request, pk):
    """All of this section is right."""
    section = _get(request, pk)
    try:
        actions.confirm(section, by=request.member, seen=_moment(request.POST.get("seen", "")))
        messages.success(request, _("Confirmed. Thank you."))
    except actions.Outdated:
        messages.warning(request, _("This section was changed while you were reading. Please look at it once more."))
    return _to_section(request, section)


def _editing(request) -> None:
    if not can_be_edited_by(request.member, request.client):
        raise PermissionDenied


def _sections(request):
    return Section.objects.visible_to(request.member).of(request.client).in_order()


def _changes(request):
    rows = Change.objects.visible_to(request.member).of(request.client)
    return rows.select_related("by__user", "proposed_by__user", "section__confirmed_by__user")


def _get(request, pk):
    section = get_object_or_404(Section.objects.visible_to(request.member).of(request.client), pk=pk)
    section.client = request.client
    return section


def _row(request):
    """The section or field that is to be moved: "section-3", "field-7"."""
    kind, _dash, pk = request.POST.get("row", "").partition("-")
    model = {"section": Section, "field": Field}.get(kind)
    if model is None:
        raise Http404
    row = get_object_or_404(model.objects.visible_to(request.member).of(request.client), pk=number_in(pk))
    row.client = request.client
    return row


def _moment(text: str):
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _projects(request) -> ArraySubquery:
    """Their names, along with each section: a question of their own would be one more."""
    projects = Project.objects.visible_to(request.member).filter(client=request.client).active().order_by("name")
    return ArraySubquery(projects.values("name"))


def _known(request, sections: list[Section]) -> dict:
    if not sections:
        return {}
    people = Member.objects.visible_to(request.member).active().with_names().filter(kind="contact")
    people = people.filter(shared_client_ids__contains=[request.client.pk]).order_by("user__name", "pk")
    projects = sections[0].projects  # type: ignore[attr-defined]
    return presenting.known_of(request.client, list(people), projects)


def _status(form) -> int:
    return 422 if form.is_bound and form.errors else 200


def _form(request, form, status):
    is_empty = not [key for key in form.keys if key.isdigit()]
    context = {"form": form, "section": form.section, "is_empty": is_empty}
    return render(request, "profile/form.html", context, status=status)


def _to_section(request, section):
    return redirect(f"{reverse('profile:index', args=[request.client.slug])}#section-{section.pk}")
