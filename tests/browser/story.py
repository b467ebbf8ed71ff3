"""The path that everything else hangs on, step by step, with or without JavaScript."""

import re
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Locator, Page, expect

from portal.core.context import tenant
from portal.events.models import Event
from portal.mail.addresses import address_for
from tests.browser.entrance import code_of_app, mailed_code, type_code, type_password
from tests.mail.makers import raw_letter

TITLE, WORDS, ANSWER = "Kick-off in March", "The shop opens on 1 March.", "We can start a week earlier."
FILE, ATTACHMENT = b"Scope: 31.5 kg\n", b"Price per piece: 4.20\n"


class Story:
    """One telling; the test calls the steps in their order."""

    def __init__(self, cast, windows, worker, door, *, width: int, js: bool):
        self.cast, self.worker, self.door, self.js = cast, worker, door, js
        self.address = address_for(cast.acme)
        open_window = lambda: windows.open(width=width, js=js)  # noqa: E731
        self.nora, self.anna = open_window(), open_window()

    # --- The specialist ---

    def nora_signs_in(self, email: str) -> None:
        app = TOTPDevice.objects.create(user=self.cast.nora.user, name="app", confirmed=True)
        self.nora.goto("/north/")
        type_password(self.nora, email)
        type_code(self.nora, code_of_app(app))
        expect(self.nora).to_have_url(re.compile("/north/my-day/$"))

    def nora_publishes_a_protocol(self) -> None:
        page = self.nora
        go(page, "Clients")
        page.get_by_role("main").get_by_role("link", name="Acme").click()
        page.get_by_role("link", name="Write protocol").click()
        page.get_by_label("Topic", exact=True).fill(TITLE)
        page.get_by_role("textbox", name="Key points").fill(f"**{WORDS}**")
        page.get_by_role("radio", name="Call").check(force=True)
        page.locator("input[type=file]").set_input_files(
            {"name": "Scope.txt", "mimeType": "text/plain", "buffer": FILE}
        )
        page.get_by_role("button", name="Publish").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
        expect(page.get_by_role("link", name="Scope.txt").first).to_be_visible()
        self.worker.finish()

    # --- The mail ---

    def a_mail_arrives(self) -> None:
        raw = raw_letter(
            to=self.address,
            html="<p>Dear Bence, the <b>terms</b> are attached.</p>",
            files=[("Terms.txt", "text/plain", ATTACHMENT)],
        )
        self.door.send(raw, self.address)
        self.worker.finish()

    # --- The contact ---

    def anna_signs_in(self, email: str) -> None:
        self.anna.goto("/north/acme/")
        type_password(self.anna, email)
        expect(self.anna.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
        type_code(self.anna, mailed_code(email))
        expect(self.anna).to_have_url(re.compile("/north/acme/$"))

    def anna_reads_and_comments(self) -> None:
        page = self.anna
        go(page, "Protocols")
        page.get_by_role("link", name=TITLE).click()
        expect(page.get_by_text(WORDS)).to_be_visible()
        assert self._downloaded(page.get_by_role("link", name=re.compile("^Scope.txt"))) == FILE
        page.get_by_label("Your comment").fill(ANSWER)
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator(".post")).to_contain_text(ANSWER)
        expect(page.get_by_text("Comment sent")).to_be_visible()
        self.worker.finish()

    def anna_reads_the_mail(self) -> None:
        page = self.anna
        go(page, "Mails")
        page.get_by_role("link", name="Katrin Vogel").click()
        expect(page.get_by_role("heading", name="Terms of delivery")).to_be_visible()
        expect(page.frame_locator("iframe").get_by_text("the terms are attached")).to_be_visible()
        page.get_by_role("link", name=re.compile("^Terms.txt")).click()
        expect(page.get_by_text("Price per piece")).to_be_visible()
        assert self._downloaded(page.get_by_role("link", name="Download")) == ATTACHMENT

    def anna_waits_for_the_timeline(self) -> None:
        page = self.anna
        go(page, "Timeline")
        expect(page.get_by_role("heading", name="Nothing to see yet")).to_be_visible()
        with tenant(self.cast.north.pk), transaction.atomic():
            assert Event.objects.count() == 3
            Event.objects.update(visible_from=timezone.now() - timedelta(minutes=1))
        page.reload()
        expect(page.locator(".tl-item")).to_have_count(3)
        entry = page.locator(".tl-side[data-side=agency] .tl-item").filter(has_text=f"Protocol: {TITLE}")
        entry.locator("summary").click()
        if not self.js:
            entry.get_by_role("link", name="Open the details").click()
        expect(page.get_by_role("link", name=re.compile(f"^Open it.*{TITLE}"))).to_be_visible()
        expect(page.locator("main .facts")).to_contain_text("Nora Example")

    def anna_takes_the_address_along(self) -> None:
        page = self.anna
        menu = page.locator(".topbar details").filter(has=page.get_by_label("The portal’s e-mail address"))
        menu.locator("summary").click()
        field = menu.get_by_label("Inbound e-mail address")
        expect(field).to_have_value(self.address)
        expect(menu.get_by_role("link", name="Write an e-mail")).to_have_attribute(
            "href", re.compile(f"^mailto:.*{re.escape(self.address)}")
        )
        if self.js:
            page.context.grant_permissions(["clipboard-read", "clipboard-write"])
            expect(menu.get_by_label("Your own inbound address")).to_be_visible()
            menu.get_by_role("button", name="Copy").first.click()
            expect(page.get_by_text("Address copied")).to_be_visible()
            assert page.evaluate("navigator.clipboard.readText()") == self.address
        else:
            field.press("Control+a")
            assert field.evaluate("field => field.selectionEnd - field.selectionStart") == len(self.address)
        menu.locator("summary").click()

    def anna_changes_the_look(self) -> None:
        page = self.anna
        html = page.locator("html")
        account = page.locator("summary").filter(has_text="Account:")
        account.click()
        with page.expect_response(re.compile("/preferences/theme/$")):
            page.get_by_role("button", name="Dark", exact=True).click()
        expect(html).to_have_attribute("data-theme", "dark")
        page.reload()
        expect(html).to_have_attribute("data-theme", "dark")
        account.click()
        page.locator("summary").filter(has_text="Language").click()
        page.get_by_role("button", name="Deutsch").click()
        expect(html).to_have_attribute("lang", "de")

    @staticmethod
    def _downloaded(link: Locator) -> bytes:
        with link.page.expect_download() as waiting:
            link.click()
        return waiting.value.path().read_bytes()


def go(page: Page, label: str) -> None:
    """Through the menu, wherever it is at this width."""
    place = page.get_by_role("link", name=re.compile(rf"^{label}\b")).locator("visible=true")
    if not page.get_by_role("navigation").locator(place).count():
        page.get_by_role("button", name="Open menu").click()
    page.get_by_role("navigation").locator(place).first.click()
