"""Reminders: three tiers, each once, with the PDF and in the client's language, by hand or by themselves, ended by payment."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from invoices import tasks
from invoices.actions import paying, reminding
from invoices.actions.reminding import NothingToRemind
from invoices.models import Reminder, ReminderPolicy
from invoices.models.reminders import USUAL_DAYS
from invoices.statement import Account
from portal.core.context import tenant
from portal.events.models import Event
from portal.mail import delivery, leaving
from portal.mail.models import OutgoingMail
from portal.tenancy.models import Client, ClientAccess, Member, Role
from tests.browse import browse_as, events_of, url
from tests.counting import queries_of
from tests.invoices.bills import bill
from tests.invoices.conftest import rows

DUE = date(2026, 11, 16)


def at(day: date, hour: int = 11):
    return time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=UTC), tick=False)


def days_later(days: int, hour: int = 11):
    return at(DUE + timedelta(days=days), hour)


@pytest.fixture
def invoice(cast):
    with at(date(2026, 11, 2)):
        return bill(cast.acme, "119.00", by=cast.olaf, number="2026-0418")


@pytest.fixture
def automatic(cast):
    """North reminds by itself, with a fee for the second."""
    rules = [
        {"tier": tier, "days": days, "fee": 5 if tier == 2 else 0, "heading": "", "text": ""}
        for tier, days in USUAL_DAYS.items()
    ]
    with tenant(cast.north.pk):
        reminding.set_rules(cast.north, rules, by=cast.olaf, automatic=True)


@pytest.fixture
def morning(cast):
    """What the hourly task does on this day."""

    def morning(days, hour=11):
        with days_later(days, hour):
            for agency_id, invoice_id in reminding.due(using="default"):
                tasks.remind(agency_id, invoice_id)

    return morning


def sent(cast):
    with tenant(cast.north.pk):
        return rows(Reminder.objects.order_by("tier").values_list("tier", flat=True))


def mails(cast):
    with tenant(cast.north.pk):
        return rows(OutgoingMail.objects.filter(subject__icontains="reminder").order_by("pk"))


def test_each_tier_goes_out_on_its_day_and_once(cast, invoice, automatic, morning, in_north):
    story = []
    for days in (6, 7, 7, 8, 20, 21, 30, 35, 36, 90):
        morning(days)
        story.append(len(sent(cast)))
    assert story == [0, 1, 1, 1, 1, 2, 2, 3, 3, 3]
    assert [len(mail.files) for mail in mails(cast)] == [1, 1, 1]
    assert {tuple(mail.to) for mail in mails(cast)} == {(cast.anna.user.email,)}
    assert "€5.00" in mails(cast)[1].text
    assert "€5.00" not in mails(cast)[0].text


def test_a_reminder_leads_to_where_it_can_be_paid(cast, invoice, automatic, morning, in_north):
    """From the mail and from the bell: the page of the invoice has its PDF, the account, and the code to scan."""
    morning(7)
    page = url("invoices:detail", cast.acme, invoice.pk)
    (mail,) = mails(cast)

    assert page in mail.text and page in mail.html
    assert page.endswith(Event.objects.get(kind="invoice.reminded").path)
    with days_later(7):
        assert "Pay €119.00" in browse_as(cast.anna).get(page).content.decode()


def test_payment_ends_them(cast, invoice, automatic, morning, in_north):
    morning(7)
    paying.receive(cast.acme, {invoice: Decimal(119)}, by=cast.olaf, amount=Decimal(119), currency="EUR", paid_on=DUE)
    morning(21)
    assert sent(cast) == [1]


def test_what_is_still_open_is_reminded_of(cast, invoice, automatic, morning, in_north):
    paying.receive(cast.acme, {invoice: Decimal(100)}, by=cast.olaf, amount=Decimal(100), currency="EUR", paid_on=DUE)
    morning(7)
    assert "€19.00" in mails(cast)[0].text


def test_not_in_the_night_and_not_unless_the_agency_wants_it(cast, invoice, morning, in_north):
    morning(7)
    assert sent(cast) == []
    with tenant(cast.north.pk):
        ReminderPolicy.objects.create(agency=cast.north, automatic_since=datetime(2026, 1, 1, tzinfo=UTC))
    morning(7, hour=4)
    assert sent(cast) == []
    morning(7, hour=12)
    assert sent(cast) == [1]


def test_by_hand_at_once_and_the_next_one_keeps_its_distance(cast, invoice, automatic, morning, in_north):
    with days_later(12):
        reminding.remind(invoice, by=cast.olaf)
    morning(25)
    assert sent(cast) == [1]
    morning(26)
    assert sent(cast) == [1, 2]
    assert events_of(invoice)[-1] == ("invoice.reminded", None)


def test_what_cannot_be_reminded_of_is_said(cast, invoice, in_north):
    for days, code in ((-1, "early"),):
        with days_later(days), pytest.raises(NothingToRemind) as trouble:
            reminding.remind(invoice, by=cast.olaf)
        assert trouble.value.code == code
    with days_later(3), pytest.raises(PermissionDenied):
        reminding.remind(invoice, by=cast.nora)
    with days_later(3):
        for _tier in range(3):
            reminding.remind(invoice, by=cast.olaf)
        with pytest.raises(NothingToRemind) as trouble:
            reminding.remind(invoice, by=cast.olaf)
    assert trouble.value.code == "all"


def test_the_database_lets_no_tier_go_twice(cast, invoice, in_north):
    words = {"tier": 1, "fee": 0, "open_amount": 1, "heading": "x", "text": "x"}
    Reminder.objects.create(agency=cast.north, invoice=invoice, **words)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(agency=cast.north, invoice=invoice, **words)


def test_own_words_and_the_clients_language(cast, invoice, in_north):
    rules = [{"tier": tier, "days": days, "fee": 0, "heading": "", "text": ""} for tier, days in USUAL_DAYS.items()]
    rules[0] |= {"heading": "Na, {number}?", "text": "Noch {open} bis {due} & <b>bald</b>"}
    reminding.set_rules(cast.north, rules, by=cast.olaf, automatic=False)
    with days_later(2):
        reminding.remind(invoice, by=cast.olaf)
    (mail,) = rows(OutgoingMail.objects.filter(subject="Na, 2026-0418?"))
    assert "Noch €119.00 bis 16 Nov 2026" in mail.text
    assert "<b>bald</b>" not in mail.html


def test_on_the_page_by_hand(cast, invoice):
    with days_later(4):
        browser = browse_as(cast.olaf)
        page = browser.get(url("reminders:index", cast.north))
        assert "4 days overdue" in page.content.decode()
        back = browser.post(url("settling:remind", cast.acme, invoice.pk), {"tier": 1, "here": "1"})
        assert back.headers["Location"] == url("invoices:detail", cast.acme, invoice.pk), "where it was asked for"
        assert "Reminder 1 on 20 Nov 2026" in browser.get(url("reminders:index", cast.north)).content.decode()
    assert sent(cast) == [1]


def test_a_reminder_whose_pdf_is_missing_has_it_made(cast, issued):
    with at(date(2026, 11, 2)):
        invoice = issued()
    with days_later(4):
        with tenant(cast.north.pk):
            invoice.documents.update(next_try_at=timezone.now() + timedelta(days=3650))
        olaf, path = browse_as(cast.olaf), url("settling:remind", cast.acme, invoice.pk)
        assert "Its PDF is still being made" in olaf.post(path, {"tier": 1}, follow=True).content.decode()
        with tenant(cast.north.pk):
            document = invoice.documents.get()
        tasks.make_paper(cast.north.pk, document.pk)
        olaf.post(path, {"tier": 1})
    assert sent(cast) == [1]


def test_two_clicks_are_one_reminder(cast, invoice):
    with days_later(4):
        browser = browse_as(cast.olaf)
        assert 'name="tier" value="1"' in browser.get(url("reminders:index", cast.north)).content.decode()
        for data in ({"tier": "1"}, {"tier": "1"}, {}, {"tier": "3"}, {"tier": "²"}):
            answer = browser.post(url("settling:remind", cast.acme, invoice.pk), data, follow=True)
    assert sent(cast) == [1]
    assert "This reminder was sent already." in answer.content.decode()


def test_the_invoice_says_which_reminder_comes_next_and_sends_only_that(cast, issued):
    with at(date(2026, 11, 2)):
        invoice = issued()
    browser, page = browse_as(cast.olaf), url("invoices:detail", cast.acme, invoice.pk)
    with days_later(4):
        assert "Reminder 1: in 3 days" in browser.get(page).content.decode()
        assert 'name="tier" value="1"' in browser.get(page).content.decode()
        assert "Reminder 1:" not in browse_as(cast.anna).get(page).content.decode()


def test_what_happened_stands_in_the_order_in_which_it_did(cast, invoice):
    page = url("invoices:detail", cast.acme, invoice.pk)
    with days_later(4):
        browse_as(cast.olaf).post(url("settling:remind", cast.acme, invoice.pk), {"tier": 1})
    with days_later(5):
        browse_as(cast.anna).get(page)
    with days_later(6):
        browse_as(cast.olaf).post(url("settling:remind", cast.acme, invoice.pk), {"tier": 2})
        told = [words for words, *_rest in browse_as(cast.olaf).get(page).context["history"]]
    assert told == ["Issued", "Reminder 1 sent", "Read by Anna Example", "Reminder 2 sent"]


def test_no_sum_stands_in_the_subject_of_a_mail(cast, invoice, in_north):
    """Subjects show on locked screens, and in the list of mails to staff who see no sums."""
    rules = [{"tier": tier, "days": days, "fee": 5, "heading": "", "text": ""} for tier, days in USUAL_DAYS.items()]
    rules[0]["heading"] = "{open} and {fee} of {number}, due {due}"
    reminding.set_rules(cast.north, rules, by=cast.olaf, automatic=False)
    with days_later(2):
        reminding.remind(invoice, by=cast.olaf)
    (mail,) = rows(OutgoingMail.objects.filter(subject__contains="0418"))
    assert mail.subject == "and of 2026-0418, due 16 Nov 2026"
    assert "€5.00" in mail.text


def test_a_subject_with_a_sum_is_refused_where_it_is_typed(cast):
    fields = {f"days_{tier}": days for tier, days in USUAL_DAYS.items()} | {"heading_2": "Pay {open}"}
    answer = browse_as(cast.olaf).post(url("reminders:rules", cast.north), fields)
    assert list(answer.context["form"].errors) == ["heading_2"]


def test_a_fee_that_was_named_stands_on_the_page(cast, invoice, automatic, morning):
    with tenant(cast.north.pk):
        morning(7), morning(21)
    with days_later(22):
        assert "fee of €5.00" in browse_as(cast.olaf).get(url("reminders:index", cast.north)).content.decode()
        told = browse_as(cast.anna).get(url("invoices:detail", cast.acme, invoice.pk)).context["history"]
    assert [words for words, *_rest in told if "fee" in words] == ["Reminder 2 sent, with a fee of €5.00"]


def test_a_fee_stands_in_the_statement_and_moves_nothing(cast, invoice, automatic, morning):
    with tenant(cast.north.pk):
        morning(7), morning(21)
        found = Account.of(cast.olaf, cast.acme).statement("EUR", date(2026, 1, 1), date(2026, 12, 31))
    told = [(entry.on, entry.text, entry.amount) for entry in found.entries[1:]]
    assert told == [(date(2026, 12, 7), "Reminder 2 of 2026-0418", 0)], "the first one had no fee"
    assert found.closing == sum(amount for _label, amount in found.ages) == Decimal(119)
    page = "?from=2026-01-01&to=2026-12-31"
    text = browse_as(cast.anna).get(url("settling:statement", cast.acme) + page).content.decode()
    assert "Fee of €5.00, not in the balance" in text
    csv = browse_as(cast.anna).get(url("settling:csv", cast.acme) + page).content.decode()
    (line,) = [line for line in csv.splitlines() if "Reminder 2" in line]
    assert line.endswith(",,,119.00,EUR")


def test_second_and_later_reminders_say_overdue_in_the_subject(cast, invoice, automatic, morning):
    with tenant(cast.north.pk):
        morning(7), morning(21), morning(35)
    assert [mail.subject for mail in mails(cast)] == [
        "Reminder: invoice 2026-0418",
        "Overdue, second reminder: invoice 2026-0418",
        "Overdue, last reminder: invoice 2026-0418",
    ]


def test_an_overdue_invoice_tells_the_agency_when_the_next_reminder_goes(cast, invoice, automatic, morning):
    page = url("invoices:detail", cast.acme, invoice.pk)
    with days_later(4):
        assert "Reminder 1 goes out by itself on 23 Nov 2026." in browse_as(cast.olaf).get(page).content.decode()
        assert len(queries_of(browse_as(cast.olaf), page)) == 11
        assert "goes out by itself" not in browse_as(cast.anna).get(page).content.decode()
    with tenant(cast.north.pk):
        morning(7)
        ReminderPolicy.objects.update(automatic_since=None)
    with days_later(8):
        words = "Reminder 2 is to be sent by hand, from 7 Dec 2026 on."
        assert words in browse_as(cast.olaf).get(page).content.decode()
    with tenant(cast.north.pk):
        ReminderPolicy.objects.update(automatic_since=datetime(2026, 1, 1, tzinfo=UTC))
        morning(21), morning(35)
    with days_later(36):
        assert "All three reminders were sent." in browse_as(cast.olaf).get(page).content.decode()


def test_of_a_client_in_the_archive_reminders_are_sent_by_hand(cast, invoice, automatic, morning):
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(archived_at=datetime(2026, 11, 17, tzinfo=UTC))
        morning(8)
    assert sent(cast) == []
    with days_later(8):
        page = browse_as(cast.olaf).get(url("invoices:detail", cast.acme, invoice.pk)).content.decode()
    assert "Reminder 1 is to be sent by hand, from 24 Nov 2026 on." in page


@pytest.mark.parametrize("meanwhile", ["no area", "last day"])
def test_a_reminder_that_reaches_nobody_says_so_on_the_list(cast, invoice, automatic, morning, meanwhile):
    page, browser = url("reminders:index", cast.north), browse_as(cast.olaf)
    with days_later(8):
        assert "due now" in browser.get(page).content.decode()
        with tenant(cast.north.pk):
            if meanwhile == "no area":
                ClientAccess.objects.filter(client=cast.acme).update(areas=["work"])
            else:
                Client.objects.filter(pk=cast.acme.pk).update(access_until=DUE)
            morning(8)
        assert sent(cast) == []
        text = browser.get(page).content.decode()
    assert "nobody to write to" in text
    assert "due now" not in text


def test_whose_account_is_locked_is_sent_no_invoice(cast, invoice):
    """Whoever runs the installation locks accounts that are in the wrong hands; places go on."""
    type(cast.anna.user).objects.filter(pk=cast.anna.user_id).update(is_active=False)
    with days_later(3), tenant(cast.north.pk), pytest.raises(NothingToRemind) as trouble:
        reminding.remind(invoice, by=cast.olaf)
    assert (trouble.value.code, mails(cast)) == ("nobody", [])


@pytest.mark.parametrize("meanwhile", ["nothing", "paid in part", "access ended", "left", "locked"])
def test_a_reminder_that_is_late_leaves_only_if_it_is_still_so(cast, invoice, meanwhile):
    """The relay was down for two days after it was queued."""
    with days_later(3), tenant(cast.north.pk):
        reminding.remind(invoice, by=cast.olaf)
        (mail,) = mails(cast)
        if meanwhile == "paid in part":
            sums = {"amount": Decimal(100), "currency": "EUR", "paid_on": DUE}
            paying.receive(cast.acme, {invoice: Decimal(100)}, by=cast.olaf, **sums)
        if meanwhile == "access ended":
            ClientAccess.objects.filter(member=cast.anna).update(areas=["work"])
        if meanwhile == "left":
            Member.objects.filter(pk=cast.anna.pk).update(ended_at=datetime(2026, 11, 19, tzinfo=UTC))
        if meanwhile == "locked":
            type(cast.anna.user).objects.filter(pk=cast.anna.user_id).update(is_active=False)
    with days_later(5), tenant(cast.north.pk):
        django_mail.outbox.clear()
        delivery.deliver(mail.pk)
        (late,) = mails(cast)
    assert len(django_mail.outbox) == (meanwhile == "nothing")
    assert bool(late.sent_at) == (meanwhile == "nothing")
    assert (late.last_error == leaving.DROPPED) == (meanwhile != "nothing")


def test_rules_are_the_owners(cast):
    browser, address = browse_as(cast.olaf), url("reminders:rules", cast.north)
    fields = {f"days_{tier}": days for tier, days in USUAL_DAYS.items()}
    assert browser.post(address, fields | {"days_2": "3"}).status_code == 422
    assert browser.post(address, fields | {"automatic": "on", "fee_3": "12,50"}).status_code == 302
    page = browser.get(address).content.decode()
    assert 'value="12.50"' in page
    assert browse_as(cast.nora).get(address).status_code == 404
    with tenant(cast.north.pk):
        cast.rita.role = Role.objects.get(agency=cast.north, code="bookkeeper")
        cast.rita.save()
    assert browse_as(cast.rita).get(address).status_code == 403, "whoever may not save is not shown the form"
