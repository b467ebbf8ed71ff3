"""What differs in the frame of one mail: quoted text is folded."""

import re

from django.utils.translation import gettext as _

QUOTES = re.compile(r"<(/?)blockquote\b[^>]*>", re.IGNORECASE)


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
