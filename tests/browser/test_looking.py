"""The judge of all pages is judged: it finds what is wrong in the look that has it, and nothing where nothing is wrong."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.windows import AXE, LOOKS, OTHER_LOOKS, look

pytestmark = pytest.mark.browser
PALE = "main p { color: color-mix(in oklab, var(--bg) 90%, var(--text)) !important; }"
SLOWLY = "main p { transition: color 700ms; }"
WIDE = "main p { position: absolute; left: 0; width: 375px; }"
COLOURS = [
    *("oklch(0.7 0.1 200)", "oklch(0.7 0.1 200 / 0.4)", "oklab(0.4 0.1 -0.1)", "color(srgb 0.1 0.2 0.3 / 0.5)"),
    *("rgb(1, 2, 3)", "rgba(1, 2, 3, 0.4)", "#123", "tomato", "transparent"),
]
JUDGE = """async (texts) => {
  const {violations, incomplete, passes, inapplicable} = await axe.run({iframes: false, preload: false, selectors: false});
  const rows = [violations, incomplete, passes, inapplicable].map((rules) => rules.map((rule) => [
    rule.id, rule.nodes.map((node) => [node.html, node.any.map((check) => [check.id, check.message])])]));
  const colours = texts.map((text) => new axe.commons.color.Color().parseString(text).toHexString());
  return {rows, colours, alphas: texts.map((text) => new axe.commons.color.Color().parseString(text).alpha)};
}"""

ADD_CARD = """() => {
  const card = document.querySelector("main").appendChild(document.createElement("div"));
  card.className = "card";
  card.appendChild(document.createElement("p")).textContent = "Oak";
}"""


@pytest.fixture
def door(cast, windows) -> Page:
    """A page in order: the one at which people sign in."""
    page = windows.open()
    page.goto("/north/accounts/login/")
    return page


def _style(page: Page, css: str) -> None:
    page.evaluate(
        "(css) => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }", css
    )


def _found(page: Page) -> dict[str, set[str]]:
    """What is found, and in which looks."""
    found: dict[str, set[str]] = {}
    for line in look(page, LOOKS + OTHER_LOOKS).splitlines():
        where, what, *_rest = line.split(": ")
        found.setdefault(what, set()).add(where)
    return found


def test_nothing_is_found_where_nothing_is_wrong(door):
    assert _found(door) == {}


@pytest.mark.parametrize("slowly", ["", SLOWLY], ids=["at once", "slowly"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pale_words(door, scheme, slowly):
    _style(door, f"{slowly} @media (prefers-color-scheme: {scheme}) {{ {PALE} }}")

    assert _found(door) == {"color-contrast": {f"1440 {scheme}", f"390 {scheme}"}}


@pytest.mark.parametrize("width", [1440, 390])
def test_label_that_is_missing_at_one_width(door, width):
    _style(door, f"@media ({'min' if width == 1440 else 'max'}-width: 800px) {{ main label {{ display: none; }} }}")

    assert {where.split()[0] for where in _found(door)["label"]} == {str(width)}


def test_what_sticks_out_only_of_the_narrowest_ones(door):
    _style(door, WIDE)

    assert {where for places in _found(door).values() for where in places} == {"360 wide", "320 wide"}


def test_what_sticks_out_of_its_card_and_not_of_the_window(door):
    door.evaluate(ADD_CARD)
    _style(door, ".card { width: 6rem; } .card p { width: 9rem; }")

    assert {where for places in _found(door).values() for where in places} == {"360 wide", "320 wide"}


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("console.error('Oak')", "error at .*: Oak"),
        ("console.warn('Oak')", "warning at .*: Oak"),
        ("new Promise((done) => setTimeout(() => { done(); missing(); }))", "exception at .*missing"),
        ("fetch('/static/missing.css').then(() => {})", "error at .*status of 404"),
        ("fetch('http://localhost:9/').catch(() => {})", "Connecting to 'http://localhost:9/' violates"),
    ],
)
def test_complaints(door, windows, script, words):
    door.evaluate(script)
    look(door)

    assert [told for told in windows.complaints if re.search(words, told)]
    windows.complaints.clear()


def test_remembered_colours_are_those_of_axe(door):
    """It is asked twice, as the second time nothing is worked out any more; then without the memory."""
    _style(door, f"main a {{ {PALE.partition('{')[2].partition('}')[0]} }}")
    door.evaluate(AXE)
    remembered = [door.evaluate(JUDGE, COLOURS) for _time in range(2)]
    door.evaluate(AXE_SCRIPT)
    judged = door.evaluate(JUDGE, COLOURS)

    assert "color-contrast" in dict(judged["rows"][0]) and "color-contrast" in dict(judged["rows"][2])
    assert remembered == [judged, judged]
