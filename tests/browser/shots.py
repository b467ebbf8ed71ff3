"""Pictures of all pages for people to look at, from a running `bin/run`:

python -m tests.browser.shots OUT_DIR BASE_URL --demo DATA_DIR/demo.json [--only protocols] [--german]
"""

import argparse
import base64
import json
import re
import shutil
import time
from pathlib import Path

from django_otp.oath import TOTP
from playwright.sync_api import Browser, Page, sync_playwright

SIZES, SCHEMES = {"1440": 1440, "390": 390}, ("light", "dark")
OUTSIDE = {
    "sign-in": "/accounts/login/",
    "password": "/accounts/password/reset/",
    "outbox": "/outbox/",
    "lost": "/no/where/",
}
ACCOUNT = {
    "notifications": "notifications/",
    "notification-settings": "notifications/preferences/",
    "settings": "settings/",
    "devices": "accounts/security/",
}
CLIENT = {
    "start": "",
    "protocols": "protocols/",
    "protocol-new": "protocols/new/",
    "mails": "mails/",
    "timeline": "timeline/",
    "people": "people/",
    "security": "security/",
    "projects": "projects/",
    "work-log": "work-log/",
    "tickets": "tickets/",
    "ticket-new": "tickets/new/",
    "invoices": "invoices/",
    "statement": "invoices/statement/",
    "invoice-new": "invoices/new/",
}
STAFF = {
    "my-day": "my-day/",
    "clients": "clients/",
    "client-new": "clients/new/",
    "members": "members/",
    "invite": "members/invite/contact/",
    "vendors": "vendors/",
    "agency-security": "security/",
    "agency": "settings/agency/",
    "look": "settings/look/",
    "sign-in-rules": "settings/sign-in/",
    "texts": "settings/texts/",
    "hours": "settings/hours/",
    "mailboxes": "settings/mailboxes/",
    "to-sort": "mails/quarantine/",
    "my-time": "work-log/",
    "my-week": "work-log/week/",
    "time-review": "work-log/review/",
    "rates": "work-log/rates/",
    "all-tickets": "tickets/",
    "board": "tickets/board/",
    "calendar": "tickets/calendar/",
    "ticket-kinds": "tickets/types/",
    "all-invoices": "invoices/",
    "tax": "invoices/settings/",
    "bank-files": "invoices/bank/",
    "reminders": "invoices/reminders/",
    "admin": "admin/",
}
FIRST_ROWS = {
    "protocol": ("protocols/", "#list .cell-title a"),
    "mail": ("mails/", ".mail-list .row-title a"),
    "ticket": ("tickets/", "#list tbody a"),
    "invoice": ("invoices/", "main tbody a"),
    "entry": ("work-log/", "main tbody a"),
}


def main() -> None:
    """Everybody's pages, each in four pictures."""
    args = _arguments()
    demo = json.loads(args.demo.read_text())
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        _take(_window(browser, args), OUTSIDE, args, "outside")
        for role in ("contact", "owner", "specialist", "vendor"):
            account = next(row for row in demo["accounts"] if row["role"] == role)
            page = _window(browser, args)
            _sign_in(page, account)
            _take(page, _pages_of(page, demo, account), args, role)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("base_url")
    parser.add_argument("--demo", type=Path, required=True)
    parser.add_argument("--only", default="", help="a part of the names")
    parser.add_argument("--german", action="store_true")
    return parser.parse_args()


def _window(browser: Browser, args) -> Page:
    locale = "de-DE" if args.german else "en-GB"
    context = browser.new_context(base_url=args.base_url.rstrip("/"), locale=locale)
    if args.german:
        context.add_cookies([{"name": "language", "value": "de", "url": args.base_url}])
    return context.new_page()


def _sign_in(page: Page, account: dict) -> None:
    page.goto(f"/{account['agency']}/accounts/login/")
    page.locator("[name=login]").fill(account["email"])
    page.locator("[name=password]").fill(account["password"])
    page.locator("main .btn--primary").click()
    for _try in range(3):
        page.locator("[name=token]").fill(_code(account["totp_secret"]))
        page.locator("main .btn--primary").click()
        if "second-factor" not in page.url:
            return
        time.sleep(31 - time.time() % 30)  # each code counts once: wait for the next
    raise SystemExit(f"{account['email']} could not sign in")


def _code(secret: str) -> str:
    oath = TOTP(base64.b32decode(secret))
    oath.time = time.time()
    return f"{oath.token():06d}"


def _pages_of(page: Page, demo: dict, account: dict) -> dict[str, str]:
    agency = f"/{account['agency']}/"
    clients = [row["slug"] for row in demo["clients"] if row["agency"] == account["agency"]]
    own = [slug for slug in account["clients"] if slug in clients] or clients
    pages = {name: agency + path for name, path in (ACCOUNT | STAFF).items()}
    pages |= {f"client-{name}": f"{agency}{own[0]}/{path}" for name, path in CLIENT.items()}
    for name, (path, link) in FIRST_ROWS.items():
        answer = page.goto(f"{agency}{own[0]}/{path}")
        first = page.locator(link).first
        if answer and answer.ok and first.count():
            pages[f"client-{name}"] = first.get_attribute("href") or ""
    return pages


def _take(page: Page, pages: dict[str, str], args, who: str) -> None:
    """Pictures of what is open to this person; pages that are not, are left out."""
    for name, path in pages.items():
        if args.only not in name or (answer := page.goto(path)) is None or (answer.status != 200 and name != "lost"):
            continue
        for size, width in SIZES.items():
            for scheme in SCHEMES:
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)
                page.wait_for_timeout(250)
                args.out.mkdir(parents=True, exist_ok=True)
                file = re.sub(r"\W+", "-", f"{who}-{name}-{size}-{scheme}")
                page.screenshot(path=args.out / f"{file}.png", full_page=True)


if __name__ == "__main__":
    main()
