"""The words of reminders, in the client's language unless the agency has its own, and to whom they go."""

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from invoices.models import Invoice, Reminder, ReminderTier
from invoices.payment_events import REMINDED
from invoices.readers import readers_by_client, readers_of
from portal.core.formats import format_date, format_money
from portal.files.models import File
from portal.mail.sending import queue
from portal.notifications import unsubscribing
from portal.notifications.mails import AUTOMATIC
from portal.notifications.models import Preference
from portal.tenancy.models import Agency, Member
from portal.tenancy.scope import agency_urls

PLACES = ("number", "open", "due", "fee")
"""What an agency's own text may name, in braces."""
STILL_OWED = "invoices.owed"
SUMS = ("open", "fee")
"""Not in a subject: it shows on locked screens, and in the list of mails to whoever sees no sums."""


def usual_words(tier: int) -> tuple[str, str]:
    """Heading and text in the language that is active."""
    return {
        1: (
            _("Reminder: invoice {number}"),
            _("Perhaps it was overlooked: invoice {number} was due on {due}, and {open} are still open."
              " If you have paid meanwhile, thank you."),
        ),
        2: (
            _("Overdue, second reminder: invoice {number}"),
            _("Invoice {number} was due on {due}, and we have not seen a payment of {open} yet."
              " Please pay within seven days, or tell us what is wrong with it."),
        ),
        3: (
            _("Overdue, last reminder: invoice {number}"),
            _("In spite of two reminders {open} of invoice {number}, due on {due}, are still open."
              " Please pay within seven days; otherwise we must take further steps."),
        ),
    }[tier]  # fmt: skip


def words_of(invoice: Invoice, tier: ReminderTier) -> tuple[str, str]:
    """Heading and text for this invoice, places filled."""
    with translation.override(invoice.language):
        heading, text = usual_words(tier.tier)
        said = {
            "number": invoice.number or "",
            "open": format_money(invoice.open_amount, invoice.currency),
            "due": format_date(invoice.due_on) if invoice.due_on else "",
            "fee": format_money(tier.fee, invoice.client.agency.currency),
        }
        text = tier.text or text
        if tier.fee and "{fee}" not in text:
            text += " " + _("We charge a fee of {fee} for this reminder.")
        plain = _filled(tier.heading or heading, said | dict.fromkeys(SUMS, ""))
        return " ".join(plain.split())[:160], _filled(text, said)


def _filled(text: str, said: dict[str, str]) -> str:
    for name in PLACES:
        text = text.replace("{" + name + "}", said[name])
    return text


def recipients_of(invoice: Invoice) -> tuple[list[Member], list[str]]:
    """Contacts to whom the client's money is open and who want this mail; without any, the address on the invoice."""
    people = readers_of(invoice.client)
    silent = _silent(people)
    people = [row for row in people if row.pk not in silent]
    address = invoice.buyer.get("email", "")
    return people, [] if people or not address else [address]


def clients_with_readers(agency_id: int, clients: Iterable[int]) -> set[int]:
    """Of these clients those with somebody who gets reminders; two queries."""
    pairs = readers_by_client(agency_id, clients)
    silent = _silent({member for _client, member in pairs})
    return {client for client, member in pairs if member not in silent}


def _silent(members: Iterable[Member | int]) -> set[int]:
    """Ids of those who have switched reminders off."""
    off = Preference.objects.filter(member__in=members, kind=REMINDED, email=False)
    return set(off.values_list("member_id", flat=True))


def write(
    reminder: Reminder, invoice: Invoice, paper: File, people: Iterable[Member], addresses: Iterable[str]
) -> None:
    """One mail to each, with the PDF."""
    agency = invoice.client.agency
    for member in people:
        _mail(agency, member.user.email, reminder, invoice, paper, member)
    for address in addresses:
        _mail(agency, address, reminder, invoice, paper, None)


def is_still_owed(ids: list[int]) -> bool:
    """A reminder, and the member whom it goes to: as much is open as it says, and the sums are still open to the reader."""
    reminder = Reminder.objects.select_related("invoice__client__agency").get(pk=ids[0])
    invoice = reminder.invoice
    if invoice.cancelled_at or invoice.open_amount != reminder.open_amount:
        return False
    people = Member.objects.admitted().filter(pk__in=ids[1:]).select_related("user", "agency", "role")
    return len(ids) == 1 or any(member.sees_area(invoice.client, "money") for member in people)


def _mail(agency: Agency, to: str, reminder: Reminder, invoice: Invoice, paper: File, member: Member | None) -> None:
    with translation.override(invoice.language), agency_urls(agency) as base:
        off_url = base + unsubscribing.path_for(member, {REMINDED}) if member else ""
        links = [{"url": off_url, "label": _("Switch these mails off")}] if member else []
        words: dict[str, Any] = {
            "agency": agency,
            "subject": reminder.heading,
            "heading": reminder.heading,
            "line": str(invoice.client),
            "text": reminder.text,
            "action_url": base + reverse("invoices:detail", args=[invoice.client.slug, invoice.pk]) if member else "",
            "action_label": _("Open it in the portal"),
            "why": _("You get this mail because the invoice is overdue. A payment ends the reminders."),
            "links": links,
        }
        text, html = (render_to_string(f"mail/base.{form}", words) for form in ("txt", "html"))
        headers = AUTOMATIC | (unsubscribing.headers(off_url) if member else {})
        asks = (STILL_OWED, [reminder.pk, *([member.pk] if member else [])])
        queue(agency, to, words["subject"], text, html, headers=headers, files=[paper], only_if=asks)
