"""A person's own time, over all clients."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.access import ruled
from portal.core.formats import format_hours
from worklog.actions.logging import log
from worklog.actions.months import MonthClosed
from worklog.forms import QuickForm
from worklog.models import WorkEntry
from worklog.presenting import lines_of

MOST = 50
loggers = ruled(kinds=("specialist", "vendor"), permission="write")


@loggers
@require_http_methods(["GET", "HEAD", "POST"])
def index(request):
    """The newest entries, and one line for the next."""
    form = QuickForm(request.POST or None, member=request.member)
    if request.method == "POST" and form.is_valid() and (made := _logged(form, request.member)):
        words = {"time": format_hours(sum(row.minutes for row in made)), "client": made[0].client.name}
        messages.success(request, _("%(time)s logged for %(client)s.") % words)
        return redirect("my_work:index")
    rows = WorkEntry.objects.visible_to(request.member).by_member(request.member).standing().with_names()
    lines = lines_of(
        rows.select_related("client", "member__user", "kind", "project", "vendor").newest_first()[:MOST], request.member
    )
    context = {"form": form, "lines": lines, "today": timezone.localdate()}
    return render(request, "worklog/my_index.html", context, status=422 if form.errors else 200)


def _logged(form: QuickForm, member) -> list[WorkEntry]:
    """What was logged; nothing, and the words at the field, when its month is closed."""
    try:
        return log(form.cleaned_data["place"].client, form.work(), by=member, **form.words())
    except MonthClosed:
        form.add_error("day", _("This month is closed. Ask the account manager to add the entry."))
        return []
