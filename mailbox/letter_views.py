"""The client's address: the drawer behind the letter icon, which is a page of its own too."""

from io import BytesIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from segno import helpers

from mailbox import address_test, letter, letter_details, renewing
from mailbox.forms import RenewalForm
from portal.core.access import area
from portal.mail.addresses import current_address


@require_safe
@area("mails")
def address(request):
    """All about the address; in the drawer without the page around it."""
    return _show(request, RenewalForm())


@require_safe
@area("mails")
def qr(request):
    """The address as a contact for the phone (MECARD), so that it can be put in Cc by its name."""
    _check(request)
    picture = BytesIO()
    name = f"{request.client.name} ({request.agency.name})"
    code = helpers.make_mecard(name=name, email=str(current_address(request.client)))
    code.save(picture, kind="svg", border=2, scale=4, light="#fff", dark="#000")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@require_POST
@area("mails")
def renew(request):
    """A new address; the old one is taken for a while."""
    _check(request)
    if not renewing.can_renew(request.member, request.client):
        raise PermissionDenied
    form = RenewalForm(request.POST)
    if not form.is_valid():
        return _show(request, form)
    renewing.renew(request.client, by=request.member, days=form.cleaned_data["days"])
    messages.success(request, _("There is a new address. Those who use it were told."))
    return redirect("mailbox:address", request.client.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@area("mails")
def test(request):
    """Send a test, or look how far it is."""
    _check(request)
    if request.method == "POST":
        address_test.ask(request.client, by=request.member)
    if not request.htmx:
        return redirect("mailbox:address", request.client.slug)
    found = address_test.latest(request.member, request.client)
    return render(request, "mailbox/_address_test.html", letter_details.test_words(found))


def _check(request) -> None:
    """Suppliers may enter the tab, but the address is not theirs."""
    if not letter.is_open(request.member, request.client):
        raise Http404("no address for this member")


def _show(request, form: RenewalForm) -> HttpResponse:
    _check(request)
    context = letter_details.details_of(request.member, request.client) | {"form": form}
    if request.htmx and request.method == "GET":
        return render(request, "mailbox/_address.html", context)
    return render(request, "mailbox/address.html", context)
