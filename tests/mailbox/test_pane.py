"""What the reading pane shows besides the words: marks, folded quotations, pictures by click, prints, files of all mails."""

from datetime import datetime

import pytest
from django.db import connection, transaction
from django.utils import timezone

from mailbox import frames
from mailbox.models import Mail
from mailbox.reading import ROWS, threads
from portal.core.context import tenant
from portal.mail.quotes import pieces
from tests.browse import browse_as, url
from tests.clock import the_agencys_clock  # noqa: F401, fixture
from tests.kept_plans import as_in_the_product
from tests.mailbox.conftest import PNG

QUOTES = {
    "en": "Fine with us.\n\nOn Thu, 19 Nov 2026 at 09:12, Anna <anna@acme.example> wrote:\n> Shall we begin?\n",
    "de": "Passt so.\n\nAm Do., 19. Nov. 2026 um 09:12 Uhr schrieb Anna <anna@acme.example>:\n> Shall we begin?\n",
    "nb": "Greit.\n\ntor. 19. nov. 2026 kl. 09:12 skrev Anna <anna@acme.example>:\n> Shall we begin?\n",
    "ru": "Согласны.\n\nчт, 19 нояб. 2026 г. в 09:12, Anna <anna@acme.example>:\n> Shall we begin?\n",
    "uk": "Гаразд.\n\nчт, 19 лист. 2026 р. о 09:12 Anna <anna@acme.example> пише:\n> Shall we begin?\n",
    "hu": "Rendben.\n\nAnna <anna@acme.example> ezt írta (időpont: 2026. nov. 19., Cs, 9:12):\n> Shall we begin?\n",
}


def pane_of(member, cast, mail, **asked) -> str:
    page = browse_as(member).get(url("mailbox:detail", cast.acme, mail.pk), asked).content.decode()
    return page.partition('<article class="mail-read')[2]


def change(mail, **values) -> Mail:
    with tenant(mail.agency_id), transaction.atomic():
        Mail.objects.filter(pk=mail.pk).update(**values)
    return mail


@pytest.mark.parametrize("language", QUOTES)
def test_quoted_text_is_found_in_six_languages(language):
    own, quoted = pieces(QUOTES[language])

    assert not own[0]
    assert quoted[0]
    assert "Anna" in quoted[1]
    assert "Shall we begin" not in own[1]
    assert f"{own[1]}\n{quoted[1]}" == QUOTES[language]


def test_quoted_text_is_folded_and_nothing_is_lost(cast, anna, deliver):
    pane = pane_of(anna, cast, deliver(text=QUOTES["de"])[-1])

    before, _fold, folded = pane.partition('<details class="mail-quote">')
    assert "Passt so." in before
    assert "Shall we begin?" in folded
    assert not any(is_quoted for is_quoted, _text in pieces("> all of it\n> is quoted\n"))


def test_quotations_in_the_frame_are_folded_from_outside():
    markup = "<p>Yes</p><blockquote>one<blockquote>two</blockquote></blockquote><p>end</p>"

    folded = frames.folded(markup)

    assert folded.count("<details>") == folded.count("</details>") == 1
    assert folded.replace("<details><summary>Quoted text</summary>", "").replace("</details>", "") == markup


def test_remote_images_come_by_click_and_in_that_frame_alone(cast, anna, deliver):
    mail = deliver(html='<p><img src="https://cdn.example/a.png" alt="x"></p>')[-1]
    browser, plain = browse_as(anna), url("mailbox:body", cast.acme, mail.pk)
    assert "?pictures=1" in pane_of(anna, cast, mail)
    assert url("mailbox:pictures", cast.acme, mail.pk) in pane_of(anna, cast, mail, pictures="1")

    closed, opened = browser.get(plain), browser.get(url("mailbox:pictures", cast.acme, mail.pk))

    assert ' src="https' not in closed.content.decode()
    assert "https:" not in closed["Content-Security-Policy"]
    assert ' src="https://cdn.example/a.png"' in opened.content.decode()
    policy = dict(part.split(" ", 1) for part in opened["Content-Security-Policy"].split("; "))
    assert sorted(policy["img-src"].split()) == ["data:", "https:"]
    assert policy["default-src"] == "'none'"
    assert "allow-scripts" not in policy["sandbox"]


