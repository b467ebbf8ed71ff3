"""Settings: of oneself, and of the agency for whoever keeps them."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.decorators import recently_signed_in
from portal.core.access import needs, staff_only
from portal.people.actions import agency as agencies
from portal.people.actions import members
from portal.people.forms.agency import BasicsForm, FactorsForm, LookForm, ProfileForm, TextsForm
from portal.people.forms.calendar import CalendarForm, DayForm
from portal.people.views.pages import submitted
from portal.tenancy.models import Calendar, CalendarException


def profile(request):
    """One's own name, language and reach."""
    form = ProfileForm(request.POST or None, user=request.user, member=request.member)
    if submitted(form, partial(members.change_self, request.member)):
        return _saved(request, "people:settings")
    return _page(request, form, _("You"))


@staff_only
@needs("manage_agency")
def basics(request):
    """Name, sender, language, money, delay."""
    return _agency_page(request, BasicsForm, _("Agency"), "people:agency")


@staff_only
@needs("manage_agency")
def look(request):
    """Colour and logo."""
    form = LookForm(request.POST or None, request.FILES or None, row=request.agency)
    if form.is_valid():
        data = form.cleaned_data
        agencies.change(request.agency, by=request.member, brand_hex=data["brand_hex"])
        if data["logo"] or data["no_logo"]:
            agencies.set_logo(request.agency, None if data["no_logo"] else data["logo"], by=request.member)
        return _saved(request, "people:look")
    return _page(request, form, _("Look"), multipart=True)


@staff_only
@needs("manage_agency")
@recently_signed_in(back="people:factors")
def factors(request):
    """Which second factor each kind of member must have."""
    return _agency_page(request, FactorsForm, _("Sign-in rules"), "people:factors")


@staff_only
@needs("manage_agency")
def texts(request):
    """Imprint, privacy notice, data processing."""
    return _agency_page(request, TextsForm, _("Legal texts"), "people:texts")


@staff_only
@needs("manage_agency")
def calendar(request):
    """Business hours and days off."""
    found = _calendar(request)
    form = CalendarForm(request.POST or None, calendar=found)
    if form.is_valid():
        agencies.change_calendar(found, by=request.member, **form.fields_of_calendar())
        return _saved(request, "people:calendar")
    return _show_calendar(request, found, form, DayForm(prefix="day"))


@staff_only
@needs("manage_agency")
@require_POST
def add_day(request):
    """A day off, or one with hours of its own."""
    found = _calendar(request)
    form = DayForm(request.POST, prefix="day")
    if submitted(form, partial(agencies.set_day, found, by=request.member)):
        return _saved(request, "people:calendar")
    return _show_calendar(request, found, CalendarForm(calendar=found), form)


@staff_only
@needs("manage_agency")
@require_POST
def delete_day(request, pk: int):
    """The day is like its weekday again."""
    rows = CalendarException.objects.visible_to(request.member)
    agencies.delete_day(get_object_or_404(rows, pk=pk), by=request.member)
    return _saved(request, "people:calendar")


def _agency_page(request, form_class, title: str, name: str):
    form = form_class(request.POST or None, row=request.agency)
    if submitted(form, partial(agencies.change, request.agency, by=request.member)):
        return _saved(request, name)
    return _page(request, form, title)


def _page(request, form, title: str, template: str = "people/settings.html", status: int = 200, **context):
    status = 422 if form.errors else status
    context |= {"form": form, "title": title}
    return render(request, template, context, status=status)


def _saved(request, name: str):
    messages.success(request, _("Saved."))
    return redirect(name)


def _calendar(request) -> Calendar:
    return get_object_or_404(Calendar.objects.visible_to(request.member), is_default=True)


def _show_calendar(request, found: Calendar, form: CalendarForm, day_form: DayForm):
    days = CalendarException.objects.visible_to(request.member).filter(calendar=found).order_by("day")[:400]
    status = 422 if day_form.errors else 200
    context = {"days": days, "day_form": day_form, "week": [form[f"day_{day}"] for day in range(7)]}
    return _page(request, form, _("Business hours"), "people/calendar.html", status, **context)
