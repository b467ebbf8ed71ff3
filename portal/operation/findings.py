"""What a check answers: fine, soon (somebody should look) or broken, in words.

A worker examines, in no language; whoever reads the report does so in his own and in his own time zone. So words are `said`:
they are put together only where they are read, and lie in the cache as what they are made of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.utils.functional import lazy
from django.utils.translation import gettext

from portal.core.formats import format_datetime

FINE, SOON, BROKEN = "fine", "soon", "broken"
ORDER = (BROKEN, SOON, FINE)


def said(text: str, values: Mapping[str, Any] | None = None) -> str:
    """A sentence to be translated when it is read; values: what stands in it, moments as datetime."""
    return cast(str, _lazily_filled(text, values))


def listed(parts: Sequence[Any], between: str = ", ") -> str:
    """Several of them in a row."""
    return cast(str, _lazily_joined(tuple(parts), between))


def _filled(text: str, values: Mapping[str, Any] | None) -> str:
    translated = gettext(text)
    return translated if values is None else translated % {name: _shown(value) for name, value in values.items()}


def _shown(value: Any) -> Any:
    return format_datetime(value) if isinstance(value, datetime) else value


def _joined(parts: Sequence[Any], between: str) -> str:
    return between.join(map(str, parts))


_lazily_filled, _lazily_joined = lazy(_filled, str), lazy(_joined, str)


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report. name and text are for people, hint says what to do."""

    name: str
    state: str
    text: str
    hint: str = ""

    def as_dict(self) -> dict[str, Any]:
        return dict(vars(self))


def judged(name: str, problems: list[str], fine: str, hint: str = "") -> Finding:
    """Broken with the first problems, else fine."""
    if not problems:
        return Finding(name, FINE, fine)
    first = listed(problems[:3], "; ")
    return Finding(name, BROKEN, listed([first, f"(+{len(problems) - 3})"], " ") if len(problems) > 3 else first, hint)
