"""Markdown as people write it, to HTML that may stand in our pages: no raw HTML, no pictures from elsewhere."""

import re
from collections.abc import Iterator

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = set("p br em strong s del code pre blockquote ul ol li a h3 h4 h5 h6 hr table thead tbody tr th td".split())
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
TOP_LEVEL = 3
"""The highest heading of a text: the page has the first, its card the second."""

ADDRESS = re.compile(r"https?://[^\s<>\"]{1,2000}", re.IGNORECASE)
_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")


def render(text: str) -> SafeString:
    """HTML of a Markdown text; headings begin below the card's own, however the author counted."""
    tokens = _parser.parse(text)
    _lower_headings(tokens)
    _link_addresses(tokens)
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener nofollow")
    return mark_safe(clean)  # noqa: S308, cleaned on the line above


def _lower_headings(tokens: list[Token]) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    steps = sorted({int(token.tag[1]) for token in headings})
    for token in headings:
        token.tag = f"h{min(6, TOP_LEVEL + steps.index(int(token.tag[1])))}"


def _link_addresses(tokens: list[Token]) -> None:
    """An address that is simply written is a link too; inside a link it stays text."""
    for block in tokens:
        depth, children = 0, list[Token]()
        for token in block.children or []:
            depth += token.nesting if token.tag == "a" else 0
            is_free = token.type == "text" and not depth
            children += _linked(token.content) if is_free else [token]
        block.children = children if block.children is not None else None


def _linked(text: str) -> Iterator[Token]:
    end = 0
    for found in ADDRESS.finditer(text):
        address = _without_punctuation(found[0])
        url = _parser.normalizeLink(address)
        if not _parser.validateLink(url):
            continue
        yield _text(text[end : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": url})
        yield _text(address)
        yield Token("link_close", "a", -1)
        end = found.start() + len(address)
    yield _text(text[end:])


def _without_punctuation(address: str) -> str:
    """What ends the sentence is not part of the address, nor a bracket that was opened before it."""
    while address[-1] in ".,:;!?'*_~" or (address[-1] == ")" and address.count(")") > address.count("(")):
        address = address[:-1]
    return address


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
