"""A mail from the tab that does not arrive: its writer is told, once, and the thread waits again. By the real path of a bounce."""

import pytest

from portal.core.context import tenant
from portal.events import delivery as events
from portal.events.models import Event
from portal.mail import delivery, intake, tasks
from portal.notifications.models import Notification
from tests.browse import browse_as, url
from tests.mail.test_bounces import report
from tests.mailbox.conftest import thread_of
from tests.mailbox.test_writing import answer, delivered, mails_of

WORDS = "Mail did not reach gone@client.example: Re: Terms of delivery"


@pytest.fixture
def told(cast):
    """Whom the bell told of mails that came back: (who, in which words)."""

    def ask() -> list[tuple[int, str]]:
        with tenant(cast.north.pk):
            for event in Event.objects.filter(delivered_at=None, kind="mail.returned").order_by("pk"):
                events.deliver(event.pk)
            rows = Notification.objects.filter(kind="mail.returned").order_by("pk")
            return [(row.member_id, str(row.event.title)) for row in rows.select_related("event")]

    return ask


def come_back(cast, raw: bytes, to: str) -> None:
    """The other server's report arrives at the address from which the mail was sent."""
    for inbound_id in intake.accept(raw, intake.Envelope("", {to: cast.north.pk})):
        tasks.process(cast.north.pk, inbound_id)


def page_of(cast, member, row) -> str:
    return browse_as(member).get(url("mailbox:detail", cast.acme, row.pk)).content.decode()


@pytest.mark.parametrize("writer", ["nora", "anna"])
def test_the_writer_is_told_once_that_a_mail_came_back(cast, olaf, mail, told, writer, request):
    member = request.getfixturevalue(writer)
    answer(member, cast, mail, to=cast.olaf.user.email if writer == "anna" else "gone@client.example")
    row = mails_of(cast)[-1]
    sender = delivered(cast, row).from_email
    assert "Sent" in page_of(cast, member, row)

    for _time in range(2):
        come_back(cast, report(message_id=row.message_id), sender)

    assert told() == [(member.pk, WORDS)]
    assert "Came back: 550 5.1.1 No such user" in page_of(cast, member, row)
    assert thread_of(row).answered_at is None
    assert len(mails_of(cast)) == 2


def test_for_now_and_then_for_good_is_other_news(cast, nora, mail, told):
    answer(nora, cast, mail)
    row = mails_of(cast)[-1]
    sender = delivered(cast, row).from_email
    assert thread_of(row).answered_at

    come_back(cast, report(row.message_id, "delayed", "4.4.1", "smtp; 451 4.4.1 later", own="Still trying."), sender)
    assert thread_of(row).answered_at
    come_back(cast, report(row.message_id), sender)

    assert [member for member, _words in told()] == [nora.pk, nora.pk]
    assert thread_of(row).answered_at is None


def test_a_mail_that_the_next_server_refuses_for_good_is_told_too(cast, nora, mail, told, monkeypatch):
    answer(nora, cast, mail, to="gone@client.example")
    row = mails_of(cast)[-1]
    monkeypatch.setattr(delivery, "_message", _refuse)
    with tenant(cast.north.pk):
        delivery.deliver(row.outgoing_id)

    assert [member for member, _words in told()] == [nora.pk]
    assert "Refused: " in page_of(cast, nora, row)


def _refuse(mail):
    raise ValueError("an attachment is gone")
