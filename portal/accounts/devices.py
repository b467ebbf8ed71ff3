"""Browsers and their devices, named for people: "Firefox, Linux"."""

from django.utils.translation import gettext as _

# The first that fits wins: browsers pretend to be the ones further down.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]
MOBILE = ("iPhone", "Android", "iPad")


def name_of(user_agent: str) -> str:
    """Browser and system, as far as the browser tells."""
    found = (next((name for mark, name in table if mark in user_agent), "") for table in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, found)) or _("Unknown device")


def icon_of(user_agent: str) -> str:
    """The name of the icon that stands for it."""
    return "mobile" if any(mark in user_agent for mark in MOBILE) else "laptop"
