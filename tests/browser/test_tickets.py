"""Stories of tickets: asked from a phone, answered by mail, a vendor's part, a request for access, and a board without a mouse."""

import re

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from portal.core.context import tenant
from portal.mail.models import OutgoingMail
from portal.tenancy.models import Vendor
from tests.browse import browse_as
from tests.browser.windows import accessibility, overflow
from tests.mail.makers import raw_letter
from tests.tickets.makers import deliver, mails_to, open_for
from tickets import actions
from tickets.models import Comment, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]
TICKETS = "/north/acme/tickets/"


@pytest.fixture
def open_as(windows, worker):
    """A window of somebody who is signed in."""

    def open_as(member, **options) -> Page:
        cookies = browse_as(member).cookies
        return windows.open(cookies={name: cookie.value for name, cookie in cookies.items()}, **options)

    return open_as


@pytest.fixture
def ticket(cast):
    with transaction.atomic():
        return open_for(cast.acme, cast.anna, project=cast.shop, description="Sylt sees the mainland price")


def test_contact_asks_from_a_phone_and_answers_by_mail(cast, open_as, worker, door):
    anna = open_as(cast.anna, width=390)
    anna.goto(TICKETS)
    anna.get_by_role("link", name="New ticket").click()
    anna.get_by_label("In one sentence").fill("Wrong shipping cost")
    anna.get_by_label("What should happen?").fill("Sylt sees the mainland price")
    photo = {"name": "checkout.txt", "mimeType": "text/plain", "buffer": b"4.90"}
    anna.locator("input[type=file]").set_input_files(photo)
    anna.get_by_role("button", name="Send ticket").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text("Wrong shipping cost")
    expect(anna.get_by_text("Nobody yet.")).to_be_visible()
    assert accessibility(anna) == [] and overflow(anna, 360) == []

    nora = open_as(cast.nora)
    nora.goto(f"{TICKETS}1/")
    nora.get_by_role("button", name="Take it").click()
    nora.get_by_text("Reply to client").click()
    nora.get_by_label("Text").fill("Found it. Which terms are valid?")
    nora.get_by_role("textbox", name="Time").fill("0:25")
    nora.get_by_label("Kind of work").select_option("Development")
    nora.get_by_role("button", name="Send reply").click()
    expect(nora.get_by_role("region", name="Time")).to_contain_text("0:25")

    mail = _last_mail(cast, worker, cast.anna)
    assert "Which terms are valid?" in mail.text
    raw = raw_letter(
        to=mail.reply_to,
        text=f"Those of November.\n\nOn Friday North wrote:\n> {mail.text.splitlines()[0]}\n",
        From=f"Anna <{cast.anna.user.email}>",
        To=mail.reply_to,
        Cc=None,
        Subject=f"Re: {mail.subject}",
    )
    door.send(raw, re.search(r"<(.+)>", mail.reply_to)[1])
    worker.finish()

    nora.reload()
    answer = nora.locator("article.post").last
    expect(answer).to_contain_text("Those of November.")
    expect(answer).to_contain_text("by e-mail")
    expect(answer).not_to_contain_text("wrote")


def test_vendor_works_without_learning_the_clients_name(cast, open_as, ticket):
    with tenant(cast.north.pk), transaction.atomic():
        Vendor.objects.filter(pk=cast.supplier.pk).update(knows_client=False)
        actions.comment(ticket, by=cast.nora, text="He pays late", is_private=True)
    vera = open_as(cast.vera)
    vera.goto("/north/")
    vera.get_by_role("main").get_by_role("link", name="Shop").click()
    vera.get_by_role("main").get_by_role("link", name="Tickets").click()
    vera.get_by_role("link", name="Wrong shipping cost").click()
    expect(vera.get_by_role("navigation", name="Breadcrumb")).to_contain_text("Client ")
    expect(vera.locator("body")).not_to_contain_text("He pays late")
    expect(vera.locator("body")).not_to_contain_text("Acme")
    assert "acme" not in vera.url
    vera.get_by_text("Reply to client").click()
    vera.get_by_label("Text").fill("The table is mended")
    vera.get_by_role("button", name="Send reply").click()
    expect(vera.locator("article.post").last).to_contain_text("The table is mended")

    anna = open_as(cast.anna)
    anna.goto(f"{TICKETS}{ticket.number}/")
    expect(anna.locator("article.post").last).to_contain_text("Vega Studio")


