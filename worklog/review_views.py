"""What managers do with the time of others: approve entries, close months; and the rules of the work log."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.access import needs, staff_only
from portal.tenancy.models import Client
from worklog import review
from worklog.actions import deciding, months
from worklog.days import FIRST_YEAR, LAST_YEAR
from worklog.models import WorkEntry
from worklog.review import ApprovalForm, MonthForm, RulesForm


@staff_only
@needs("write")
@require_safe
def index(request):
    """What waits for approval, and the months that can be closed."""
    waiting = review.waiting_for(request.member)
    context = {
        "lines": review.choices_to_approve(waiting, request.member),
        "months": review.months_of(request.member),
        "is_review": True,
    }
    return render(request, "worklog/review.html", context)


@staff_only
@needs("write")
@require_safe
def months_page(request):
    """A year of months, each to be closed or opened again."""
    asked = request.GET.get("year", "")
    known = asked.isascii() and asked.isdigit() and len(asked) == 4 and FIRST_YEAR <= int(asked) <= LAST_YEAR
    year = review.year_of(request.member, int(asked) if known else timezone.localdate().year)
    return render(request, "worklog/months.html", {"year": year, "months": year.months, "is_review": True})


@staff_only
@needs("write")
@require_POST
def approve(request):
    """The client may see these."""
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Choose at least one entry."))
        return redirect("my_work:review")
    rows = WorkEntry.objects.visible_to(request.member).filter(pk__in=form.seen)
    number = deciding.approve(rows, by=request.member, seen=form.seen)
    words = ngettext("%(number)d entry approved.", "%(number)d entries approved.", number)
    messages.success(request, words % {"number": number})
    if left := rows.awaiting_approval().count():
        words = ngettext(
            "%(number)d entry was changed meanwhile. Please look at it once more.",
            "%(number)d entries were changed meanwhile. Please look at them once more.",
            left,
        )
        messages.warning(request, words % {"number": left})
    return redirect("my_work:review")


@staff_only
@needs("write")
@require_POST
def close(request):
    """Close a month of a client, or open it again."""
    form = MonthForm(request.POST)
    if not form.is_valid():
        raise Http404("no such month")
    client = get_object_or_404(Client.objects.visible_to(request.member), pk=form.cleaned_data["client"])
    client.agency = request.agency
    if form.cleaned_data["opens"]:
        months.reopen(client, form.cleaned_data["month"], by=request.member)
        messages.success(request, _("The month is open again."))
    else:
        months.close(client, form.cleaned_data["month"], by=request.member)
        messages.success(request, _("The month is closed."))
    year = form.cleaned_data["year"]
    return redirect(f"{reverse('my_work:months')}?year={year}" if year else "my_work:review")


@staff_only
@needs("manage_agency")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request):
    """Approval, reminders, and which clients see the work log later."""
    form = RulesForm(request.POST or None, member=request.member)
    if request.method == "POST" and form.is_valid():
        form.save(by=request.member)
        messages.success(request, _("Saved"))
        return redirect("my_work:rules")
    return render(request, "worklog/rules.html", {"form": form}, status=422 if form.errors else 200)