def test_a_pixel_that_counts_readers_is_no_picture_to_be_shown(cast, anna, deliver):
    pixel = '<img src="https://x.list-manage.com/track/open.php?u=1" width="1" height="1">'
    picture = '<img src="https://cdn.example/a.png" alt="x">'

    alone = pane_of(anna, cast, deliver(html=f"<p>x</p>{pixel}", Message_ID="<1@x>")[-1])
    beside = pane_of(anna, cast, deliver(html=f"<p>x</p>{pixel}{picture}", Message_ID="<2@x>")[-1])

    assert "1 tracking pixel removed: Mailchimp" in alone
    assert "?pictures=1" not in alone
    assert "1 picture of another server was left out" in beside
    assert beside.index("?pictures=1") < beside.index("<iframe")


def test_the_pane_says_who_vouches_what_was_removed_and_what_it_carries(cast, anna, mail):
    change(
        mail,
        verdict="failed",
        html="<p>x</p>",
        trackers=["Mailchimp", "HubSpot"],
        calendar_line="Jour fixe, Thu 26 Nov, 10:00",
        forwarded="DPD · Rate card",
    )

    pane = pane_of(anna, cast, mail)

    assert "May be forged" in pane
    assert "2 tracking pixels removed: Mailchimp, HubSpot" in pane
    assert "Jour fixe, Thu 26 Nov, 10:00" in pane
    assert "Forwarded: DPD · Rate card" in pane
    assert "Sender confirmed" in pane_of(anna, cast, change(mail, verdict="verified"))
    assert "Sender not confirmed" in pane_of(anna, cast, change(mail, verdict="unverified"))


def test_a_mail_can_be_unread_again(cast, anna, nora, mail):
    browser, place = browse_as(anna), url("mailbox:index", cast.acme)
    browser.get(url("mailbox:detail", cast.acme, mail.pk))
    browse_as(nora).get(url("mailbox:detail", cast.acme, mail.pk))

    response = browser.post(url("mailbox:unread", cast.acme, mail.pk))

    assert response["Location"] == place
    assert browser.get(place).context["rows"][0].is_unread
    assert not browse_as(nora).get(place).context["rows"][0].is_unread


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"Terms of delivery", "About the shop"}),
        ({"q": "surcharge islands"}, {"About the shop"}),
        ({"sender": "Eirik"}, {"About the shop"}),
        ({"sender": "KATRIN@"}, {"Terms of delivery"}),
        ({"attached": "1"}, {"Terms of delivery"}),
        ({"unread": "1"}, {"Terms of delivery", "About the shop"}),
        ({"answered": "yes"}, set()),
        ({"answered": "no"}, {"Terms of delivery", "About the shop"}),
        ({"since": "2100-01-01"}, set()),
        ({"until": "2000-01-01"}, set()),
        ({"since": "2000-01-01", "until": "9999-12-31"}, {"Terms of delivery", "About the shop"}),
        ({"since": "nonsense", "project": "x"}, {"Terms of delivery", "About the shop"}),
    ],
)
def test_filters(cast, anna, mail, deliver, asked, expected):
    words = {
        "Subject": "About the shop",
        "From": "Eirik <eirik@fjord.example>",
        "text": "The islands cost a surcharge\n",
    }
    deliver(Message_ID="<shop@x>", **words)

    rows = browse_as(anna).get(url("mailbox:index", cast.acme), asked).context["rows"]

    assert {row.subject for row in rows} == expected


