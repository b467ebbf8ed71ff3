"""Stories of protocols: the absentee corrects, a contact writes on a phone or answers the mail, a meeting is run by the keyboard alone."""

import re
from datetime import UTC, datetime
from email.utils import parseaddr

import pytest
from django.db import transaction
from playwright.sync_api import expect

from portal.core import jobs
from portal.core.context import tenant
from protocols import actions
from tests.browse import browse_as
from tests.mail.makers import raw_letter
from tests.notifications.conftest import mail_all, mails_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]


PATH = "/north/acme/protocols/"
HELD = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch):
    """Unless there is a worker."""
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)


@pytest.fixture
def open_as(cast, windows):
    """A window of somebody who is signed in."""

    def open_as(member, **options):
        cookies = browse_as(member).cookies
        return windows.open(cookies={name: cookie.value for name, cookie in cookies.items()}, **options)

    return open_as


def _write(cast, title, *points, publish, **words):
    with tenant(cast.north.pk), transaction.atomic():
        contents = actions.Contents(points=[actions.Point(*point) for point in points], **words)
        facts = {"kind": "call", "title": title, "held_at": HELD}
        return actions.write(cast.acme, by=cast.nora, publish=publish, contents=contents, **facts)


@pytest.mark.parametrize("js", [True, False], ids=["with scripts", "without scripts"])
def test_absentee_reads_corrects_and_agrees(cast, open_as, js):
    notes = "First 60 products\n@anna fri look at the list"
    path = f"{PATH}{_write(cast, 'Missed call', ('Norway', notes), publish=True).number}/"
    anna = open_as(cast.anna, width=390, js=js)
    anna.goto(path)
    expect(anna.get_by_text("First 60 products")).to_be_visible()
    anna.get_by_role("radio", name="Correction").check(force=True)
    anna.get_by_role("combobox", name="About").select_option("Norway")
    anna.get_by_label("Your comment").fill("All 210 until Christmas")
    anna.get_by_role("button", name="Send", exact=True).click()
    expect(anna.get_by_text("Correction, open")).to_be_visible()

    nora = open_as(cast.nora, js=js)
    nora.goto(path)
    nora.get_by_role("link", name="Settle").click()
    nora.get_by_role("link", name="Change the protocol first").click()
    nora.get_by_label("Notes 1").fill("First 60 products, all 210 until Christmas\n@anna fri look at the list")
    nora.get_by_role("button", name="Save", exact=True).click()
    nora.get_by_role("link", name="Settle").click()
    nora.get_by_label("How").select_option("taken")
    nora.get_by_role("button", name="Settle").click()
    nora.get_by_role("link", name=re.compile("see what changed")).click()
    expect(nora.locator("ins").first).to_be_visible()

    anna.goto(path)
    anna.get_by_role("button", name="Done: look at the list").click()
    expect(anna.get_by_text("Done", exact=True).first).to_be_visible()
    anna.goto(path)
    anna.get_by_role("button", name="Accept").click()
    expect(anna.get_by_text("Agreed: accepted by Anna")).to_be_visible()


@pytest.mark.parametrize("js", [True, False], ids=["with scripts", "without scripts"])
def test_contact_writes_on_a_phone(cast, open_as, js):
    page = open_as(cast.anna, width=390, js=js)
    page.goto(PATH)
    page.get_by_role("link", name="New protocol").first.click()
    page.get_by_label("Topic", exact=True).fill("Delivery times")
    page.get_by_label("Agenda item 1").fill("Carrier")
    page.get_by_label("Notes 1").fill("! Six to nine days")
    if js:
        expect(page.get_by_role("list", name="Understood as").get_by_text("Decision")).to_be_visible()
        expect(page.get_by_text("Draft kept")).to_be_visible()
    page.get_by_role("button", name="Add an agenda item").click()
    page.get_by_label("Agenda item 2").fill("Islands")
    expect(page.get_by_label("Notes 1")).to_have_value("! Six to nine days")
    page.get_by_label("Notes 2").fill("? Who pays the ferry")
    if js:
        understood = page.get_by_role("list", name="Understood as")
        expect(understood.nth(1).get_by_text("Open question")).to_be_visible()
        expect(understood.get_by_text("Decision")).to_have_count(1)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delivery times")
    expect(page.get_by_role("heading", name="Decisions")).to_be_visible()
    expect(page.get_by_role("heading", name="Islands")).to_be_visible()


def test_meeting_is_run_by_the_keyboard(cast, open_as):
    draft = _write(cast, "Keyboard", ("Budget",), ("Norway",), publish=False)
    page = open_as(cast.nora)
    page.goto(f"{PATH}{draft.number}/minutes/")
    page.get_by_label("Notes on Budget").focus()
    page.keyboard.type("! Budget stays")
    expect(page.get_by_role("list", name="Understood as").first.get_by_text("Decision")).to_be_visible()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.type("? Who tells them")
    expect(page.get_by_text("Open question").first).to_be_visible()
    expect(page.get_by_text("Saved").nth(1)).to_be_visible()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.type("Newsletter")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Notes on Newsletter")).to_be_visible()

    page.get_by_label("Notes on Budget").focus()
    page.keyboard.press("Control+Shift+Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Keyboard")
    expect(page.get_by_role("heading", name="Decisions")).to_be_visible()
    expect(page.get_by_text("Budget stays").first).to_be_visible()


def test_the_answer_to_the_mail_stands_on_the_page(cast, open_as, worker, door):
    path = f"{PATH}{_write(cast, 'Carrier', ('Islands',), publish=True).number}/"
    worker.finish()
    with transaction.atomic():
        mail_all(cast.north)
        asked = mails_to(cast.anna)[-1]
    address = parseaddr(asked.reply_to)[1]
    quoted = "\n".join(f"> {line}" for line in asked.text.splitlines())

    text = f"We pay the ferry.\n\nOn Thu, 19 Nov 2026, North wrote:\n\n{quoted}\n"
    words = {"From": cast.anna.user.email, "In-Reply-To": asked.message_id, "Subject": f"Re: {asked.subject}"}
    door.send(raw_letter(to=address, text=text, **words), address, sender=cast.anna.user.email)
    worker.finish()

    nora = open_as(cast.nora)
    nora.goto(path)
    post = nora.locator(".post")
    expect(post).to_contain_text("Anna Example")
    expect(post).to_contain_text("by e-mail")
    expect(post.locator(".post-body")).to_have_text("We pay the ferry.")
