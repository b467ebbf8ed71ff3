"""The thin path: a mail comes through the SMTP door and stands on the page."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from mailbox.models import Mail, MailAttachment
from portal.core.context import tenant
from portal.events.models import Event
from portal.mail import processing
from portal.mail.addresses import address_for
from portal.mail.models import InboundMail
from tests.browse import browse_as, url
from tests.mail.makers import letter, raw_letter

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


def work_off(agency, *, at_once=False):
    """What the worker does with everything that waits."""
    with tenant(agency.pk), transaction.atomic():
        waiting = list(InboundMail.objects.undone().order_by("pk").values_list("pk", flat=True))

    def work(pk):
        try:
            processing.process(agency.pk, pk)
        finally:
            if at_once:
                connections.close_all()

    if at_once:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(work, waiting))
    else:
        for pk in waiting:
            work(pk)


def rows_of(agency, model=Mail):
    with tenant(agency.pk), transaction.atomic():
        return list(model.objects.order_by("pk"))


def test_a_mail_in_cc_stands_on_the_page_with_its_attachment(cast, door, anna):
    address = address_for(cast.acme)
    raw = raw_letter(to=address, files=[("Terms.txt", "text/plain", b"31.5 kg")])
    door.send(raw, address)
    work_off(cast.north)

    page = browse_as(anna).get(url("mailbox:index", cast.acme)).content.decode()

    for words in ("Katrin Vogel", "Terms of delivery", "Dear Bence", "1 file", "Terms.txt", address):
        assert words in page


def test_three_deliveries_are_one_mail(cast, door):
    address = address_for(cast.acme)
    mail = letter(to=address, files=[("Terms.csv", "text/csv", b"a;b\n1;2\n")])
    plain = mail.as_bytes()
    by_another_way = (
        b"Received: from relay.example by us; Thu, 19 Nov 2026 09:12:07 +0100\nReturn-Path: <k@x>\n" + plain
    )

    for raw in (plain, by_another_way, plain.replace(b"\n", b"\r\n")):
        door.send(raw, address)
        work_off(cast.north)

    assert len(rows_of(cast.north)) == 1
    assert len(rows_of(cast.north, MailAttachment)) == 1
    assert [event.kind for event in rows_of(cast.north, Event)] == ["mail.received"]
    assert len(rows_of(cast.north, InboundMail)) == 3


def test_32_deliveries_at_one_moment_are_one_mail(cast, door):
    address = address_for(cast.acme)
    for number in range(32):
        door.send(b"Received: by relay %d\n" % number + raw_letter(to=address), address)

    work_off(cast.north, at_once=True)

    assert len(rows_of(cast.north)) == 1
    assert all(mail.processed_at for mail in rows_of(cast.north, InboundMail))


def test_two_mails_that_share_a_message_id_are_two(cast, door):
    address = address_for(cast.acme)
    door.send(raw_letter(to=address), address)
    door.send(raw_letter(to=address, text="Something else\n"), address)
    work_off(cast.north)

    assert len(rows_of(cast.north)) == 2


def test_a_mail_to_two_clients_is_filed_for_both(cast, door):
    door.send(raw_letter(), address_for(cast.acme), address_for(cast.bolt))
    work_off(cast.north)

    assert {mail.client_id for mail in rows_of(cast.north)} == {cast.acme.pk, cast.bolt.pk}
    assert len(rows_of(cast.north, InboundMail)) == 1


def test_a_good_mail_after_a_bad_one_arrives(cast, door):
    address = address_for(cast.acme)
    bad = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\nContent-Type: message/rfc822\r\n\r\n" * 3000
    door.send(bad, address)
    door.send(raw_letter(to=address), address)
    work_off(cast.north)

    broken, good = rows_of(cast.north)
    assert broken.problem
    assert (good.problem, good.subject) == ("", "Terms of delivery")
