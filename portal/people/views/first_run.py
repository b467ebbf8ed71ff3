"""The first page of a new installation: its first agency, its owner, its first client."""

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from portal.accounts import actions as accounts
from portal.core.access import public
from portal.people import setup
from portal.people.forms.first_run import FirstRunForm
from portal.people.views.pages import form_page, submitted
from portal.tenancy.scope import agency_urls


@public
@sensitive_post_parameters()
def first_run(request):
    """Open only while there is no agency, and only to whoever has the key that the server printed."""
    if settings.DEMO or not setup.is_due():
        raise Http404("set up already")
    known = {"key": request.GET.get("key", ""), "language": get_language()}
    form = FirstRunForm(request.POST or None, initial=known)
    made = submitted(form, setup.begin)
    if made:
        agency, owner = made
        with agency_urls(agency):
            home = reverse("home", urlconf="portal.urls")
        return accounts.sign_in(request, owner, next_url=home)
    return form_page(
        request, form, title=_("Set up your agency"), submit=_("Create agency"), template="people/first_run.html"
    )
