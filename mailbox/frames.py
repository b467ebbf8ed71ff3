"""What differs in the frame of one mail: quoted text is folded, and pictures of other servers come when they are asked for."""

import re

from django.utils.translation import gettext as _

QUOTES = re.compile(r"<(/?)blockquote\b[^>]*>", re.IGNORECASE)
REMOTE = re.compile(r'\bdata-remote="(https://[^"<>\s]{1,2000})"')


def with_remote(markup: str) -> str:
    """The same HTML with the pictures of other servers, which the reader's browser fetches; the portal never does."""
    return REMOTE.sub(r'src="\1"', markup)


def folded(markup: str) -> str:
    """Each outermost quotation in a `<details>`. The HTML is sanitised, so its elements are closed."""
    begin, end = f"<details><summary>{_('Quoted text')}</summary>", "</details>"
    depth, last, parts = 0, 0, []
    for tag in QUOTES.finditer(markup):
        depth += -1 if tag[1] else 1
        if depth == (0 if tag[1] else 1):
            place = tag.end() if tag[1] else tag.start()
            parts += [markup[last:place], end if tag[1] else begin]
            last = place
    return "".join([*parts, markup[last:]])