@pytest.mark.parametrize("js", [True, False], ids=["with scripts", "without scripts"])
def test_access_is_asked_for_and_given_from_the_mail(js, cast, windows, open_as, worker):
    windows.expect_status(404)
    carl = open_as(cast.carl, js=js)
    carl.goto("/north/acme/protocols/")
    carl.get_by_label("Why do you need it?").fill("I take the minutes")
    carl.get_by_role("button", name="Ask for access").click()

    mail = _last_mail(cast, worker, cast.olaf)
    olaf = windows.open(js=js)
    olaf.goto("/" + re.search(r"http\S+/requests/by-mail/\S+/", mail.text)[0].split("/", 3)[3])
    expect(olaf.get_by_text("I take the minutes")).to_be_visible()
    olaf.get_by_role("button", name="Give access").click()
    expect(olaf.get_by_role("heading", name="Carl Example has access now")).to_be_visible()

    carl.goto("/north/acme/protocols/")
    expect(carl.get_by_role("heading", level=1)).to_have_text("Protocols")


def test_cards_move_by_mouse_by_menu_and_rows_by_keys(cast, open_as, ticket):
    nora = open_as(cast.nora)
    nora.goto(f"{TICKETS}board/")
    card = nora.locator(".board-card")
    card.drag_to(nora.locator("[data-stage=working]"))
    expect(nora.locator("[data-stage=working] .board-card")).to_have_count(1)
    nora.get_by_label("Move ACM-1").click()
    nora.locator("[data-stage=working]").get_by_role("button", name="Waiting for the client").click()
    expect(nora.locator("[data-stage=waiting] .board-card")).to_have_count(1)

    nora.goto(TICKETS)
    nora.keyboard.press("j")
    expect(nora.get_by_role("link", name="Wrong shipping cost")).to_be_focused()
    nora.keyboard.press("a")
    expect(nora.get_by_label("Hand over to")).to_be_focused()
    nora.get_by_label("Hand over to").select_option("Olaf Example")
    nora.get_by_role("button", name="Apply", exact=True).last.click()
    expect(nora.get_by_text("1 ticket changed")).to_be_visible()
    nora.keyboard.press("?")
    expect(nora.get_by_role("dialog", name="Keys on this page")).to_contain_text("Next ticket")
    with tenant(cast.north.pk), transaction.atomic():
        row = Ticket.objects.get()
        assert (row.stage, row.assignee_id) == ("waiting", cast.olaf.pk) and not Comment.objects.exists()


def test_board_is_worked_by_keys_alone(cast, open_as, ticket):
    with tenant(cast.north.pk), transaction.atomic():
        open_for(cast.acme, cast.anna, title="Second", project=cast.shop)
    nora = open_as(cast.nora)
    nora.goto(f"{TICKETS}board/")
    first, second = (nora.get_by_role("link", name=name) for name in ("Wrong shipping cost", "Second"))
    nora.keyboard.press("s")
    for key, focused in (("j", first), ("j", second), ("k", first), ("j", second)):
        nora.keyboard.press(key)
        expect(focused).to_be_focused()
    nora.keyboard.press("s")
    expect(nora.locator(".board-card", has=second).get_by_role("button", name="Accepted")).to_be_focused()
    nora.keyboard.press("Tab")
    nora.keyboard.press("Enter")
    expect(nora.locator("[data-stage=working] .board-card")).to_contain_text("Second")

    nora.keyboard.press("?")
    keys = nora.get_by_role("dialog", name="Keys on this page")
    for words in ("Next ticket", "Ticket before", "Move the ticket"):
        expect(keys).to_contain_text(words)
    nora.keyboard.press("Escape")
    nora.goto("/north/acme/tickets/projects/shop/")
    nora.keyboard.press("j")
    expect(nora.locator(".board-card a").first).to_be_focused()


def _last_mail(cast, worker, member) -> OutgoingMail:
    """What this person was told last, as soon as it is handed out."""
    worker.finish()
    with tenant(cast.north.pk), transaction.atomic():
        deliver(cast.north)
        return mails_to(OutgoingMail.objects.order_by("pk"), member)[-1]
