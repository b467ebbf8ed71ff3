"""Browser windows that are watched, and what can be asked of the page in one."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError

WIDE, NARROW = 1440, 390
LOOKS = ((WIDE, "light"), (NARROW, "dark"))
OTHER_LOOKS = ((WIDE, "dark"), (NARROW, "light"))
HEIGHT = 900
PATIENCE_MS = 20_000

REMEMBER_COLOURS = """
(() => {
  const known = new Map(), {parseString} = axe.commons.color.Color.prototype;
  axe.commons.color.Color.prototype.parseString = function (text) {
    if (!known.has(text)) {
      parseString.call(this, text);
      known.set(text, [this.r, this.g, this.b, this.alpha]);
    }
    [this.r, this.g, this.b, this.alpha] = known.get(text);
    return this;
  };
})()
"""
"""What a colour's text means never changes, but axe-core works it out for each element: a quarter of all its time.

That it judges as before is judged in test_looking.py.
"""
AXE = f"{AXE_SCRIPT}\n;{REMEMBER_COLOURS}"
RUN_AXE = """async (rules) => {
  const until = performance.now() + 1000;
  const moving = () => document.getAnimations().filter((a) => a.playState === "running");
  for (let now = moving(); now.length && performance.now() < until; now = moving()) {
    for (const a of now) if (Number.isFinite(a.effect.getComputedTiming().endTime)) a.finish();
    await new Promise((done) => setTimeout(done, 16));
  }
  const only = rules.length ? {runOnly: rules} : {};
  return (await axe.run({resultTypes: ["violations"], iframes: false, preload: false, ...only})).violations;
}"""
"""When nothing moves any more: what would come to an end is led there at once."""
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that may answer otherwise at the same width in other colours."""
FIND_OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let e = element; e && e !== document.body; e = e.parentElement)
      if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(e).overflowX)) return true;
    return false;
  };
  const edge = (e) => Math.min(width, e.parentElement.closest(".card")?.getBoundingClientRect().right ?? width);
  const sticksOut = (e) => e.getBoundingClientRect().right > edge(e) + 1 && e.checkVisibility() && !scrolls(e);
  const found = [...document.querySelectorAll("body *")].filter(sticksOut).map((e) => e.outerHTML.slice(0, 200));
  if (!found.length && document.documentElement.scrollWidth > width) return ["the page is wider than the window"];
  return found.slice(0, 3);
}"""
A4 = 680
"""Pixels between the margins of static/css/print.css: 180 mm at 96 a inch."""
DEAD = "button, details:not([open], .fold--line) > summary, [data-print], .btn"
"""What only a screen can use. The fields of a form hold what was typed, which may be wanted on paper."""
FIND_SHOWN = """(selector) => [...document.querySelectorAll(selector)]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 1).map((e) => e.outerHTML.slice(0, 120))"""


class Windows:
    """All windows of one test."""

    def __init__(self, browser: Browser, server: str):
        self.browser, self.server = browser, server
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.expected: set[int] = set()
        self.kept: dict[str, Page] = {}

    def open(self, *, width=WIDE, js=True, cookies=None, scheme="light", **options) -> Page:
        """A window of somebody's own browser."""
        context = self.browser.new_context(
            base_url=self.server,
            viewport={"width": width, "height": HEIGHT},
            java_script_enabled=js,
            color_scheme=scheme,
            locale="en-GB",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        self._watch(context)
        context.add_cookies([{"name": k, "value": v, "url": self.server} for k, v in (cookies or {}).items()])
        return context.new_page()

    def of(self, name: str, cookies: dict[str, str]) -> Page:
        """The one window of somebody who goes from page to page; much faster than a new one each time.

        Nothing moves in it: each step of a transition would be painted, and looks are judged when it is over.
        """
        if name not in self.kept:
            self.kept[name] = self.open(cookies=cookies, reduced_motion="reduce")
            self.kept[name].context.add_init_script(AXE)
        page = self.kept[name]
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        page.emulate_media(color_scheme="light")
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def expect_status(self, *codes: int) -> None:
        """Chromium calls every answer from 400 on an error; these ones are what the test is about."""
        self.expected |= set(codes)

    def _watch(self, context: BrowserContext) -> None:
        context.on("console", self._hear)
        context.on("weberror", self._hear_error)
        context.on("request", self._see)

    def _hear(self, message: ConsoleMessage) -> None:
        wanted = any(f"status of {code} " in message.text for code in self.expected)
        if message.type in ("error", "warning") and not wanted:
            self.complaints.append(f"{message.type} at {message.location.get('url')}: {message.text}")

    def _hear_error(self, error: WebError) -> None:
        self.complaints.append(f"exception at {error.page and error.page.url}: {error.error}")

    def _see(self, request: Request) -> None:
        """Pages load nothing from elsewhere."""
        if urlsplit(request.url).scheme in ("http", "https") and not request.url.startswith(f"{self.server}/"):
            self.complaints.append(f"asked elsewhere: {request.url}")


def accessibility(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe-core finds wrong with the page as it stands; by all rules unless some are named."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    return [
        f"{found['id']}: {node['html'][:200]} ({'; '.join(check['message'] for check in node['any'] + node['all'])})"
        for found in page.evaluate(RUN_AXE, list(rules))
        for node in found["nodes"]
    ]


def overflow(page: Page, width: int) -> list[str]:
    """What makes the page scroll sideways at this width, or sticks out of its card."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    return page.evaluate(FIND_OVERFLOW)


def on_paper(page: Page) -> list[str]:
    """What is wrong with the page as it is printed: what sticks out of the sheet, and controls that are dead there."""
    page.emulate_media(media="print")
    wrong = overflow(page, A4) + page.evaluate(FIND_SHOWN, DEAD)
    page.emulate_media(media="screen")
    return wrong


def look(page: Page, looks=LOOKS) -> str:
    """Everything that is wrong with a page: light on a desk, dark on a phone, and on the narrowest ones.

    A width that was looked at before has the same elements; there, only what depends on colours is asked again.
    """
    found, widths = {}, set()
    for width, scheme in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found[f"{width} {scheme}"] = accessibility(page, OF_COLOURS if width in widths else ())
        widths.add(width)
    found |= {f"{width} wide": overflow(page, width) for width in (360, 320)}
    return "\n".join(f"{where}: {wrong}" for where, all_wrong in found.items() for wrong in all_wrong)
