"""Projects of a client, and with whom they are shared."""

from functools import partial

from django.contrib import messages
from django.forms import Form
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.core.access import needs, staff_only
from portal.core.context import tenant
from portal.people import rules
from portal.people.actions import clients, members
from portal.people.forms.clients import ProjectForm, ShareForm
from portal.people.views.pages import form_page, submitted
from portal.tenancy.models import Member, Project, ProjectAccess


@staff_only
@require_safe
def index(request):
    """The client's projects, active ones first."""
    rows = Project.objects.visible_to(request.member).filter(client=request.client)
    projects = sorted(rows[:500], key=lambda project: (project.archived_at is not None, project.name.lower()))
    may_create = rules.manages_clients(request.member) and not request.client.is_read_only
    return render(request, "people/projects.html", {"projects": projects, "may_create": may_create})


@staff_only
@needs("manage_clients")
def create(request):
    """A new project."""
    if request.client.is_read_only:
        raise Http404("the client has ended")
    form = ProjectForm(request.POST or None, by=request.member)
    project = submitted(form, partial(clients.create_project, request.client, by=request.member))
    if project:
        return _saved(
            request, project, _("%(name)s is here now. Share it with whoever works on it.") % {"name": project}
        )
    words = {"title": _("New project"), "submit": _("Create project")}
    return form_page(request, form, **words, crumbs=_crumbs(request), back=_crumbs(request)[-1][0])


@require_safe
def detail(request, project: str):
    """One project: name, and who sees it; managers outside the agency see who of their own house."""
    found = _get(request, project) if request.member.is_specialist else _shareable(request, project)
    form = ProjectForm(by=request.member, project=found)
    return _show(request, found, form, ShareForm(project=found, by=request.member))


@staff_only
@needs("manage_clients")
@require_POST
def edit(request, project: str):
    """Name and external id."""
    found = _get(request, project)
    form = ProjectForm(request.POST, by=request.member, project=found)
    if submitted(form, partial(clients.change_project, found, by=request.member)):
        return _saved(request, found, _("Saved."))
    return _show(request, found, form, ShareForm(project=found, by=request.member))


@require_POST
def share(request, project: str):
    """Share it with a member or an organisation; once more changes the level."""
    found = _shareable(request, project)
    form = ShareForm(request.POST, project=found, by=request.member)
    if form.is_valid():
        members.share(found, by=request.member, **form.cleaned_data)
        return _saved(request, found, _("Shared."))
    return _show(request, found, ProjectForm(by=request.member, project=found), form)


@require_POST
def unshare(request, project: str, pk: int):
    """Take it away again."""
    found = _shareable(request, project)
    access = next((row for row in _accesses(request, found) if row.pk == pk), None)
    if access is None:
        raise Http404("it is not shared so")
    members.unshare(found, by=request.member, member=access.member, vendor=access.vendor)
    return _saved(request, found, _("No longer shared."))


@staff_only
@needs("manage_clients")
def archive(request, project: str):
    """Put it away, once that is confirmed."""
    if request.method != "POST":
        return _ask_to_archive(request, _get(request, project))
    found = clients.archive_project(_get(request, project), by=request.member)
    return _saved(request, found, _("Archived."))


@staff_only
@needs("manage_clients")
@require_POST
def restore(request, project: str):
    """Take it out again."""
    found = clients.restore_project(_get(request, project), by=request.member)
    return _saved(request, found, _("The project is open again."))


def _ask_to_archive(request, project: Project):
    back = reverse("people:project", args=[request.client.slug, project.slug])
    words = {"title": _("Archive %(name)s?") % {"name": project}, "submit": _("Archive")}
    lede = _("The project leaves the lists, also those of the people it is shared with. It can be opened again.")
    crumbs = [*_crumbs(request), (back, project.name)]
    return form_page(request, Form(), **words, lede=lede, crumbs=crumbs, back=back, is_dangerous=True)


def _get(request, slug: str) -> Project:
    rows = Project.objects.visible_to(request.member).filter(client=request.client).select_related("client")
    return get_object_or_404(rows, slug=slug)


def _shareable(request, slug: str) -> Project:
    project = _get(request, slug)
    if not rules.project_can_be_shared_by(project, request.member):
        raise Http404("it is shared by others")
    return project


def _show(request, project: Project, form: ProjectForm, share_form: ShareForm):
    accesses = _accesses(request, project)
    context = {
        "project": project,
        "form": form,
        "share_form": share_form,
        "accesses": accesses,
        "takeable": [row.pk for row in accesses if _takeable(row, request.member)],
        "may_share": rules.project_can_be_shared_by(project, request.member),
        "may_change": rules.project_can_be_changed_by(project, request.member),
    }
    status = 422 if form.errors or share_form.errors else 200
    return render(request, "people/project.html", context, status=status)


def _takeable(access: ProjectAccess, by: Member) -> bool:
    return rules.can_share_with(access.member or access.vendor, by) and rules.may_grant(access.level, by)


def _accesses(request, project: Project) -> list[ProjectAccess]:
    """With the agency's sight: outsiders see no shares of their colleagues otherwise."""
    rows = ProjectAccess.objects.visible_to(request.member).filter(project=project)
    with tenant(project.agency_id):
        return list(rows.select_related("member__user", "vendor").order_by("pk"))


def _saved(request, project: Project, words: str):
    messages.success(request, words)
    return redirect("people:project", request.client.slug, project.slug)


def _crumbs(request) -> list[tuple[str, str]]:
    home, projects = (reverse(name, args=[request.client.slug]) for name in ("client_home", "people:projects"))
    return [(home, request.client.name), (projects, _("Projects"))]
