"""Every route of both URLconfs, walked from the resolver, so that none can be left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, get_resolver

AGENCY, GLOBAL = "portal.urls", "portal.urls_global"
ADMIN_REDIRECT = "row"
"""Django's admin has one nameless pattern per model, which leads to the change page."""


@dataclass(frozen=True, order=True)
class Route:
    """One route. name: with its namespaces, as `reverse` takes it; nameless ones are called after their pattern."""

    urlconf: str
    name: str
    pattern: str
    view: str

    @property
    def is_admin(self) -> bool:
        return self.name.startswith(("admin:", "platform:"))


def routes_of(urlconf: str) -> list[Route]:
    """All routes of a URLconf."""
    return list(_walk(get_resolver(urlconf), urlconf, "", ()))


def view_of(urlconf: str, name: str):
    """The view behind a named route."""
    return dict(_views(get_resolver(urlconf), "", ()))[name]


def _walk(resolver, urlconf: str, prefix: str, spaces: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Route(urlconf, _name(entry, pattern, spaces), pattern, entry.lookup_str)
        else:
            yield from _walk(entry, urlconf, pattern, _inside(entry, spaces))


def _views(resolver, prefix: str, spaces: tuple[str, ...]):
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield _name(entry, pattern, spaces), entry.callback
        else:
            yield from _views(entry, pattern, _inside(entry, spaces))


def _inside(entry, spaces: tuple[str, ...]) -> tuple[str, ...]:
    return (*spaces, entry.namespace) if entry.namespace else spaces


def _name(entry: URLPattern, pattern: str, spaces: tuple[str, ...]) -> str:
    name = entry.name
    if name is None:
        _admin, app, model, *_rest = pattern.split("/")
        name = f"{app}_{model}_{ADMIN_REDIRECT}"
    return ":".join((*spaces, name))
