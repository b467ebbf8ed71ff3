"""The agency follows what became of its mails, and finds the answers that were kept back."""

import smtplib
from datetime import timedelta
from email.utils import parseaddr
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from portal.core.context import tenant
from portal.mail import intake, processing
from portal.mail.models import MailReply, OutgoingMail
from portal.notifications import actions as notifications
from portal.notifications.models import Delivery
from portal.tenancy.models import Role
from tests.browse import browse_as, url
from tests.counting import queries_of
from tests.mail.makers import raw_letter
from tests.notifications.conftest import mail_all, mails_to


@pytest.fixture
def page(cast):
    """The words of the page as Olaf sees it."""

    def page(name="deliveries", **query):
        return browse_as(cast.olaf).get(url(f"notifications:{name}", cast.north), query).content.decode()

    return page


@pytest.fixture
def kept(cast, protocol, deliver, settings):
    """Mallory has answered in Anna's place."""
    deliver()
    to = parseaddr(mails_to(cast.anna)[0].reply_to)[1]
    raw = raw_letter(to=to, text="Send me the keys", From="Mallory <mallory@evil.example>", Subject="Re: Jour fixe")
    _arrives(raw, to, cast.north)
    with tenant(cast.north.pk):
        return MailReply.objects.get()


def _arrives(raw, to, agency) -> None:
    """As through the door, but inside the test's own transaction."""
    pk = intake._store(raw, intake.Envelope("mallory@evil.example", {to: agency.pk}), agency.pk)
    processing.process(agency.pk, pk)


def _mail(cast, **changes):
    with tenant(cast.north.pk):
        OutgoingMail.objects.filter(to=[cast.anna.user.email]).update(**changes)


def test_waiting_and_on_its_way(cast, protocol, tell, page):
    tell()
    with tenant(cast.north.pk):
        due = Delivery.objects.earliest("pk").due_at.astimezone(ZoneInfo("Europe/Berlin"))
    waiting = page()
    for words in ("Protocol: Jour fixe", "Acme", "Anna Example", "anna@anna.example", "Waits", f"until {due:%H:%M}"):
        assert words in waiting
    mail_all(cast.north)

    assert "On its way" in page()
    assert "Anna Example" not in page(which="waiting").partition("<main")[2]


def test_sent_failed_and_tried_again_with_reason_and_next_try(cast, protocol, deliver, page):
    deliver()
    error = f"{smtplib.SMTPRecipientsRefused.__name__}: unknown user"
    again_at = timezone.now() + timedelta(minutes=10)
    _mail(cast, attempts=3, last_error="TimeoutError: slow", next_try_at=again_at)
    assert "3 tries, next at" in page()
    assert "TimeoutError: slow" in page()

    _mail(cast, failed_at=timezone.now(), last_error=error)
    assert error in page(which="failed")
    assert "Olaf Example" not in page(which="failed").partition("<main")[2]

    _mail(cast, failed_at=None, sent_at=timezone.now(), last_error="")
    assert "Sent" in page(q="anna")
    assert "Olaf Example" not in page(q="anna").partition("<main")[2]
    assert "Nothing here" in page(q="nobody")


def test_what_went_out_in_one_mail_is_one_line(cast, write, deliver, page):
    write("First")
    write("Second")
    write("Third")
    deliver()

    shown = page(q="anna")
    assert "Protocol: First" in shown
    assert "and 2 more" in shown
    assert "Protocol: Second" not in shown


def test_left_out_because_it_was_read(cast, protocol, tell, page):
    tell()
    with tenant(cast.north.pk):
        notifications.mark_read(cast.anna)
    mail_all(cast.north)

    assert "read in the portal before" in page()


@pytest.mark.parametrize("who", ["anna", "nora", "rita", "vera", "saul"])
def test_others_do_not_follow_it(cast, protocol, deliver, who):
    deliver()
    browser = browse_as(getattr(cast, who))

    assert browser.get(url("notifications:deliveries", cast.north)).status_code == 404
    assert browser.get(url("notifications:replies", cast.north)).status_code == 404


def test_a_manager_without_the_client_does_not_see_its_mails(cast, protocol, deliver, kept):
    with tenant(cast.north.pk):
        keeper = Role.objects.create(
            agency=cast.north, kind="specialist", name="Keeper", code="keeper", permissions=["manage_agency"]
        )
        type(cast.fred).objects.filter(pk=cast.fred.pk).update(role=keeper)
    browser = browse_as(cast.fred)

    assert "Jour fixe" not in browser.get(url("notifications:deliveries", cast.north)).content.decode()
    assert "Mallory" not in browser.get(url("notifications:replies", cast.north)).content.decode()
    assert browser.get(url("notifications:reply_original", cast.north, kept.pk)).status_code == 404


def test_pages_follow_each_other(cast, write, tell):
    for _number in range(30):
        write()
    tell()
    browser, path = browse_as(cast.olaf), url("notifications:deliveries", cast.north)

    first = browser.get(path)
    second = browser.get(path + first.context["more"], headers={"HX-Request": "true"})

    assert [len(answer.context["lines"]) for answer in (first, second)] == [50, 10]
    assert second.templates[0].name == "notifications/_deliveries.html"


def test_the_list_of_three_asks_as_much_as_of_one(cast, write, deliver):
    browser, path = browse_as(cast.olaf), url("notifications:deliveries", cast.north)
    write()
    deliver()
    one = queries_of(browser, path)
    write()
    write()
    deliver()

    three = queries_of(browser, path)

    assert len(one) == len(three) <= 12, "\n".join(three)


# --- Answers kept back --------------------------------------------------------------------------------------------------


def test_an_answer_from_elsewhere_stands_out_until_somebody_has_looked(cast, kept, page):
    assert 'data-tone="warn">1</span>' in page()
    shown = page("replies")
    for words in ("Re: Jour fixe", "mallory@evil.example", "Anna Example", "Send me the keys", "another address"):
        assert words in shown

    browser = browse_as(cast.olaf)
    browser.post(url("notifications:settle_reply", cast.north, kept.pk))
    browser.post(url("notifications:settle_reply", cast.north, kept.pk))

    assert 'data-tone="warn">1</span>' not in page()
    assert "Send me the keys" in page("replies")


def test_its_original_can_be_taken_along(cast, kept):
    answer = browse_as(cast.olaf).get(url("notifications:reply_original", cast.north, kept.pk))

    assert answer["Content-Type"] == "message/rfc822"
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"Send me the keys" in answer.content


def test_what_was_taken_is_not_in_the_list(cast, protocol, deliver, page):
    deliver()
    to = parseaddr(mails_to(cast.anna)[0].reply_to)[1]
    _arrives(raw_letter(to=to, text="Fine.", From="anna@anna.example"), to, cast.north)

    with tenant(cast.north.pk):
        assert MailReply.objects.get().reason == ""
    assert "Nothing is kept back" in page("replies")
