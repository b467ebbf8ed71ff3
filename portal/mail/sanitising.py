"""HTML of strangers to HTML that may be shown: an allowlist, no script, no style sheet, no form, no remote picture."""

import base64
import html
import re
from dataclasses import dataclass, field
from typing import Any

import nh3

from portal.mail import trackers

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
PARKED = "cid:~"
IMAGE = re.compile(r'<img(?:\s[a-z-]+="[^"]*+")*+\s?/?>')
REMOTE = re.compile(r'\sdata-remote="((?:[A-Za-z0-9_-]{4})*+(?:[A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?)"')
PARKED_SOURCE = re.compile(r'\ssrc="cid:~([^"]*+)"')
SIDE = re.compile(r'(?:width|height)(?:="|:)\s?([0-9]{1,4})')
TINY = 2
HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$))", re.IGNORECASE)
MAX_REMOTE = 200
MAX_ADDRESS = 2_000
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
TAG_START = re.compile(r"<[a-zA-Z/!?]")
MAX_ESCAPED = 50_000
"""In one text: the library takes quadratic time over characters that it writes as entities."""
BLANK_LINES = re.compile(r"\n\s*\n\s*")


class TooWild(Exception):
    """HTML built so that a parser takes minutes or gigabytes over it."""


@dataclass
class Safe:
    """HTML that may be shown, and what was taken out of it.

    remote_images: how many pictures of other servers it had; remote: their addresses (https) but for those of trackers;
    trackers: who would have learnt that the mail was opened.
    """

    html: str = ""
    remote_images: int = 0
    remote: list[str] = field(default_factory=list)
    trackers: list[str] = field(default_factory=list)


def sanitise(markup: str) -> Safe:
    """Safe HTML. Pictures of the mail itself keep their `cid:` address; those of other servers have none.

    Their address stands in `data-remote`, written in base64 so that neither a browser nor an extension takes it for one
    until a person asks (`with_remote`); that of a tracker stands nowhere. Raises TooWild.
    """
    if is_wild(markup[:MAX_HTML]):
        raise TooWild
    safe = Safe()
    cleaned = nh3.clean(markup[:MAX_HTML], attribute_filter=_put_aside, **RULES)
    safe.html = IMAGE.sub(lambda image: _parked(image[0], safe), cleaned)
    return safe


def with_remote(markup: str) -> str:
    """The HTML that `sanitise` gave, with the addresses of remote pictures in place, for the reader who asked for them.

    The page that shows it needs a policy of its own (`img-src https: data:`); nothing is fetched by us. Trackers stay out.
    """
    return IMAGE.sub(lambda image: REMOTE.sub(_loaded, image[0]), markup)


def waiting_in(markup: str) -> int:
    """How many pictures `with_remote` would put in place."""
    return len(REMOTE.findall(markup))


def _loaded(found: re.Match) -> str:
    address = base64.urlsafe_b64decode(found[1]).decode("utf-8", "replace")
    return f' src="{html.escape(address)}"' if address.startswith("https://") else ""


def _put_aside(tag: str, attribute: str, value: str) -> str | None:
    """No source of a picture passes but one of the mail itself; others are kept under a name that nothing loads."""
    if tag == "img" and attribute == "src":
        found = value.strip()
        if found.lower().startswith(PARKED):
            return None
        if found.lower().startswith(("http:", "https:", "//")):
            return PARKED + found
        return found if found.lower().startswith("cid:") else None
    if tag == "img" and attribute == "style" and HIDDEN.search(value):
        return "width:0px;height:0px"
    return value


def _parked(image: str, safe: Safe) -> str:
    """The tag of one picture in what nh3 wrote."""
    source = PARKED_SOURCE.search(image)
    if source is None:
        return image
    safe.remote_images += 1
    address = _https(source[1])
    tracker = trackers.name_of(address, is_tiny=_is_tiny(image))
    if tracker:
        if tracker not in safe.trackers and len(safe.trackers) < MAX_REMOTE:
            safe.trackers.append(tracker)
        return image.replace(source[0], "")
    if address not in safe.remote:
        safe.remote.append(address)
    if len(safe.remote) > MAX_REMOTE or len(address) > MAX_ADDRESS:
        return image.replace(source[0], "")
    return image.replace(source[0], f' data-remote="{base64.urlsafe_b64encode(address.encode()).decode()}"')


def _is_tiny(image: str) -> bool:
    """Nothing of it can be seen: every side that is given has at most two points."""
    sides = [int(side) for side in SIDE.findall(image)]
    return bool(sides) and max(sides) <= TINY


def _https(written: str) -> str:
    """The address as it is loaded: mails hardly ever mean http, and browsers refuse it in a page that is not."""
    address = html.unescape(written)
    return f"https:{address[address.index('//') :]}" if "//" in address else ""


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
    if any(text.count("&") + text.count("\xa0") > MAX_ESCAPED for text in TAG_START.split(markup)):
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