def test_the_project_filter_and_the_day_of_the_reader(cast, anna, mail, deliver):
    shop = deliver(project="shop", Subject="About the shop")[-1]
    today = timezone.localdate().isoformat()
    browser, place = browse_as(anna), url("mailbox:index", cast.acme)

    by_project = browser.get(place, {"project": cast.shop.pk}).context["rows"]
    of_today = browser.get(place, {"since": today, "until": today}).context["rows"]

    assert [row.subject for row in by_project] == [shop.subject]
    assert len(of_today) == 2


def test_filters_go_along_to_the_mail_and_its_neighbours(cast, anna, deliver):
    mails = [deliver(Subject=f"Mail {n}", Message_ID=f"<{n}@x>")[-1] for n in range(3)]
    browser = browse_as(anna)
    base = url("mailbox:index", cast.acme)

    context = browser.get(url("mailbox:detail", cast.acme, mails[1].pk), {"q": "Mail"}).context

    assert context["older"] == f"{base}{mails[0].pk}/?q=Mail"
    assert context["newer"] == f"{base}{mails[2].pk}/?q=Mail"


def test_files_of_all_mails_with_their_mail(cast, anna, vera, mail, deliver):
    deliver(project="shop", Subject="About the shop", files=[("Look.png", "image/png", PNG)])
    browser, place = browse_as(anna), url("mailbox:files", cast.acme)

    def names(**asked):
        return [row.file.name for row in browser.get(place, asked).context["rows"]]

    assert names() == ["Look.png", "Pixel.png", "Terms.txt"]
    assert names(kind="image") == ["Look.png", "Pixel.png"]
    assert names(kind="document") == ["Terms.txt"]
    assert names(q="look") == ["Look.png"]
    assert names(sender="nobody") == []
    assert [row.file.name for row in browse_as(vera).get(place).context["rows"]] == ["Look.png"]


def test_mail_and_thread_can_be_printed(cast, anna, mail, deliver):
    deliver(From="Bence <nora@nora.example>", Message_ID="<2@x>", In_Reply_To=mail.message_id, text="Thank you\n")
    browser, place = browse_as(anna), url("mailbox:print", cast.acme, mail.pk)

    one, whole = browser.get(place).content.decode(), browser.get(place, {"thread": "1"}).content.decode()

    assert "Dear Bence" in one
    assert "Terms.txt" in one
    assert "Thank you" not in one
    assert "Thank you" in whole


def test_the_list_of_many_mails_is_read_from_its_index(cast, anna, mail):
    """No page counts or sorts the client's mails: what costs 30 rows costs 30 rows among 3,000."""
    rows = """
        INSERT INTO mailbox_thread (agency_id, client_id, last_at, mail_count)
        SELECT %(agency)s, %(client)s, %(at)s - n * interval '1 minute', 1 FROM generate_series(1, 3000) n"""
    mails = """
        INSERT INTO mailbox_mail (agency_id, client_id, thread_id, inbound_id, content_key, message_id, "references", subject,
            from_name, from_address, "to", cc, received_at, snippet, text, html, remote_images, attachment_count, problem)
        SELECT t.agency_id, t.client_id, t.id, %(inbound)s, t.id, '', '[]', 'Mail', '', '', '[]', '[]', t.last_at, '', '', '',
            0, 0, '' FROM mailbox_thread t WHERE t.id <> %(thread)s AND t.agency_id = %(agency)s"""
    values = {"agency": mail.agency_id, "client": mail.client_id, "inbound": mail.inbound_id, "thread": mail.thread_id}
    with tenant(cast.north.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(rows, values | {"at": datetime(2026, 1, 1, tzinfo=timezone.get_current_timezone())})
        cursor.execute(mails, values)
        cursor.execute("SET LOCAL enable_seqscan = off")
        with as_in_the_product():
            plan = threads(anna, cast.acme).shown().order_by("-last_at", "-pk")[: ROWS + 1].explain(analyze=True)

    assert "thread_shown" in plan
    assert "Sort" not in plan.partition("SubPlan")[0]
