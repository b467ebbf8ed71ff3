"""The look, the legal texts, and choosing a place."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.core.access import public, signed_in
from portal.core.http import own_address
from portal.core.legal import TITLES
from portal.tenancy.branding import PRODUCT_BRAND, css_of
from portal.tenancy.models import Agency
from portal.tenancy.scope import agency_urls, memberships_of, seeing_own_agencies

YEAR = 365 * 86400
TEXTS = {"imprint": "imprint", "privacy": "privacy", "data-processing": "data_processing"}


@public
@require_safe
def brand_css(request):
    """One line of CSS; its address carries the moment of the last change, so it may be stored for a year."""
    brand = request.agency.brand_hex if request.agency else PRODUCT_BRAND
    response = HttpResponse(css_of(brand), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


@public
@require_safe
def logo(request):
    """The agency's logo, a picture that we made ourselves from what was uploaded."""
    if request.agency is None or not request.agency.logo_key:
        raise Http404("no logo")
    with default_storage.open(request.agency.logo_key) as file:
        response = HttpResponse(file.read(), content_type=request.agency.logo_type)
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


@public
@require_safe
def legal(request, text: str):
    """Imprint, privacy notice or data-processing text of the agency."""
    if text not in TEXTS or request.agency is None:
        raise Http404("no such text")
    body = getattr(request.agency, TEXTS[text])
    return render(request, "tenancy/legal.html", {"title": TITLES[text], "body": body})


@public
@require_POST
def set_theme(request):
    """Light, dark, or as the system has it."""
    theme = request.POST.get("theme", "")
    theme = theme if theme in ("light", "dark") else ""
    if request.user.is_authenticated:
        request.user.theme = theme
        request.user.save(update_fields=["theme"])
    response = redirect(_back(request))
    response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=settings.SECURE)
    return response


@public
@require_POST
def set_language(request):
    """The language of the pages and of mails to this person."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return redirect(_back(request))
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    response = redirect(_back(request))
    response.set_cookie("language", language, max_age=YEAR, samesite="Lax", secure=settings.SECURE)
    return response


@signed_in
@require_safe
def choose_place(request):
    """Where to go: the only agency, or a choice."""
    ids = tuple(member.agency_id for member in memberships_of(request.user.pk))
    with seeing_own_agencies(ids):
        agencies = list(Agency.objects.filter(pk__in=ids).order_by("name"))
    places = []
    for agency in agencies:
        with agency_urls(agency) as base:
            places.append({"name": agency.name, "url": base + reverse("home")})
    if len(places) == 1:
        return redirect(places[0]["url"])
    return render(request, "tenancy/choose_place.html", {"places": places})


def _back(request) -> str:
    target = request.POST.get("next") or request.headers.get("Referer", "")
    return own_address(request, target) or reverse("home")
