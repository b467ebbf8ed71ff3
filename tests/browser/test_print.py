"""What is made for the printer: on A4 nothing sticks out, nothing is cut, and nothing is left that only a screen can use."""

import io
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page
from pypdf import PdfReader

from portal.core import jobs
from portal.core.context import tenant
from portal.events.models import Event
from tests.browse import browse_as
from tests.browser.windows import A4, HEIGHT, WIDE, overflow
from tests.mailbox.conftest import deliver  # noqa: F401, fixture
from timeline.actions import posting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]
LONG = "https://magazine.example/" + "a-long-name-without-a-break-" * 8
DEAD = "button, input:not([type=hidden]), select, textarea, summary, nav, [data-print], .btn"


@pytest.fixture
def open_as(cast, windows, monkeypatch):
    """A window of somebody who is signed in."""
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)

    def open_as(member, **options):
        cookies = browse_as(member).cookies
        return windows.open(cookies={name: cookie.value for name, cookie in cookies.items()}, **options)

    return open_as


@pytest.fixture
def paths(cast, deliver, monkeypatch):  # noqa: F811, fixture
    """A mail and a period, both with words that are longer than a line."""
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)
    files = [(f"Terms of {'carriers' * 12}.txt", "text/plain", b"31.5 kg")]
    mail = deliver(Subject="Terms", text=f"See {LONG}\n\nThe last line", files=files)[-1]
    with tenant(cast.north.pk), transaction.atomic():
        words = {"kind": "Backlink built", "happened_at": timezone.now() - timedelta(days=11), "link": LONG}
        for number in range(30):
            posting.post(cast.acme, by=cast.nora, title=f"Link {number}.", text=f"See {LONG}", **words)
        Event.objects.update(visible_from=timezone.now() - timedelta(minutes=1))
    return {"mail": f"/north/acme/mails/{mail.pk}/print/", "period": "/north/acme/timeline/period/"}


def test_mail_and_period_fit_on_paper_without_dead_controls(cast, open_as, paths):
    page = open_as(cast.anna)
    for name, path in paths.items():
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        page.goto(path)
        assert page.locator("[data-print]").is_visible(), f"{name}: on the screen it can be printed"
        page.emulate_media(media="print")

        assert overflow(page, A4) == [], name
        assert _shown(page, DEAD) == [], name
        page.emulate_media(media="screen")


def test_every_entry_of_a_period_is_on_one_of_the_sheets(cast, open_as, paths):
    page = open_as(cast.anna)
    page.goto(paths["period"])

    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages

    whole = " ".join(" ".join(sheet.extract_text().split()) for sheet in sheets)
    assert len(sheets) > 1 and all(float(sheet.mediabox.width) == pytest.approx(595, abs=1) for sheet in sheets)
    assert all(f"Link {number}." in whole for number in range(30))


def _shown(page: Page, selector: str) -> list[str]:
    """What of it is to be seen."""
    return [
        found.evaluate("e => e.outerHTML.slice(0, 120)") for found in page.locator(selector).all() if found.is_visible()
    ]
