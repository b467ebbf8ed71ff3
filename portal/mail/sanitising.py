"""HTML of strangers to HTML that may be shown: an allowlist, no script, no style sheet, no form, no remote picture."""

import html
import re
from typing import Any

import nh3

TAGS = set(
    "a abbr address b big blockquote br caption center cite code col colgroup dd del dfn div dl dt em font h1 h2 h3 h4 h5 h6 "
    "hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var "
    "wbr".split()
)
BOX = {"align", "valign", "width", "height", "bgcolor"}
ATTRIBUTES = {
    "*": {"title", "dir", "lang", "style"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "face", "size"},
    "table": BOX | {"border", "cellpadding", "cellspacing"},
    "td": BOX | {"colspan", "rowspan"},
    "th": BOX | {"colspan", "rowspan"},
    "tr": BOX,
    "col": {"width", "span"},
    "div": {"align"},
    "p": {"align"},
    "ol": {"start", "type"},
    "ul": {"type"},
}
STYLES = set(
    "background-color border border-bottom border-collapse border-color border-left border-radius border-right border-spacing "
    "border-style border-top border-width color direction font-family font-size font-style font-weight height letter-spacing "
    "line-height margin margin-bottom margin-left margin-right margin-top max-width min-width padding padding-bottom "
    "padding-left padding-right padding-top text-align text-decoration text-transform vertical-align white-space "
    "width".split()
)
"""None of these takes an address or moves an element over another."""
SCHEMES = {"http", "https", "mailto", "tel", "cid"}
DROPPED_WITH_CONTENT = {"script", "style", "title", "head", "template", "noscript", "svg", "math", "iframe", "object"}
MAX_HTML = 1_000_000
MAX_TEXT = 1_000_000
BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote|hr)\b[^>]{0,500}>", re.IGNORECASE)
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
ANY_TAG = re.compile(r"<[^<>]{0,2000}>")
FORMATS = set("a b big code em font i nobr s small strike strong tt u".split())
CLOSED_BY_THEMSELVES = set(
    "area base br col embed frame hr img input link meta param source track wbr p li dt dd td th tr tbody thead tfoot option".split()
)
LONG_TAG = re.compile(r"""<[a-zA-Z](?:[^"'>]|"[^"]*+"|'[^']*+'|["']){2000,}+""")
WHITE = re.compile(r"[\s/]+")
MAX_ATTRIBUTES = 1_000
MAX_TAGS = 100_000
MAX_TREE = 5_000
MAX_SEARCHES = 50_000_000
MAX_REPEATED = 1_000_000
BLANK_LINES = re.compile(r"\n\s*\n\s*")


class TooWild(Exception):
    """HTML built so that a parser takes minutes or gigabytes over it."""


def sanitise(markup: str) -> tuple[str, int]:
    """(safe HTML, number of remote pictures that were left out). Pictures of the mail itself keep their `cid:` address."""
    if is_wild(markup[:MAX_HTML]):
        raise TooWild
    remote = _Remote()
    return nh3.clean(markup[:MAX_HTML], attribute_filter=remote.keep, **RULES), remote.count


class _Remote:
    """Drops the source of every picture that is no part of the mail, and counts them."""

    def __init__(self):
        self.count = 0

    def keep(self, tag: str, attribute: str, value: str) -> str | None:
        if tag == "img" and attribute == "src" and not value.lower().startswith("cid:"):
            self.count += value.lower().startswith(("http:", "https:", "//"))
            return None
        return value


RULES: dict[str, Any] = {
    "tags": TAGS,
    "attributes": ATTRIBUTES,
    "clean_content_tags": DROPPED_WITH_CONTENT,
    "url_schemes": SCHEMES,
    "filter_style_properties": STYLES,
    "link_rel": "noopener noreferrer nofollow",
    "set_tag_attribute_values": {"a": {"target": "_blank"}},
}


def is_wild(markup: str) -> bool:
    """Whether the tree would be absurdly deep, or open formatting would be repeated in every block (HTML's own rule)."""
    depth = deepest = formats = most = tags = 0
    for closing, name in TAG.findall(markup):
        tags += 1
        step = -1 if closing else 1
        if name.lower() in FORMATS:
            formats = max(0, formats + step)
            most = max(most, formats)
        elif name.lower() not in CLOSED_BY_THEMSELVES:
            depth = max(0, depth + step)
            deepest = max(deepest, depth)
    if any(len(WHITE.findall(tag)) > MAX_ATTRIBUTES for tag in LONG_TAG.findall(markup)):
        return True
    too_deep = deepest > MAX_TREE or deepest * tags > MAX_SEARCHES
    return tags > MAX_TAGS or too_deep or most * tags > MAX_REPEATED


def text_of(markup: str) -> str:
    """Readable text of an HTML mail that brings none of its own."""
    broken = BREAKS.sub("\n", markup[:MAX_HTML])
    if is_wild(broken):
        bare = ANY_TAG.sub(" ", broken)
    else:
        bare = nh3.clean(broken, tags=set(), attributes={}, clean_content_tags=DROPPED_WITH_CONTENT)
    lines = (" ".join(line.split()) for line in html.unescape(bare).split("\n"))
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()[:MAX_TEXT]
