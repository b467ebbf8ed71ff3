"""What differs in the frame of one mail: quoted text is folded."""

import re

from django.utils.translation import gettext as _

from mailbox import quoted_rest

QUOTES = re.compile(r"<(/?)blockquote\b[^>]*>", re.IGNORECASE)
CLOSE = "</details>"


def folded(markup: str) -> str:
    """Each outermost quotation in a `<details>`, and all that stands below the headers of a quoted mail. The HTML is sanitised."""
    begin, end = quoted_rest.span(markup) or (len(markup), len(markup))
    rest = f"{_open()}{markup[begin:end]}{CLOSE}" if begin < end else ""
    return _marked_folded(markup[:begin]) + rest + _marked_folded(markup[end:])


def _marked_folded(markup: str) -> str:
    depth, last, parts = 0, 0, []
    for tag in QUOTES.finditer(markup):
        depth += -1 if tag[1] else 1
        if depth == (0 if tag[1] else 1):
            place = tag.end() if tag[1] else tag.start()
            parts += [markup[last:place], CLOSE if tag[1] else _open()]
            last = place
    return "".join([*parts, markup[last:]])


def _open() -> str:
    return f"<details><summary>{_('Quoted text')}</summary>"
