"""Parts of a page that look the same again and again are rendered once in a process."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache, partial
from operator import attrgetter
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList
from django.urls import get_script_prefix, get_urlconf
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()
MOST_KEPT = 4000
"""So many renderings of one part are kept; then it begins anew."""
PLAIN = frozenset({str, int, bool, float, type(None)})


class Kept:
    """Renderings by what they show. Language and addresses are always part of the key."""

    def __init__(self):
        self._kept: dict[tuple, str] = {}

    def get(self, key: tuple, render: Callable[[], str]) -> str:
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept = {}
            found = self._kept[key] = render()
        return found


class KeepNode(template.Node):
    """Renders what is inside once for all that shows the same."""

    def __init__(self, nodelist: NodeList, facts: list[FilterExpression]):
        self.nodelist, self.facts, self.kept = nodelist, facts, Kept()

    def render(self, context):
        key = (_place(), *_facts(self.facts, context))
        return self.kept.get(key, lambda: self.nodelist.render(context))


class KeepEachNode(template.Node):
    """A loop whose rows are rendered once for all that show the same."""

    def __init__(self, nodelist: NodeList, name: str, rows: FilterExpression, facts: list[FilterExpression]):
        self.nodelist, self.name, self.rows, self.facts, self.kept = nodelist, name, rows, facts, Kept()

    def render(self, context):
        around = (_place(), *_facts(self.facts, context))
        rows = self.rows.resolve(context, ignore_failures=True) or ()
        found = [self.kept.get((around, _frozen(row)), partial(self._row, context, row)) for row in rows]
        return mark_safe("".join(found))  # noqa: S308 -- rendered by the template

    def _row(self, context, row) -> str:
        with context.push(**{self.name: row}):
            return self.nodelist.render(context)


@register.tag
def keep(parser, token) -> KeepNode:
    """{% keep shell.nav_key shell.unread %}...{% endkeep %}: what is inside shows nothing but these facts.

    A fact is a plain value, a frozen dataclass of them (a row), or tuples, lists and dicts of them.
    """
    facts = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    return KeepNode(_inside(parser, "endkeep"), facts)


@register.tag
def keep_each(parser, token) -> KeepEachNode:
    """{% keep_each row in rows level %}...{% endkeep_each %}: a loop whose body shows nothing but the row and these facts."""
    _tag, name, _in, rows, *facts = token.split_contents()
    facts = [parser.compile_filter(word) for word in facts]
    return KeepEachNode(_inside(parser, "endkeep_each"), name, parser.compile_filter(rows), facts)


def _inside(parser, end: str) -> NodeList:
    nodelist = parser.parse((end,))
    parser.delete_first_token()
    return nodelist


def _place() -> tuple:
    return get_language(), get_urlconf(), get_script_prefix(), settings.STORAGES["staticfiles"]["BACKEND"]


def _facts(facts: list[FilterExpression], context) -> Iterator[Any]:
    return (_frozen(fact.resolve(context, ignore_failures=True)) for fact in facts)


def _frozen(fact: Any) -> Any:
    """The fact as part of a key. Markup and a text that reads the same are two facts: only one of them is escaped."""
    kind = type(fact)
    if kind in PLAIN:
        return fact
    if is_dataclass(kind):
        values = _values_of(kind)(fact)
        return values if PLAIN.issuperset(map(type, values)) else tuple(map(_frozen, values))
    if isinstance(fact, (list, tuple)):
        return tuple(map(_frozen, fact))
    if isinstance(fact, dict):
        return tuple((name, _frozen(value)) for name, value in fact.items())
    return (SafeString, str(fact)) if isinstance(fact, SafeString) else fact


@cache
def _values_of(kind: type) -> Callable[[Any], tuple]:
    """The values of a dataclass' fields; of one with a single field too."""
    names = [field.name for field in fields(kind)]
    return attrgetter(*names) if len(names) > 1 else lambda row: (getattr(row, names[0]),)
