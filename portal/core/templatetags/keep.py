"""Parts of a page that look the same again and again are rendered once in a process."""

from dataclasses import is_dataclass
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList
from django.urls import get_script_prefix, get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
MOST_KEPT = 4000
"""So many renderings of one part are kept; then it begins anew."""


class KeepNode(template.Node):
    """Renders what is inside once for all that shows the same."""

    def __init__(self, nodelist: NodeList, facts: list[FilterExpression]):
        self.nodelist, self.facts = nodelist, facts
        self._kept: dict[tuple, str] = {}

    def render(self, context):
        facts = [_frozen(fact.resolve(context, ignore_failures=True)) for fact in self.facts]
        static = settings.STORAGES["staticfiles"]["BACKEND"]
        key = (get_language(), get_urlconf(), get_script_prefix(), static, *facts)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept = {}
            found = self._kept[key] = self.nodelist.render(context)
        return found


@register.tag
def keep(parser, token) -> KeepNode:
    """{% keep shell.nav_key shell.unread %}...{% endkeep %}: what is inside shows nothing but these facts.

    Language and addresses are always part of the key. A fact is a plain value, a frozen dataclass of them (a row), or
    tuples, lists and dicts of them.
    """
    facts = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(nodelist, facts)


def _frozen(fact: Any) -> Any:
    """The fact as part of a key. Markup and a text that reads the same are two facts: only one of them is escaped."""
    if isinstance(fact, str):
        return (SafeString, str(fact)) if isinstance(fact, SafeString) else fact
    if isinstance(fact, (list, tuple)):
        return tuple(map(_frozen, fact))
    if isinstance(fact, dict):
        return tuple((name, _frozen(value)) for name, value in fact.items())
    if is_dataclass(fact):
        return tuple(_frozen(getattr(fact, name)) for name in fact.__dataclass_fields__)
    return fact
