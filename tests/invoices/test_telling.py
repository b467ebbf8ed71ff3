"""Who is told of an invoice: contacts who see sums, at once, without a sum in the mail; the account manager, when it was read."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from invoices.actions import crediting
from invoices.actions.drafting import Part
from invoices.models import Invoice
from portal.core.context import tenant
from portal.core.formats import format_date
from portal.events.models import Event
from portal.tenancy.models import ClientAccess, Role
from tests.browse import browse_as, events_of, url
from tests.notifications.conftest import deliver, mails_to

__all__ = ["deliver"]
CARE = Part("Care", Decimal(1), Decimal("1234.50"))


def test_contacts_with_the_area_are_told_and_no_sum_leaves(cast, issued, deliver):
    invoice = issued(CARE)
    told = {name for name, kind in deliver() if kind == "invoice.issued"}
    (mail,) = mails_to(cast.anna)

    assert told == {"Anna Example"}
    assert mail.subject == f"A new invoice: {invoice.number}"
    assert url("invoices:detail", cast.acme, invoice.pk) in mail.text
    assert "1234" not in mail.text.replace(",", "") and "1469" not in mail.html.replace(",", "")
    assert mails_to(cast.carl) == mails_to(cast.bob) == []


def test_the_mail_says_what_the_invoice_is_for_and_until_when_it_is_to_be_paid(cast, issued, deliver):
    invoice = issued(CARE, title="Care in November")
    deliver()
    (mail,) = mails_to(cast.anna)

    assert f"Care in November, due on {format_date(invoice.due_on)}" in mail.text
    assert "North" in mail.text and "Care in November" in mail.html


def test_whose_sums_are_closed_meanwhile_reads_nothing_of_it(cast, issued):
    invoice = issued(CARE, title="Care in November")
    with tenant(cast.north.pk):
        event = Event.objects.get(kind="invoice.issued", subject_id=invoice.pk)
        assert event.declared.quote(event, cast.anna).text.startswith("Care in November")
        assert [event.declared.quote(event, one) for one in (cast.carl, cast.bob, cast.vera)] == [None] * 3


def test_credit_note_is_told_too(cast, issued, deliver):
    crediting.credit(issued(CARE, title="Care in November"), by=cast.olaf, reason="Wrong month")

    assert ("Anna Example", "credit.issued") in deliver()
    assert any("Care in November, Wrong month" in mail.text for mail in mails_to(cast.anna))


def test_account_manager_hears_that_it_was_read_once(cast, issued, deliver):
    invoice = issued(CARE)
    for _time in range(2):
        browse_as(cast.anna).get(url("invoices:detail", cast.acme, invoice.pk))

    assert ("Olaf Example", "invoice.read") in deliver()
    browse_as(cast.olaf).get(url("invoices:detail", cast.acme, invoice.pk))
    with tenant(cast.north.pk):
        assert invoice.reads.count() == 1


def test_start_page_shows_what_is_to_be_paid(cast, issued, draft):
    today = timezone.localdate()
    late = issued(CARE, on=today - timedelta(days=40))
    issued(CARE), draft(CARE, title="Not yet")
    page = browse_as(cast.anna).get(url("client_home", cast.acme)).content.decode()

    assert "€2,938.12" in page
    assert late.number in page
    assert "Overdue" in page
    assert "Not yet" not in page
    for member in (cast.carl, cast.nora):
        assert "2,938" not in browse_as(member).get(url("client_home", cast.acme)).content.decode()


def test_menu_counts_what_is_open_for_whoever_sees_it(cast, issued):
    issued(CARE), issued(CARE)
    path = url("client_home", cast.acme)
    link = f'href="{url("invoices:index", cast.acme)}"'

    assert link in browse_as(cast.anna).get(path).content.decode()
    assert link not in browse_as(cast.carl).get(path).content.decode()
    assert link not in browse_as(cast.nora).get(path).content.decode()
    with tenant(cast.north.pk):
        Invoice.objects.update(settled=Decimal("1469.06"), settled_on=timezone.localdate())
    assert "Open invoices" not in browse_as(cast.anna).get(path).content.decode()


def test_only_the_first_contact_who_reads_is_told(cast, issued):
    invoice = issued(CARE)
    with tenant(cast.north.pk):
        ClientAccess.objects.filter(member=cast.carl, client=cast.acme).update(areas=["money"])
    for member in (cast.carl, cast.anna, cast.carl):
        browse_as(member).get(url("invoices:detail", cast.acme, invoice.pk))
    assert [kind for kind, _actor in events_of(invoice)] == ["invoice.issued", "invoice.read"]


def test_bookkeeper_sees_sums_and_changes_nothing(cast, issued, draft):
    invoice, unfinished = issued(CARE), draft(CARE)
    with tenant(cast.north.pk):
        cast.rita.role = Role.objects.get(agency=cast.north, code="bookkeeper")
        cast.rita.save()
    rita = browse_as(cast.rita)

    assert rita.get(url("invoices:detail", cast.acme, invoice.pk)).status_code == 200
    assert rita.get(url("invoice_desk:index", cast.north)).status_code == 200
    assert rita.get(url("invoices:edit", cast.acme, unfinished.pk)).status_code == 403
    for name, row in (("issue", unfinished), ("discard", unfinished), ("credit", invoice)):
        assert rita.post(url(f"invoices:{name}", cast.acme, row.pk), {"reason": "x"}).status_code == 403
