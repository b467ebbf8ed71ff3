"""Payloads of the XSS corpora as mail bodies, with Chromium as the judge: sanitiser and sandbox are each enough alone.

The judge listens for what the payloads do when they run: they open a dialog. That it hears them is shown first, on pages
with neither. Nothing is asked of a frame, for one that a payload keeps busy would never answer.
"""

import json
import os
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from mailbox.file_views import FRAME
from portal.mail.sanitising import TooWild, sanitise

CORPORA = Path(os.environ.get("GLASSHOUSE_CORPORA") or settings.BASE_DIR.parent / "shared" / "corpora")
AT_ONCE = 150
LISTEN = """for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => { console.log("XSS-FIRED"); return 1 }"""
OWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1) id=go>x</a><script>go.click()</script>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><button formaction=javascript:alert(1) autofocus onfocus=alert(1)>x",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<style>@import 'http://127.0.0.1:9/x.css';</style>",
]


def payloads() -> list[str]:
    """Each once."""
    found = list(OWN)
    for path in sorted(CORPORA.glob("xss-*/*.json")):
        found += [one["payload"] if isinstance(one, dict) else one for one in json.loads(path.read_text())]
    return list(dict.fromkeys(text for text in found if isinstance(text, str)))


def policy() -> str:
    """What the frame of a mail is served with."""
    return "; ".join(f"{name} {' '.join(map(str, values))}" for name, values in FRAME.items())


class Pages(BaseHTTPRequestHandler):
    """/<number>/<from> is a page of frames, /<kind>/<number> the mail in one of them."""

    def do_GET(self):
        kind, _slash, number = self.path.strip("/").partition("/")
        if kind not in self.server.kinds or not number.isdecimal():
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if self.server.kinds[kind]["policy"] and not self.path.endswith("/"):
            self.send_header("Content-Security-Policy", self.server.kinds[kind]["policy"])
        self.end_headers()
        self.wfile.write(self._page(kind, int(number)).encode("utf-8", "replace"))

    def _page(self, kind, number):
        if not self.path.endswith("/"):
            return f"<!doctype html><meta charset=utf-8><body>{self.server.kinds[kind]['texts'][number]}"
        sandbox = self.server.kinds[kind]["sandbox"]
        count = min(number + AT_ONCE, len(self.server.kinds[kind]["texts"]))
        frames = "".join(f"<iframe src='/{kind}/{one}'{sandbox}></iframe>" for one in range(number, count))
        return f"<!doctype html><title>judge</title>{frames}"

    def log_message(self, *words):
        pass


@pytest.fixture
def judge():
    """How many frames of a kind ran something."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server, sync_playwright() as driver:
        server.kinds = {}
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

        def run(kind, texts, *, policy="", sandbox=""):
            server.kinds[kind] = {"texts": texts, "policy": policy, "sandbox": sandbox}
            fired = []
            for first in range(0, len(texts), AT_ONCE):
                fired += _heard(browser, f"http://127.0.0.1:{server.server_port}/{kind}/{first}/", server.server_port)
            return fired

        yield run
        browser.close()
        server.shutdown()


def _heard(browser, address, port) -> list[str]:
    """What ran on one page of frames. Only this server is reachable."""
    context, fired = browser.new_context(), []
    ours = f"http://127.0.0.1:{port}/"
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith(ours) else route.abort())
    context.add_init_script(LISTEN)
    context.on("console", lambda told: fired.append(told.text) if "XSS-FIRED" in told.text else None)
    context.on("dialog", lambda dialog: (fired.append(dialog.message), dialog.dismiss()))
    page = context.new_page()
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_timeout(2000)
    context.close()
    return fired


def sanitised(text: str) -> str:
    try:
        return sanitise(text).html
    except TooWild:
        return ""


def test_sanitiser_and_sandbox_each_hold_alone(judge, say):
    texts = payloads()
    control = judge("open", texts)
    by_sanitiser = judge("clean", [sanitised(text) for text in texts])
    frame = ' sandbox="allow-popups allow-popups-to-escape-sandbox"'
    by_policy = judge("policy", texts, policy=policy())
    by_frame = judge("framed", texts, sandbox=frame)
    say(
        f"{len(texts)} payloads; run with neither: {len(control)}, with the sanitiser alone: {len(by_sanitiser)}, "
        f"with the policy alone: {len(by_policy)}, with the frame's sandbox alone: {len(by_frame)}"
    )
    assert len(control) >= 5, "the judge hears nothing"
    assert (by_sanitiser, by_policy, by_frame) == ([], [], [])
