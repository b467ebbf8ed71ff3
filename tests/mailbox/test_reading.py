"""Reading mails: list, reading pane, unread marks, original, letter icon."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from mailbox.models import MailRead
from mailbox.reading import ROWS
from mailbox.showing import original_of
from portal.audit.models import AuditEvent
from portal.core.context import tenant
from portal.events.models import Event
from portal.mail.addresses import address_for
from portal.mail.originals import for_outsiders
from portal.tenancy.models import Member
from tests.browse import browse_as, events_of, url
from tests.counting import queries_of


def page_of(member, *place) -> str:
    response = browse_as(member).get(url(*place))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_without_mails_the_page_says_what_to_do(anna, cast):
    page = page_of(anna, "mailbox:index", cast.acme)

    assert "No mails yet" in page
    assert address_for(cast.acme) in page


def test_reading_pane_shows_who_wrote_to_whom(anna, cast, mail):
    page = page_of(anna, "mailbox:detail", cast.acme, mail.pk)

    for words in ("katrin@client.example", "to Bence", "2 attachments", "Terms.txt", "Dear Bence"):
        assert words in page
    assert "Download the original" in page


def test_a_mail_is_unread_for_each_person_until_opened(anna, nora, cast, mail):
    assert 'class="is-unread"' in page_of(anna, "mailbox:index", cast.acme)

    page_of(anna, "mailbox:detail", cast.acme, mail.pk)
    page_of(anna, "mailbox:detail", cast.acme, mail.pk)

    assert 'class="is-unread"' not in page_of(anna, "mailbox:index", cast.acme)
    assert 'class="is-unread"' in page_of(nora, "mailbox:index", cast.acme)
    with tenant(cast.north.pk), transaction.atomic():
        assert MailRead.objects.filter(mail=mail).count() == 1


def test_older_mails_come_page_by_page_without_gap_or_repetition(anna, cast, deliver):
    for number in range(ROWS + 2):
        rows = deliver(Subject=f"Mail number {number:03}", Message_ID=f"<{number}@x>")
    browser, shown = browse_as(anna), []
    address = url("mailbox:index", cast.acme)

    first = browser.get(address)
    rest = browser.get(first.context["more_url"], headers={"HX-Request": "true"})

    for response in (first, rest):
        shown += [row.subject for row in response.context["rows"]]
    assert shown == [row.subject for row in reversed(rows)]
    assert rest.templates[0].name == "mailbox/_list.html"
    assert not rest.context["more_url"]


@pytest.mark.parametrize("word", ["", "x", "1-", "99999999999999999-1", "1-1;drop", "-5-5", "1_0-2"])
def test_a_position_that_is_none_shows_the_beginning_or_nothing_but_never_fails(anna, cast, mail, word):
    response = browse_as(anna).get(url("mailbox:index", cast.acme), {"after": word})

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("place", "queries"), [("mailbox:index", 11), ("mailbox:detail", 11), ("mailbox:files", 8), ("mailbox:answer", 11)]
)
def test_number_of_queries_does_not_grow_with_rows(anna, cast, deliver, place, queries):
    browser = browse_as(anna)

    first = deliver(files=[("a.txt", "text/plain", b"a")])[0]
    address = url(place, cast.acme, *([first.pk] if place.endswith(("detail", "answer")) else []))
    one = queries_of(browser, address)
    for number in (2, 3):
        deliver(files=[(f"{n}.txt", "text/plain", b"a%d" % n) for n in range(number)], Subject=f"Mail {number}")
    three = queries_of(browser, address)

    assert (len(one), len(three)) == (queries, queries), "\n".join(three)


def test_staff_download_the_original_and_it_is_logged(nora, cast, mail):
    address = url("mailbox:raw", cast.acme, mail.pk)

    response = browse_as(nora).get(address)

    assert response.content.startswith(b"From: Katrin Vogel")
    with tenant(cast.north.pk), transaction.atomic():
        logged = AuditEvent.objects.get(kind="mail.downloaded")
    assert (logged.user_id, logged.detail["mail"]) == (nora.user_id, mail.pk)
    assert response["Content-Type"] == "message/rfc822"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_whoever_sees_a_mail_has_its_original_without_what_only_the_agency_may_know(anna, bob, cast, deliver):
    told = {"Received": "from mx1.inner.example by mx2", "Bcc": "boss@north.example", "X_Original_To": "acme@x.example"}
    files = [("a.txt", "text/plain", b"Received: stays, for it is no header")]
    mail = deliver(files=files, **told)[-1]
    address = url("mailbox:raw", cast.acme, mail.pk)

    content = browse_as(anna).get(address).content

    assert b"Subject: Terms of delivery" in content
    assert content.endswith(original_of(mail)[-200:])
    for private in (b"mx1.inner", b"boss@north", b"X-Original-To"):
        assert private in original_of(mail)
        assert private not in content
    assert address in browse_as(anna).get(url("mailbox:detail", cast.acme, mail.pk)).content.decode()
    assert browse_as(bob).get(address).status_code == 404


def test_an_original_with_a_blocked_file_is_for_the_agency_alone(anna, nora, cast, deliver):
    mail = deliver(files=[("setup.exe", "application/octet-stream", b"MZ\x90\x00")])[-1]
    address = url("mailbox:raw", cast.acme, mail.pk)

    assert browse_as(anna).get(address).status_code == 404
    assert address not in browse_as(anna).get(url("mailbox:detail", cast.acme, mail.pk)).content.decode()
    assert browse_as(nora).get(address).status_code == 200


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_private_headers_are_found_however_they_are_written(end):
    head = [
        b"BCC : a@x",
        b" folded",
        b"From: k@client.example",
        b"Received: one",
        b"\ttwo",
        b"Subject: s",
        b"ARC-Seal: x",
    ]
    raw = end.join([*head, b"", b"Bcc: text", b""])

    assert for_outsiders(raw) == end.join([b"From: k@client.example", b"Subject: s", b"", b"Bcc: text", b""])
    assert for_outsiders(end.join(head)) == end.join([b"From: k@client.example", b"Subject: s", b""])


def test_attachments_are_downloads_and_can_be_looked_at(anna, cast, mail):
    with tenant(cast.north.pk), transaction.atomic():
        text, _picture = mail.attachments.order_by("pk")
    browser = browse_as(anna)

    download = browser.get(url("mailbox:attachment", cast.acme, mail.pk, text.pk))
    preview = browser.get(url("mailbox:preview", cast.acme, mail.pk, text.pk))

    assert b"".join(download.streaming_content) == b"31.5 kg"
    assert download["Content-Disposition"] == 'attachment; filename="Terms.txt"'
    assert b"31.5 kg" in preview.content


def test_an_attachment_of_another_mail_is_not_found(anna, cast, mail, deliver):
    other = deliver(files=[("b.txt", "text/plain", b"b")], Subject="Other")[-1]
    with tenant(cast.north.pk), transaction.atomic():
        foreign = other.attachments.get()

    assert browse_as(anna).get(url("mailbox:attachment", cast.acme, mail.pk, foreign.pk)).status_code == 404


def test_a_mail_that_could_not_be_read_says_so(anna, cast, deliver):
    broken = deliver(b"\x00\xff not a mail at all")[-1]

    page = page_of(anna, "mailbox:detail", cast.acme, broken.pk)

    assert "could not be read" in page
    assert "Unknown sender" in page


def test_who_is_told_and_on_which_side_it_stands(cast, deliver, anna):
    stranger = deliver()[-1]
    colleague = deliver(From=f"Anna <{anna.user.email.upper()}>")[-1]

    with tenant(cast.north.pk), transaction.atomic():
        first, second = Event.objects.filter(kind="mail.received").order_by("pk")
        told = [{member.pk for member in event.declared.told(event)} for event in (first, second)]
    assert events_of(stranger) == [("mail.received", None)]
    assert events_of(colleague) == [("mail.received", None)]
    assert (first.side, second.side) == ("agency", "client")
    assert told == [{cast.anna.pk, cast.olaf.pk, cast.pavel.pk}, {cast.olaf.pk, cast.pavel.pk}]
    assert first.title == "Mail from Katrin Vogel: Terms of delivery"


def test_letter_icon_is_for_those_who_see_the_mails(cast, anna, carl, vera, pavel, nora):
    address = address_for(cast.acme)

    def page(member):
        return browse_as(member).get(url("client_home", cast.acme)).content.decode()

    shown = {member.user.name.split()[0]: address in page(member) for member in (anna, carl, vera, pavel, nora)}

    assert shown == {"Anna": True, "Carl": False, "Vera": False, "Pavel": True, "Nora": True}


def test_mails_older_than_a_newcomer_are_nothing_new(anna, cast, mail):
    with tenant(cast.north.pk), transaction.atomic():
        Member.objects.filter(pk=anna.pk).update(joined_at=timezone.now() + timedelta(minutes=1))

    assert 'class="is-unread"' not in page_of(anna, "mailbox:index", cast.acme)
