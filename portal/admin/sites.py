"""The two sites: an agency's own, inside its walls, and the platform's, which crosses agencies by the maintenance role."""

from functools import update_wrapper

from django.contrib.admin import AdminSite
from django.http import Http404
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_safe

from portal.admin import history
from portal.admin.options import GuardedAdmin
from portal.audit import log

SHOWING = {"index", "app_index", "changelist_view", "history_view"}
"""Views that only show, like all that are classes; Django would take a POST for a GET there."""
NOT_OURS = {"login", "logout", "password_change", "password_change_done", "view_on_site"}


MOST_KEPT = 1000
"""So many lists of models are kept; then it begins anew."""


class PortalSite(AdminSite):
    """Django's site without its own sign-in, log and permission tables. Whoever may not enter finds nothing (404)."""

    final_catch_all_view = False
    database = "default"

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._lists = {}

    def register(self, model_or_iterable, admin_class=None, **options):
        """Take only classes that know the walls; what third-party apps offer (people, sessions, factors) stays out."""
        if admin_class is not None and issubclass(admin_class, GuardedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self):
        return [pattern for pattern in super().get_urls() if getattr(pattern, "name", None) not in NOT_OURS]

    def admin_view(self, view, cacheable=False):
        """Guard a view. The door has asked for sign-in and second factor already; here the factor is asked for again."""
        answer = require_safe(view) if view.__name__ in SHOWING or hasattr(view, "view_class") else view

        def inner(request, *args, **kwargs):
            if not (request.user.is_verified() and self.has_permission(request)):
                raise Http404("no admin for this person")
            self.note(request)
            response = answer(request, *args, **kwargs)
            # Lazy templates would be filled after the view's transaction, where the walls let nothing through.
            return response.render() if hasattr(response, "render") else response

        return update_wrapper(csrf_protect(inner if cacheable else never_cache(inner)), view)

    def note(self, request) -> None:
        """Called before each page."""

    def index(self, request, extra_context=None):
        recent = history.by_user(request.user, self.database)
        return super().index(request, {"recent": recent, **(extra_context or {})})

    def get_app_list(self, request, app_label=None):
        """Whoever may enter sees every model (`GuardedAdmin`), so a list is made once for a language and a place."""
        if not self.has_permission(request):
            return []
        place = get_language(), get_script_prefix(), app_label
        if place not in self._lists:
            if len(self._lists) >= MOST_KEPT:
                self._lists.clear()
            self._lists[place] = _spelled(super().get_app_list(request, app_label))
        return self._lists[place]

    def each_context(self, request):
        name, context = self.title_for(request), super().each_context(request)
        titles = {"site_header": name, "site_title": name, "site_url": reverse("home")}
        return {**context, **titles, "menu": [[app] for app in context["available_apps"]]}

    def title_for(self, request) -> str:
        """The name of this admin."""
        raise NotImplementedError


def _spelled(app_list: list[dict]) -> list[dict]:
    """The list with its names in the language of the moment."""
    for entry in (*app_list, *(model for app in app_list for model in app["models"])):
        entry["name"] = str(entry["name"])
    return app_list


class AgencySite(PortalSite):
    """/<agency>/admin/, for those of its people who may change its settings."""

    def has_permission(self, request):
        member = request.member
        return bool(member and member.is_specialist and member.can("manage_agency"))

    def title_for(self, request):
        return _("%(agency)s, administration") % {"agency": request.agency}


class PlatformSite(PortalSite):
    """/admin/, for platform staff. Each page that they open is written to the audit log."""

    database = "maint"

    def has_permission(self, request):
        return request.user.is_active and request.user.is_staff

    def note(self, request):
        log.log("platform.viewed", {"path": request.get_full_path()[:500], "method": request.method})

    def title_for(self, request):
        return _("Platform administration")


platform = PlatformSite(name="platform")
