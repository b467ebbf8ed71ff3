"""Somebody at the portal without a browser: cookies, forms and codes by plain HTTP."""

import base64
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar

from django_otp.oath import TOTP

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
STEP_SECONDS = 30


@dataclass(frozen=True)
class Page:
    """What came back, after redirects."""

    status: int
    url: str
    text: str
    seconds: float


class Person:
    """One account of the demo world, with a cookie jar."""

    def __init__(self, run, account):
        self.run, self.account = run, account
        self.base_url = run.demo["base_url"]
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)

    def get(self, url, **headers):
        return self._open(urllib.request.Request(self._whole(url), headers=headers))

    def post(self, url, form=None, /, **fields):
        """Send a form. The token comes from the page where the form stands: `form`, else the target itself."""
        token = TOKEN.search(self.get(form or url).text)
        assert token, f"no form at {form or url}"
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        return self._open(urllib.request.Request(self._whole(url), data=data))

    def sign_in(self, by="totp"):
        """Password, then the second factor; asserts that it let us in."""
        page = self.post("/accounts/login/", login=self.account["email"], password=self.account["password"])
        assert "/second-factor/" in page.url, (page.status, page.url)
        page = self._by_app(page.url) if by == "totp" else self._by_mail()
        assert page.status == 200, (page.status, page.url)
        assert "/accounts/" not in page.url, page.url
        return self

    def _by_app(self, url):
        """A code works once: when this one was used a moment ago, wait for the next."""
        page = self.post(url, token=self.code())
        if "/second-factor/" in page.url:
            time.sleep(STEP_SECONDS - time.time() % STEP_SECONDS + 1)
            page = self.post(url, token=self.code())
        return page

    def _by_mail(self):
        seen = {mail["id"] for mail in self.letters()}
        url = "/accounts/second-factor/by/email/"
        self.get(url)
        letter = self.wait_for_letter(lambda mail: mail["id"] not in seen and CODE.search(mail["text"]))
        return self.post(url, token=CODE.search(letter["text"])[1])

    def code(self):
        """What the authenticator app shows."""
        oath = TOTP(base64.b32decode(self.account["totp_secret"]))
        oath.time = time.time()
        return f"{oath.token():06d}"

    def letters(self):
        """Mails the portal has sent to this person, newest first."""
        address = urllib.parse.quote(self.account["email"])
        page = self.get(f"{self.run.demo['outbox_url']}?to={address}", Accept="application/json")
        assert page.status == 200, page.status
        return json.loads(page.text)

    def wait_for_letter(self, wanted, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for letter in self.letters():
                if wanted(letter):
                    return letter
            time.sleep(0.3)
        raise AssertionError(f"no such mail to {self.account['email']} within {seconds} s")

    def _whole(self, url):
        return url if url.startswith("http") else self.base_url + url

    def _open(self, request):
        began = time.monotonic()
        try:
            with self._opener.open(request, timeout=60) as answer:
                status, url, text = answer.status, answer.url, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            status, url, text = error.code, error.url, error.read().decode(errors="replace")
        return Page(status, url, text, time.monotonic() - began)
