"""The frame around every page, as data for templates/base.html. Each property is read at most once a page."""

from datetime import timedelta
from functools import cached_property

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from portal.core.context import current
from portal.core.formats import format_date
from portal.core.zones import zone
from portal.tenancy import badges, navigation, tabs
from portal.tenancy.models import Agency, Client
from portal.tenancy.presence import manager_presence
from portal.tenancy.scope import agency_urls, memberships_of, seeing_own_agencies


class Shell:
    """Who reads, where, and the way around."""

    def __init__(self, request):
        self.request = request
        self.agency, self.member, self.client = request.agency, request.member, request.client

    @property
    def kind(self) -> str:
        """contact, staff, vendor or platform."""
        if self.member is None:
            return "platform"
        return "staff" if self.member.is_specialist else self.member.kind

    @property
    def title(self) -> str:
        """One short line for phones."""
        if self.member and self.member.is_contact and self.client:
            return self.client.name
        return self.agency.name if self.agency else "Glasshouse"

    @property
    def home_url(self) -> str:
        return reverse("home")

    @cached_property
    def shown_client(self) -> Client | None:
        """The client whose tabs the menu shows: the one of the page, or a contact's only one."""
        if self.client or self.member is None or self.member.is_specialist or len(self.member.client_ids) != 1:
            return self.client
        return Client.objects.visible_to(self.member).select_related("manager__user").first()

    @cached_property
    def frame_key(self) -> tuple:
        """What the parts of the frame that are the same on every page show (`{% keep %}`)."""
        agency = self.agency
        return (
            self.member is None,
            self.title,
            agency and (agency.pk, agency.name, agency.logo_key, agency.brand_version),
        )

    @cached_property
    def nav_key(self) -> tuple:
        """What the menu shows: whose tabs, which places, their figures, and where the reader is."""
        client = self.shown_client
        items = ((entry.view, self._badges.get(entry.view), self._is_current(entry)) for entry in self._open)
        return (client and client.slug, current().veiled, *items)

    @property
    def has_nav(self) -> bool:
        return bool(self._open)

    @cached_property
    def nav(self) -> list[dict]:
        """Groups of the menu: {title, items}."""
        titles = {"": "", "center": _("Customer center"), "company": _("Company"), "admin": _("Administration")}
        groups = [{"title": title, "items": self._items(group)} for group, title in titles.items()]
        return [group for group in groups if group["items"]]

    @cached_property
    def bottom(self) -> list[dict]:
        """Up to four places for the thumb."""
        return [item for group in self.nav for item in group["items"] if item["bottom"]][:4]

    @cached_property
    def subnav(self) -> list[dict]:
        """The tabs of the customer center, on phones, inside a client."""
        items = self._items("center") if self.client else []
        return items if any(item["current"] for item in items) else []

    @cached_property
    def _open(self) -> list[navigation.Entry]:
        """Entries that are open to this reader here."""
        if self.member is None:
            return []
        return [entry for entry in navigation.entries if entry.is_open_to(self.member, self.shown_client)]

    @cached_property
    def _badges(self) -> dict[str, int]:
        """What is unread, for the menu and the bell: URL name -> number, "bell" -> number."""
        return badges.numbers_for(self.member, self.shown_client, self._open) if self.member else {}

    def _is_current(self, entry: navigation.Entry) -> bool:
        """Whether the reader is there. A page of the settings lies below them alone, whatever app it belongs to."""
        here = self.request.resolver_match
        if here and tabs.is_one(here.view_name):
            return entry.view == navigation.links["settings"]
        return entry.is_current(here)

    def _items(self, group: str) -> list[dict]:
        return [self._item(entry, self.shown_client) for entry in self._open if entry.group == group]

    def _item(self, entry: navigation.Entry, client: Client | None) -> dict:
        return {
            "url": reverse(entry.view, args=[client.slug] if client and entry.of_client else []),
            "icon": entry.icon,
            "label": entry.label,
            "count": badges.figure_of(self._badges.get(entry.view)),
            "tone": entry.tone,
            "current": self._is_current(entry),
            "bottom": entry.bottom,
        }

    @cached_property
    def letter(self) -> dict | None:
        """The client's portal address for the letter icon; apps that know it register `letter_of`."""
        client = self.shown_client
        return navigation.letter_of(self.request, client) if client and navigation.letter_of else None

    @cached_property
    def timer(self) -> dict | None:
        """The timer, for whoever logs time; nothing more is read while none runs."""
        place = navigation.timer
        if place is None or all(entry.view != place.entry for entry in self._open):
            return None
        runs = bool(self._badges.get(place.entry))
        places = {"start": reverse(place.start), "log": f"{reverse(place.entry)}?new"}
        return {**places, **(place.in_frame(self.request) if runs else {})}

    @property
    def unread(self) -> int:
        return self._badges.get("bell", 0)

    @property
    def person(self) -> dict | None:
        """The account menu's heading."""
        user = self.request.user
        if not user.is_authenticated:
            return None
        line = self.shown_client.name if self.shown_client and self.kind == "contact" else self.title
        return {"id": user.pk, "name": str(user), "email": user.email, "line": line}

    @cached_property
    def switcher(self) -> list[dict] | None:
        """Other agencies and, for contacts, other clients; None when there is only one place."""
        if self.member is None:
            return None
        places = self._own_clients() + self._other_agencies()
        return places if len(places) > 1 else None

    def _own_clients(self) -> list[dict]:
        here = {"url": self.home_url, "name": self.agency.name, "line": "", "current": True}
        if self.member.is_specialist or len(self.member.client_ids) < 2:
            return [here]
        clients = Client.objects.visible_to(self.member).active().order_by("name")[:20]
        return [
            {
                "url": reverse("client_home", args=[client.slug]),
                "name": client.name,
                "line": self.agency.name,
                "current": client == self.client,
            }
            for client in clients
        ]

    def _other_agencies(self) -> list[dict]:
        if self.member.places < 2:
            return []
        with transaction.atomic():
            ids = [m.agency_id for m in memberships_of(self.member.user_id) if m.agency_id != self.agency.pk]
            with seeing_own_agencies(tuple(ids)):
                agencies = list(Agency.objects.filter(pk__in=ids).order_by("name"))
        return [self._elsewhere(agency) for agency in agencies]

    def _elsewhere(self, agency: Agency) -> dict:
        with agency_urls(agency) as base:
            return {"url": base + reverse("home"), "name": agency.name, "line": "", "current": False}

    @cached_property
    def contact_person(self) -> dict | None:
        """The account manager at the foot of a contact's menu, or who stands in, and whether somebody is there now."""
        client = self.shown_client
        if client is None or client.manager_id is None or self.kind != "contact":
            return None
        manager, now = client.manager, manager_presence(client, self.agency)
        line = now.cover or now.line or manager.position or self.agency.name
        return {"name": str(manager), "line": line, "phone": now.member.phone, "is_in": now.is_in}

    @property
    def ending(self) -> str:
        """That the work has ended, on the pages of a client that can only be read."""
        client = self.client
        if client is None or not client.is_read_only:
            return ""
        words = {
            "name": self.agency.name if self.kind == "contact" else client.name,
            "day": format_date(client.read_only_at or client.archived_at),
            "until": client.access_until and format_date(client.access_until),
        }
        if client.access_until is None or client.is_over:
            return _("The work with %(name)s ended on %(day)s; everything can be read, nothing can be changed.") % words
        if self.kind == "staff":
            return _("The work with %(name)s ended on %(day)s; its people can read everything until %(until)s.") % words
        return _("The work with %(name)s ended on %(day)s; you can read everything until %(until)s.") % words

    @property
    def bell_url(self) -> str | None:
        return self._link("bell") if self.member else None

    @property
    def bell_poll_url(self) -> str | None:
        """Where an open page asks whether the figure at the bell has changed."""
        url = self._link("bell_poll") if self.member else None
        return url and f"{url}?shown={self.unread}"

    @property
    def settings_url(self) -> str | None:
        return self._link("settings") if self.member else None

    @property
    def security_url(self) -> str | None:
        return self._link("security")

    @staticmethod
    def _link(name: str) -> str | None:
        return reverse(navigation.links[name]) if name in navigation.links else None

    @property
    def search_url(self) -> str | None:
        return self._link("search") if self.member else None

    @property
    def theme(self) -> str:
        user = self.request.user
        chosen = user.theme if user.is_authenticated else self.request.COOKIES.get("theme", "")
        return chosen if chosen in ("light", "dark") else ""

    @property
    def today(self) -> str:
        """For the head of what is printed."""
        return format_date(timezone.localdate())

    @property
    def other_clock(self) -> str:
        """The reader's own time zone, when its clocks show another time than the agency's; times on the page are by it."""
        own = self.request.user.time_zone if self.member else ""
        if not own or _offset(own) == _offset(self.agency.time_zone):
            return ""
        return own.replace("_", " ")

    @property
    def legal(self) -> list[dict]:
        """Imprint, privacy, data processing: at the foot of every page."""
        texts = [("imprint", _("Imprint")), ("privacy", _("Privacy")), ("data-processing", _("Data processing"))]
        return [{"url": reverse("legal", args=[code]), "label": label} for code, label in texts] if self.agency else []

    @property
    def languages(self) -> list[dict]:
        now = get_language()
        return [
            {"code": code, "name": get_language_info(code)["name_local"].capitalize(), "current": code == now}
            for code, _name in settings.LANGUAGES
        ]


def _offset(name: str) -> timedelta | None:
    return timezone.localtime(timezone=zone(name)).utcoffset()
