"""The agency's own mailboxes: added, tested, paused and removed by whoever keeps the settings; the password is never shown."""

import json
from pathlib import Path

import pytest
from django.db import connections, transaction

from portal.core.context import tenant
from portal.mail.imap_hosts import Refused, addresses_of
from portal.mail.models import ImapMailbox
from portal.mail.sealing import Unreadable
from tests.browse import browse_as, url
from tests.counting import queries_of

PASSWORD = "secret & long ü"
FORM = {
    "host": "1.1.1.1",
    "port": "993",
    "security": "tls",
    "user": "portal@north.example",
    "password": PASSWORD,
    "folder": "INBOX",
    "done_folder": "",
}
HOSTS = Path(__file__).parents[1] / "mail" / "ssrf_hosts.json"


def mailboxes(agency) -> list[ImapMailbox]:
    with tenant(agency.pk), transaction.atomic():
        return list(ImapMailbox.objects.order_by("pk"))


def audited(agency) -> list[tuple]:
    sql = "SELECT kind, old::text, new::text, detail::text FROM audit.event WHERE agency_id = %s ORDER BY id DESC LIMIT 20"
    with tenant(agency.pk), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(sql, [agency.pk])
        return cursor.fetchall()


def test_owner_adds_a_mailbox_and_nobody_sees_the_password_again(olaf, north):
    answer = browse_as(olaf).post(url("people:mailboxes", north), FORM)

    (mailbox,) = mailboxes(north)
    page = browse_as(olaf).get(url("people:mailboxes", north)).content.decode()
    assert answer.status_code == 302
    assert (mailbox.user, mailbox.opened_password) == ("portal@north.example", PASSWORD)
    assert "secret" not in mailbox.password
    assert "portal@north.example" in page
    assert "secret" not in page
    assert mailbox.password not in page
    (line,) = [row for row in audited(north) if row[0] == "insert" and "portal@north" in row[2]]
    assert mailbox.password not in str(line)


def test_a_changed_key_still_opens_what_it_succeeds(olaf, north, settings):
    browse_as(olaf).post(url("people:mailboxes", north), FORM)
    (mailbox,) = mailboxes(north)

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60
    assert mailbox.opened_password == PASSWORD
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unreadable):
        _password = mailbox.opened_password


@pytest.mark.parametrize("host", [host for host, allowed in json.loads(HOSTS.read_text()) if not allowed])
def test_hosts_in_private_networks_are_refused(host):
    with pytest.raises((Refused, OSError)):
        addresses_of(host, 993)


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::1",
        "fe80::1",
        "100.64.0.1",
        "localhost",
        "239.255.255.250",
        "ff0e::1",
    ],
)
def test_more_hosts_of_ours_are_refused(host):
    with pytest.raises(Refused):
        addresses_of(host, 993)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "127.0.0.1"),
        ("host", "0x7f000001"),
        ("port", "0"),
        ("folder", "IN\nBOX"),
        ("password", "a\r\nb"),
        ("user", ""),
    ],
)
def test_wrong_value_gets_a_message_at_its_field(olaf, north, field, value):
    answer = browse_as(olaf).post(url("people:mailboxes", north), {**FORM, field: value})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert PASSWORD not in answer.content.decode()
    assert mailboxes(north) == []


def test_owner_pauses_resumes_and_removes_it_and_all_is_logged(olaf, north):
    browser = browse_as(olaf)
    browser.post(url("people:mailboxes", north), FORM)
    (mailbox,) = mailboxes(north)

    browser.post(url("people:pause_mailbox", north, mailbox.pk))
    assert mailboxes(north)[0].paused_at
    assert "Paused" in browser.get(url("people:mailboxes", north)).content.decode()
    browser.post(url("people:resume_mailbox", north, mailbox.pk))
    assert mailboxes(north)[0].paused_at is None
    browser.post(url("people:remove_mailbox", north, mailbox.pk))
    assert mailboxes(north) == []
    assert {"mailbox.paused", "mailbox.resumed", "delete", "insert"} <= {kind for kind, *_row in audited(north)}


def test_the_test_says_what_is_wrong(olaf, north):
    with tenant(north.pk), transaction.atomic():
        mailbox = ImapMailbox(agency=north, host="127.0.0.1", port=1, user="u")
        mailbox.set_password("p")
        mailbox.save()

    answer = browse_as(olaf).post(url("people:test_mailbox", north, mailbox.pk), follow=True)

    assert "private network" in answer.content.decode()


def test_the_same_mailbox_is_added_once(olaf, north):
    browser = browse_as(olaf)
    assert browser.post(url("people:mailboxes", north), FORM).status_code == 302
    assert browser.post(url("people:mailboxes", north), FORM).status_code == 422
    assert len(mailboxes(north)) == 1


def test_only_whoever_keeps_the_settings_gets_there(nora, anna, saul, olaf, north):
    browse_as(olaf).post(url("people:mailboxes", north), FORM)
    (mailbox,) = mailboxes(north)
    for member in (nora, anna, saul):
        assert browse_as(member).get(url("people:mailboxes", north)).status_code == 404
        assert browse_as(member).post(url("people:remove_mailbox", north, mailbox.pk)).status_code == 404
    assert len(mailboxes(north)) == 1


def test_the_page_asks_as_often_for_three_as_for_one(olaf, north):
    browser, counts = browse_as(olaf), []
    for number in range(3):
        browser.post(url("people:mailboxes", north), FORM | {"user": f"u{number}@north.example"})
        counts.append(len(queries_of(browser, url("people:mailboxes", north))))

    assert counts[0] == counts[2] <= 12
