"""Who sees a mail: the client's people with the area, its providers, the agency; suppliers only those of shared projects."""

import pytest
from django.db import transaction

from mailbox.models import Mail, MailAttachment, MailRead
from portal.core.context import tenant
from portal.mail.models import ClientAddress, InboundMail, OutgoingMail
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url

SEES = {"anna": 200, "nora": 200, "olaf": 200, "rita": 200, "pavel": 200}
SEES_NOT = {"carl": 404, "bob": 404, "vera": 404, "fred": 404, "saul": 404, "sofia": 404}
VIEWS = ["detail", "body", "attachment", "preview"]


@pytest.fixture
def shop_mail(deliver):
    return deliver(project="shop", Subject="About the shop", files=[("shop.txt", "text/plain", b"shop")])[-1]


def attachment_of(mail) -> int:
    with tenant(mail.agency_id), transaction.atomic():
        return mail.attachments.order_by("pk").first().pk


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("name", "status"), [*SEES.items(), *SEES_NOT.items()])
def test_a_mail_of_the_client(cast, mail, view, name, status):
    parts = [mail.pk] + ([attachment_of(mail)] if view in ("attachment", "preview") else [])

    assert browse_as(getattr(cast, name)).get(url(f"mailbox:{view}", cast.acme, *parts)).status_code == status


@pytest.mark.parametrize("name", ["anna", "olaf"])
def test_a_number_that_no_mail_can_have_is_not_found(cast, name):
    browser, largest = browse_as(getattr(cast, name)), 2**63
    for view in ("detail", "body", "raw", "print", "answer"):
        assert browser.get(url(f"mailbox:{view}", cast.acme, largest)).status_code == 404, view


def test_a_stranger_is_asked_to_sign_in(cast, mail):
    assert browse_as(None).get(url("mailbox:detail", cast.acme, mail.pk)).status_code == 302


def test_a_supplier_sees_mails_of_the_shared_project_alone(cast, mail, shop_mail, vera):
    browser = browse_as(vera)

    page = browser.get(url("mailbox:index", cast.acme)).content.decode()

    assert "About the shop" in page
    assert "Terms of delivery" not in page
    assert browser.get(url("mailbox:attachment", cast.acme, shop_mail.pk, attachment_of(shop_mail))).status_code == 200
    assert browser.get(url("mailbox:detail", cast.acme, mail.pk)).status_code == 404


def test_the_list_is_closed_without_the_area(cast, mail, carl):
    assert browse_as(carl).get(url("mailbox:index", cast.acme)).status_code == 404


@pytest.mark.parametrize(
    ("name", "expected"),
    [("anna", 2), ("pavel", 2), ("vera", 1), ("nora", 2), ("carl", 0), ("bob", 0), ("saul", 0), ("sofia", 0)],
)
def test_the_database_itself_holds_back_what_is_not_theirs(cast, mail, shop_mail, name, expected):
    """The second wall: no filter at all, as if every view had forgotten it."""
    attachments = {2: 3, 1: 1, 0: 0}[expected]
    with acting_as(getattr(cast, name)), transaction.atomic():
        assert Mail.objects.count() == expected
        assert MailAttachment.objects.count() == attachments


@pytest.mark.parametrize("name", ["anna", "pavel", "vera", "saul"])
def test_raw_mails_and_outgoing_mails_are_the_agencys_alone(cast, mail, name):
    from portal.mail.sending import queue

    queue(cast.north, "a@b.example", "Subject", "Text")
    with acting_as(getattr(cast, name)), transaction.atomic():
        assert not InboundMail.objects.exists()
        assert not OutgoingMail.objects.exists()


def test_the_address_is_hidden_from_suppliers_and_other_clients(cast, mail):
    seen = {}
    for name in ("anna", "pavel", "nora", "vera", "carl", "bob", "saul"):
        with acting_as(getattr(cast, name)), transaction.atomic():
            seen[name] = ClientAddress.objects.filter(client_id=cast.acme.pk).count()
    assert seen == {"anna": 1, "pavel": 1, "nora": 1, "vera": 0, "carl": 0, "bob": 0, "saul": 0}


def test_read_marks_are_everybodys_own(cast, mail, anna, pavel):
    browse_as(anna).get(url("mailbox:detail", cast.acme, mail.pk))

    with acting_as(pavel), transaction.atomic():
        assert not MailRead.objects.exists()
    with acting_as(anna), transaction.atomic():
        assert MailRead.objects.count() == 1
