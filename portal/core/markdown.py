"""Markdown as people write it, to HTML that may stand in our pages: no raw HTML, no pictures from elsewhere."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = set("p br em strong s del code pre blockquote ul ol li a h3 h4 h5 h6 hr table thead tbody tr th td".split())
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
TOP_LEVEL = 3
"""The highest heading of a text: the page has the first, its card the second."""

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")


def render(text: str) -> SafeString:
    """HTML of a Markdown text; headings begin below the card's own, however the author counted."""
    tokens = _parser.parse(text)
    _lower_headings(tokens)
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener nofollow")
    return mark_safe(clean)  # noqa: S308, cleaned on the line above


def _lower_headings(tokens: list[Token]) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    steps = sorted({int(token.tag[1]) for token in headings})
    for token in headings:
        token.tag = f"h{min(6, TOP_LEVEL + steps.index(int(token.tag[1])))}"
