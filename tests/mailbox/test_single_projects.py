"""A contact to whom only one project is open: its mails, and nothing of the client's other ones."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from mailbox.models import Mail
from portal.core.context import tenant
from tests.browse import browse_as, url
from tests.limited import lena_in
from tests.mail.makers import raw_letter
from tests.mailbox.test_writing import WORDS


def test_she_reads_and_answers_mails_of_her_project(cast, deliver):
    lena = browse_as(lena_in(cast, cast.shop, level="comment"))
    other = deliver(Subject="For all")[-1]
    shop = deliver(raw_letter(Subject="For the shop", Message_ID="<two@x.example>"), project="shop")[-1]

    page = lena.get(url("mailbox:index", cast.acme)).content.decode()
    answers = [_answer(lena, cast, row).status_code for row in (other, shop)]

    assert "For the shop" in page and "For all" not in page
    assert answers == [404, 302]
    with tenant(cast.north.pk), transaction.atomic():
        row = Mail.objects.filter(client=cast.acme).latest("pk")
        assert (row.project_id, row.thread_id, row.attachments.count()) == (cast.shop.pk, shop.thread_id, 1)
    assert lena.get(url("mailbox:detail", cast.acme, row.pk)).status_code == 200
    assert lena.get(url("mailbox:detail", cast.acme, other.pk)).status_code == 404


def test_who_may_only_look_answers_nothing(cast, deliver):
    lena = browse_as(lena_in(cast, cast.shop, level="view"))
    shop = deliver(project="shop")[-1]

    assert lena.get(url("mailbox:detail", cast.acme, shop.pk)).status_code == 200
    assert lena.post(url("mailbox:answer", cast.acme, shop.pk), WORDS).status_code == 403


def _answer(browser, cast, mail):
    note = SimpleUploadedFile("Note.txt", b"31.5 kg", "text/plain")
    return browser.post(url("mailbox:answer", cast.acme, mail.pk), WORDS | {"uploads": note})
