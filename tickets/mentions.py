"""Whom a text calls: `@anna`, `@Anna Example`. Pure."""

import re
from collections.abc import Iterable
from typing import Any

CALL = re.compile(r"(?<![\w@.])@(\w{2,40})(?: (\w{2,40}))?")
MOST = 20


def mentioned(text: str, people: Iterable[Any]) -> list[Any]:
    """Those of the people whose first name, or first and last name, stands behind an @; a name that two have names nobody."""
    named = [(person, str(person).casefold().split()) for person in people]
    found: dict[int, Any] = {}
    for call in list(CALL.finditer(text.casefold()))[:MOST]:
        whole = [person for person, words in named if call[2] and words[:1] == [call[1]] and words[-1] == call[2]]
        first = [person for person, words in named if words[:1] == [call[1]]]
        chosen = whole or first
        if len(chosen) == 1:
            found[id(chosen[0])] = chosen[0]
    return list(found.values())
