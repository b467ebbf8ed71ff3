"""Mail of a demo installation lands in the outbox."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import clear_url_caches, include, path

from portal import urls_global
from portal.demo import outbox

pytestmark = pytest.mark.django_db(databases="__all__")
HTML = "<html><head></head><body><script>alert(1)</script><p>Grüße</p><a href='/x'>x</a></body></html>"


@pytest.fixture(autouse=True)
def _box(settings, tmp_path, monkeypatch):
    settings.OUTBOX_DIR = tmp_path / "outbox"
    with_outbox = [p for p in urls_global.urlpatterns if str(p.pattern) != "outbox/"]
    with_outbox.append(path("outbox/", include("portal.demo.urls")))
    monkeypatch.setattr(urls_global, "urlpatterns", with_outbox)
    clear_url_caches()
    yield
    monkeypatch.undo()
    clear_url_caches()


@pytest.fixture
def send():
    def _send(to="anna@acme.example", subject="Minutes of the call – Grüße", **fields):
        backend = get_connection("portal.demo.outbox.EmailBackend")
        mail = EmailMultiAlternatives(
            subject, "Hello, äöü", "North <hello@north.example>", [to], connection=backend, **fields
        )
        mail.attach_alternative(HTML, "text/html")
        mail.attach("Übersicht.pdf", b"%PDF-1.4 tiny", "application/pdf")
        assert mail.send() == 1
        return outbox.sent()[0]

    return _send


def test_programs_read_mails_as_json(send):
    send()
    [row] = Client().get("/outbox/", headers={"Accept": "application/json"}).json()

    assert (row["to"], row["subject"]) == (["anna@acme.example"], "Minutes of the call – Grüße")
    assert row["text"].strip() == "Hello, äöü"
    assert "Grüße" in row["html"]
    assert row["headers"]["From"] == "North <hello@north.example>"
    assert row["attachments"][0]["name"] == "Übersicht.pdf"
    assert b"Subject:" in Client().get(row["raw_url"]).content


def test_folded_subject_begins_with_its_first_word(send):
    send(subject="Donaudampfschifffahrtsgesellschaft" * 3 + " am Montag")
    [row] = Client().get("/outbox/", headers={"Accept": "application/json"}).json()

    assert row["subject"].startswith("Donau")


def test_list_is_filtered_by_recipient_blind_copies_included(send):
    send()
    send(to="bob@bolt.example", bcc=["Carl@Acme.example"])

    def to(address):
        return len(Client().get(f"/outbox/?to={address}", headers={"Accept": "application/json"}).json())

    assert [to("anna@acme.example"), to("carl@acme.example"), to("nobody@acme.example"), to("")] == [1, 1, 0, 2]


def test_blind_copies_are_not_in_the_headers_shown(send):
    send(bcc=["carl@acme.example"])
    [row] = Client().get("/outbox/", headers={"Accept": "application/json"}).json()
    assert "carl@acme.example" not in str(row["headers"])


def test_people_read_list_and_mail(send):
    mail = send()
    assert "Minutes of the call – Grüße" in Client().get("/outbox/").content.decode()
    page = Client().get(f"/outbox/{mail.id}/").content.decode()
    assert "Hello, äöü" in page
    assert "Übersicht.pdf" in page
    assert "alert(1)" not in page


def test_html_of_a_mail_runs_no_script_and_may_only_be_framed_here(send):
    response = Client().get(f"/outbox/{send().id}/html")
    csp = response["Content-Security-Policy"]
    assert csp.startswith("sandbox ")
    assert "allow-scripts" not in csp
    assert "default-src 'none'" in csp
    assert "frame-ancestors 'self'" in csp
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_attachment_is_a_download(send):
    response = Client().get(f"/outbox/{send().id}/attachments/0")
    assert response["Content-Disposition"].startswith("attachment")
    assert response.content == b"%PDF-1.4 tiny"


@pytest.mark.parametrize("path", ["..%2f..%2fetc", "00000000000000000000-0000000000000000", "x"])
def test_unknown_mail_is_404(path):
    assert Client().get(f"/outbox/{path}/raw").status_code == 404


def test_attachment_that_does_not_exist_is_404(send):
    assert Client().get(f"/outbox/{send().id}/attachments/7").status_code == 404


def test_only_the_newest_are_kept(send):
    ids = [send().id for _ in range(3)]
    outbox.prune(keep=2)
    assert [mail.id for mail in outbox.sent()] == [ids[2], ids[1]]


def test_no_mail_yet(settings):
    assert Client().get("/outbox/").status_code == 200
    assert outbox.sent() == []


def test_hostile_bytes_are_listed_all_the_same(send):
    outbox.put(
        b"X-Envelope-To: a@b.example\r\nSubject: =?utf-8?q?broken\xff\r\nContent-Type: text/plain; charset=nope\r\n\r\n\xff\xfe"
    )
    response = Client().get("/outbox/", headers={"Accept": "application/json"})
    assert len(response.json()) == 1
