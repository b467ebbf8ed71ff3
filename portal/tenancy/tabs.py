"""The strip of tabs on the pages of the settings. Apps put theirs in at start-up; each reader sees those that are open to him."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Tab:
    """One page of the settings. permission: what a specialist's role must allow; pages: further pages that lie below it."""

    view: str
    label: Any
    permission: str = ""
    pages: tuple[str, ...] = ()

    def is_open_to(self, member) -> bool:
        """Whether the tab shows for this member."""
        return not self.permission or (member.is_specialist and member.can(self.permission))


_tabs: list[Tab] = []


def register(*tabs: Tab) -> None:
    """Add tabs, in this order; called from AppConfig.ready."""
    _tabs.extend(tabs)


def is_one(view: str) -> bool:
    """Whether the page lies below a tab."""
    return any(view in (tab.view, *tab.pages) for tab in _tabs)


def tabs_of(request) -> list[dict]:
    """{url, label, current} for the reader; none outside an agency."""
    if getattr(request, "member", None) is None:
        return []
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [
        {"url": reverse(tab.view), "label": tab.label, "current": here in (tab.view, *tab.pages)}
        for tab in _tabs
        if tab.is_open_to(request.member)
    ]
