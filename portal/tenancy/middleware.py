"""The door: one place that knows agency, member and client. Below it nobody parses tenancy again."""

import time
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.validators import slug_re
from django.db import transaction
from django.db.models import BigIntegerField, F, Func, IntegerField, QuerySet, SlugField, Subquery
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from portal.accounts.factors import meets_policy
from portal.accounts.views.security import sign_in_again
from portal.audit.log import log
from portal.core.access import Rule, rule_of
from portal.core.context import Context, current, entered
from portal.core.http import own_address
from portal.core.prepared import Prepared, Slot
from portal.core.uploads import Dropped
from portal.core.zones import zone
from portal.tenancy import veiling
from portal.tenancy.models import Agency, AgencyAddress, Client, Member
from portal.tenancy.reserved import AGENCY_WORDS, CLIENT_WORDS
from portal.tenancy.scope import at_prefix, context_of, looking_up

REMEMBERED_SECONDS = 15
REFUSAL_SECONDS = 3600
_addresses: dict[str, tuple[int, float]] = {}


class AgencyPath:
    """Takes the agency off the path, so that `{% url %}` needs no agency argument; without one the global URLconf serves."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.base = urlsplit(settings.BASE_URL).path

    def __call__(self, request):
        request.agency_id = request.agency = request.member = request.client = None
        if request.META.get("SCRIPT_NAME", "").rstrip("/") != self.base:
            # gunicorn believes a header of this name: whoever sends it would write our links, and ask past the rules of the proxy.
            raise SuspiciousOperation("not where the portal is")
        prefix = f"{self.base}/"
        host = request.get_host().rsplit(":", 1)[0].lower()
        request.agency_id = None if host in settings.MAIN_HOSTS else _agency_at(host)
        if request.agency_id is None and not request.path_info.startswith("//"):
            slug, slash, rest = request.path_info.removeprefix("/").partition("/")
            request.agency_id = _agency_at(slug)
            if request.agency_id and not slash:
                return HttpResponsePermanentRedirect(f"{prefix}{slug}/")
            if request.agency_id:
                prefix, request.path_info = f"{prefix}{slug}/", f"/{rest}"
        if request.agency_id is None:
            request.urlconf = "portal.urls_global"
        with at_prefix(prefix):
            return self.get_response(request)


def _agency_at(name: str) -> int | None:
    """The agency at this name; remembered for a little while, because every request asks."""
    if not name or name in AGENCY_WORDS:
        return None
    agency_id, until = _addresses.get(name, (None, 0.0))
    if time.monotonic() > until:
        with transaction.atomic():
            agency_id = AgencyAddress.objects.filter(name=name).values_list("agency_id", flat=True).first()
        if agency_id is not None:
            _addresses[name] = agency_id, time.monotonic() + REMEMBERED_SECONDS
    return agency_id


def forget_addresses() -> None:
    """For whoever changes an address and looks at once (tests); every process notices within REMEMBERED_SECONDS."""
    _addresses.clear()


class Membership:
    """Finds the member, then the client if the route names one; enters the context that the walls read."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        place = self._look_up(request) if _is_anywhere(request) else current()
        if request.method == "POST" and not request.user.is_authenticated:
            request.upload_handlers = [Dropped(request)]
        with (
            entered(place),
            translation.override(_language(request)),
            timezone.override(_zone(request)),
        ):
            return self.get_response(request)

    @staticmethod
    @transaction.atomic
    def _look_up(request) -> Context:
        """Session, person, second factor, place and client of the address, in one transaction; the context of what follows."""
        user = request.user if request.user.is_authenticated else None
        with looking_up(user.pk if user else None, request.agency_id) as place:
            if not request.agency_id:
                return place
            request.agency, request.member = _place_of(user, request.agency_id)
        if user is None or request.member is None:
            return place
        if request.member.places == 1 and not user.is_staff:
            request.factor_policy = request.agency.factor_policy(request.member.kind)
        with looking_up(user.pk, request.agency_id, request.member.pk):
            place = context_of(request.member)
        with entered(place):
            request.client_there = _client_at(request)
        return place

    def process_view(self, request, view, args, kwargs) -> HttpResponse | None:
        rule = _rule(view, request.resolver_match)
        if rule.public:
            return None
        if not request.user.is_authenticated:
            return _sign_in(request)
        if not meets_policy(request):
            return None if rule.enrolling else _to_enrolment(request)
        if rule.signed_in:
            return None
        if request.member is None:
            raise Http404("no membership")
        if "client" in kwargs:
            request.client = _client(request, kwargs.pop("client"))
        if not _is_open(rule, request):
            _note_refusal(request)
            raise Http404("not open to this member")  # who should not know that the page exists does not learn it
        return None

    def process_exception(self, request, error) -> None:
        if isinstance(error, PermissionDenied) and request.member:
            _note_refusal(request)


