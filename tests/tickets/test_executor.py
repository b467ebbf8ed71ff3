"""Who works on a ticket: name, hours and phone for everybody who sees it, and words that reach that person at once."""

from portal.core.context import tenant
from portal.notifications.models import Delivery
from portal.tenancy.models import Member
from tests.browse import browse_as, url
from tests.tickets.makers import deliver, mails_to
from tickets import actions
from tickets.models import Comment


def test_contact_sees_name_hours_and_phone(cast, ticket):
    _give(cast, ticket, cast.nora)

    page = browse_as(cast.anna).get(_path(cast, ticket)).content.decode()

    assert "Nora Example" in page and 'href="tel:+49 40 1"' in page and "Hours this week" in page
    assert "Here" in page and "Mon" in page


def test_message_is_a_comment_and_reaches_the_executor_at_once(cast, ticket):
    _give(cast, ticket, cast.nora)
    assert "checked" in _box(browse_as(cast.anna).get(f"{_path(cast, ticket)}?direct").content.decode())

    browse_as(cast.anna).post(_path(cast, ticket, "comment"), {"text": "Where are you?", "direct": "on"})

    told = mails_to(deliver(cast.north), cast.nora)
    about = [mail for mail in told if "Where are you?" in mail.text]
    assert [mail.subject for mail in about] == ["For you: ACM-1 Wrong shipping cost"]
    assert "+" in about[0].reply_to
    with tenant(cast.north.pk):
        assert [said.text for said in Comment.objects.all()] == ["Where are you?"]
        assert Delivery.objects.filter(member=cast.nora, is_urgent=True).count() == 1


def test_private_message_stays_private(cast, ticket):
    _give(cast, ticket, cast.nora)

    data = {"text": "Zobel pays late", "direct": "on", "visibility": "private"}
    browse_as(cast.olaf).post(_path(cast, ticket, "comment"), data)

    mails = deliver(cast.north)
    assert any("Zobel" in mail.text for mail in mails_to(mails, cast.nora))
    assert not any("Zobel" in mail.text for who in (cast.anna, cast.vera) for mail in mails_to(mails, who))


def test_private_words_are_no_message_to_a_vendor_who_may_not_read_them(cast, ticket):
    _give(cast, ticket, cast.vera)

    data = {"text": "Zobel pays late", "direct": "on", "visibility": "private"}
    answer = browse_as(cast.nora).post(_path(cast, ticket, "comment"), data)

    assert answer.status_code == 422 and "does not read private notes" in answer.content.decode()
    with tenant(cast.north.pk):
        assert not Comment.objects.exists()


def test_nobody_is_offered_a_message_to_himself(cast, ticket):
    assert "?direct" not in browse_as(cast.anna).get(_path(cast, ticket)).content.decode()
    _give(cast, ticket, cast.nora)
    assert "?direct" not in browse_as(cast.nora).get(_path(cast, ticket)).content.decode()


def _give(cast, ticket, to) -> None:
    with tenant(cast.north.pk):
        Member.objects.filter(pk=to.pk).update(phone="+49 40 1")
        actions.assign(ticket, by=cast.olaf, to=to)


def _path(cast, ticket, name="detail") -> str:
    return url(f"tickets:{name}", cast.acme, ticket.number)


def _box(page: str) -> str:
    return page.partition('name="direct"')[2].partition(">")[0]
