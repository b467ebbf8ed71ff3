"""Attacks as names: From, Subject, names of files and the project's word, on every page that shows them, with Chromium as the judge.

It hears what runs, and what only the page's policy has kept from running: that is a complaint of the console.
"""

from email.utils import formataddr
from urllib.parse import quote

import pytest
from django.db import transaction

from mailbox.models import Mail
from portal.core import jobs
from portal.core.context import tenant
from portal.mail import intake, processing
from portal.mail.addresses import address_for
from tests.browse import browse_as
from tests.mail.makers import raw_letter
from tests.soak.test_hostile_html import LISTEN, OWN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]
PAYLOADS = [
    *OWN,
    "'\"><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "\" onmouseover=alert(1) autofocus onfocus=alert(1) x=\"",
    "' onfocus=alert(1) autofocus tabindex=1 x='",
    "javascript:alert(1)//",
    "{{constructor.constructor('alert(1)')()}}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<script>alert(1)</script>",
]  # fmt: skip
DETAILS = 5


@pytest.fixture
def attacked(cast, monkeypatch):
    """A mail of each payload in Acme's tab, and one in quarantine; gives the numbers of those in the tab."""
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)
    for number, payload in enumerate(PAYLOADS):
        local, _at, domain = address_for(cast.acme).partition("@")
        words = {
            "From": formataddr((payload, f"x{number}@client.example")),
            "Subject": payload,
            "Message_ID": f"<{number}@client.example>",
            "files": [(f"{payload}.txt", "text/plain", payload.encode())],
            "text": f"{payload}\n{number}\n",
        }
        for to in (f"{local}+{payload}@{domain}", f"nobody-{payload}@{domain}"):
            envelope = intake.Envelope("nora@nora.example", {to: cast.north.pk}, "127.0.0.1")
            for pk in intake.accept(raw_letter(to=None, **words), envelope):
                processing.process(cast.north.pk, pk)
    with tenant(cast.north.pk), transaction.atomic():
        return list(Mail.objects.filter(client=cast.acme).order_by("-pk").values_list("pk", flat=True))


def test_attacks_as_names_run_nowhere(cast, windows, attacked):
    cookies = {name: cookie.value for name, cookie in browse_as(cast.nora).cookies.items()}
    page, fired = windows.open(cookies=cookies), []
    page.context.add_init_script(LISTEN)
    page.context.on("console", lambda told: fired.append(page.url) if "XSS-FIRED" in told.text else None)
    page.context.on("dialog", lambda dialog: (fired.append(page.url), dialog.dismiss()))
    tab = "/north/acme/mails/"
    shown = {
        tab: "script",
        f"{tab}files/": ".txt",
        "/north/mails/quarantine/": "script",
        f"/north/search/?q={quote(PAYLOADS[0])}": "alert",
        f"{tab}?q={quote(PAYLOADS[0])}": "",
        **{f"{tab}{number}/": "alert" for number in attacked[:DETAILS]},
        f"{tab}{attacked[0]}/print/": "alert",
    }
    assert len(attacked) == len(PAYLOADS)
    for address, word in shown.items():
        assert page.goto(address).status == 200, address
        assert word in page.locator("body").inner_text(), address
        page.keyboard.press("Tab")
        assert "XSS" not in page.title(), address
    assert fired == []

    page.goto("about:blank")
    page.set_content("<script>alert(1)</script>")
    assert len(fired) == 1, "the judge hears what runs"
