"""The agency's teams."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.access import needs, staff_only
from tickets import actions, reading
from tickets.models import Team
from tickets.team_forms import TeamForm


@staff_only
@require_safe
def teams(request):
    """Every team with its people and what lies in its queue."""
    rows = Team.objects.visible_to(request.member).active().with_numbers().order_by("name")
    may_keep = actions.can_be_kept_by(request.member)
    return render(request, "tickets/teams.html", {"teams": rows, "may_keep": may_keep})


@staff_only
@needs("manage_clients")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request):
    """A new team."""
    return _form(request, None)


@staff_only
@needs("manage_clients")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Its name and its people."""
    return _form(request, _team(request, pk))


@staff_only
@needs("manage_clients")
@require_POST
def archive(request, pk):
    """It takes no tickets any more."""
    actions.archive_team(_team(request, pk), by=request.member)
    messages.success(request, _("The team takes no tickets any more"))
    return redirect("desk:teams")


def _form(request, team: Team | None):
    chosen = [str(pk) for pk in team.memberships.values_list("member_id", flat=True)] if team else []
    first = {"name": team.name, "people": chosen} if team else None
    form = TeamForm(request.POST or None, people=reading.COLLEAGUES.ask(request.member), team=team, initial=first)
    if request.method == "POST" and form.is_valid():
        actions.keep_team(team, by=request.member, name=form.cleaned_data["name"], people=form.chosen)
        messages.success(request, _("Saved"))
        return redirect("desk:teams")
    return render(request, "tickets/team.html", {"team": team, "form": form}, status=422 if form.is_bound else 200)


def _team(request, pk: int) -> Team:
    return get_object_or_404(Team.objects.visible_to(request.member).active(), pk=pk)