def _rule(view, match) -> Rule:
    """Django's admin guards itself (portal.admin) behind the second factor; all else carries its rule."""
    return Rule(signed_in=True) if "admin" in match.app_names else rule_of(view)


def _is_open(rule: Rule, request) -> bool:
    member = request.member
    wrong_kind = rule.kinds and member.kind not in rule.kinds
    not_allowed = rule.permission and not member.can(rule.permission)
    closed = rule.area and request.client and not member.sees_area(request.client, rule.area)
    partial = rule.whole and request.client and request.client.pk in member.limited_client_ids
    return not (wrong_kind or not_allowed or closed or partial)


def _note_refusal(request) -> None:
    """Into the audit log, which the request's own end does not take back; once an hour for a person and a page."""
    page = request.resolver_match.view_name
    if cache.add(f"refused:{request.member.pk}:{page}", 1, REFUSAL_SECONDS):
        log("access.refused", {"page": page}, agency_id=request.agency_id, user_id=request.user.pk, durable=True)


def _membership() -> QuerySet[Member]:
    """The person's place here, with the number of all places."""
    mine = Member.objects.filter(user=Slot("user", BigIntegerField()), ended_at=None)
    places = Subquery(mine.order_by().values(number=Func(F("pk"), function="COUNT", output_field=IntegerField())))
    here = mine.filter(agency_id=Slot("agency", BigIntegerField()))
    return here.select_related("agency", "role", "vendor").annotate(places=places)


_member_here = Prepared(_membership)
_agency_here = Prepared(lambda: Agency.objects.filter(pk=Slot("agency", BigIntegerField())))
_client_here = Prepared(
    lambda: Client.objects.filter(
        agency_id=Slot("agency", BigIntegerField()), slug=Slot("slug", SlugField())
    ).select_related("manager__user")
)


def _place_of(user, agency_id: int):
    member = _member_here.first(user=user.pk, agency=agency_id) if user else None
    if member is None:
        return _agency_here.first(agency=agency_id), None
    member.user = user
    return member.agency, member


def _client_at(request) -> Client | None:
    """The client whose address begins like this one. Looked for before the address is resolved, while the door's transaction is open."""
    slug = request.path_info.split("/", 2)[1]
    if not slug_re.match(slug) or slug in CLIENT_WORDS:
        return None
    if request.member.knows_clients:
        return _client_here.first(agency=request.agency.pk, slug=slug)
    clients = Client.objects.visible_to(request.member).select_related("manager__user")
    return veiling.client_among(clients, slug)


def _client(request, slug: str) -> Client:
    client = request.client_there
    if client is None or veiling.shown_slug(client.slug) != slug or not request.member.sees_client(client):
        raise Http404("no such client")
    client.agency = request.agency
    return client


def _to_enrolment(request) -> HttpResponse:
    """To connect the second factor that the agency asks for; from there on to the page that was asked for."""
    enrol = reverse("otp_enrol")
    return redirect_to_login(request.get_full_path(), enrol) if request.method == "GET" else redirect(enrol)


def _sign_in(request) -> HttpResponse:
    """To the sign-in; whoever was typing sees the text there, and has it in the form again after it (static/js/keep.js)."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = reverse("session_expired")
        return response
    if request.method == "GET":
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    form = own_address(request, request.headers.get("Referer", ""))
    return sign_in_again(request, form or reverse("home"))


def _language(request) -> str:
    user = _person(request)
    chosen = user.language if user else request.COOKIES.get("language", "")
    if chosen and translation.check_for_language(chosen):
        return chosen
    if user and request.agency:
        return request.agency.language
    return translation.get_language_from_request(request)


def _zone(request):
    user = _person(request)
    name = (user and user.time_zone) or (request.agency.time_zone if request.agency else "UTC")
    return zone(name)


def _is_anywhere(request) -> bool:
    """Whether there is anything to look up; /healthz answers without a database."""
    return bool(request.agency_id) or settings.SESSION_COOKIE_NAME in request.COOKIES


def _person(request):
    return request.user if request.user.is_authenticated else None
