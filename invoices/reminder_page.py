"""Overdue invoices in words."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from invoices.actions.reminding import NothingToRemind, next_of, tiers_of
from invoices.days import today_of
from invoices.models import Invoice, Reminder, ReminderPolicy, ReminderTier
from invoices.reminder_letters import clients_with_readers, recipients_of
from invoices.showing import summed
from portal.core.formats import format_date, format_money, format_relative_day
from portal.tenancy.models import Agency, Member

MOST_SHOWN = 200


def context_of(member: Member, agency: Agency) -> dict[str, Any]:
    today, tiers = today_of(agency), tiers_of(agency.pk)
    overdue = Invoice.objects.visible_to(member).overdue(on=today).filter(issuer=None)
    found = list(
        overdue.select_related("client__agency").prefetch_related("reminders").order_by("due_on", "pk")[:MOST_SHOWN]
    )
    readers = clients_with_readers(agency.pk, {row.client_id for row in found})

    def reached(row: Invoice) -> bool:
        return row.client_id in readers or bool(row.buyer.get("email"))

    policy = ReminderPolicy.objects.filter(agency=agency).first()
    return {
        "rows": [_row(row, today, tiers, agency.currency, is_reached=reached(row)) for row in found],
        "sum": summed((row.open_amount, row.currency) for row in found),
        "is_automatic": policy is not None and policy.automatic_since is not None,
        "may_remind": member.can("write"),
        "may_rule": member.can("manage_agency"),
    }


def _row(row: Invoice, today, tiers, books: str, *, is_reached: bool) -> dict[str, Any]:
    sent = sorted(row.reminders.all(), key=lambda reminder: reminder.tier)
    step, late = next_of(row, sent, tiers), (today - row.due_on).days
    days = ngettext("%(days)d day overdue", "%(days)d days overdue", late) % {"days": late}
    return {
        "pk": row.pk,
        "client": row.client,
        "number": row.number,
        "url": reverse("invoices:detail", args=[row.client.slug, row.pk]),
        "days": days,
        "open": format_money(row.open_amount, row.currency),
        "sent": [
            _("Reminder %(tier)d on %(day)s") % {"tier": reminder.tier, "day": format_date(reminder.sent_at)}
            + _fee_words(reminder.fee, books)
            for reminder in sent
        ],
        "next": (_next_words(step, today) if is_reached else _("nobody to write to"))
        if step
        else _("All three were sent"),
        "tier": step[0].tier if step else None,
    }


def next_step(invoice: Any, today: date) -> dict[str, Any]:
    """What comes next for an overdue invoice that `whole` gave: tier, None when all were sent; words: for a button; goes: when
    it goes out, by itself or by hand. One query, three when it goes out by itself."""
    sent = [Reminder(tier=row["tier"], sent_at=datetime.fromisoformat(row["at"])) for row in invoice.found_reminders]
    step = next_of(invoice, sent, tiers_of(invoice.agency_id))
    if step is None:
        return {"tier": None, "words": "", "goes": _("All three reminders were sent.")}
    return {"tier": step[0].tier, "words": _next_words(step, today), "goes": _going(invoice, step, today)}


def _going(invoice: Any, step: tuple[ReminderTier, date], today: date) -> str:
    tier, day = step
    said = {"tier": tier.tier, "day": format_date(max(day, today))}
    if not invoice.is_automatic:
        return _("Reminder %(tier)d is to be sent by hand, from %(day)s on.") % said
    if not any(recipients_of(invoice)):
        return _("Reminder %(tier)d does not go out: there is nobody to write to.") % said
    return (
        _("Reminder %(tier)d goes out by itself on %(day)s") % said
        + _fee_words(tier.fee, invoice.client.agency.currency)
        + "."
    )


def reminded(tier: int, fee: Decimal, books: str) -> str:
    """ "Reminder 2 sent, with a fee of €5.00"."""
    return _("Reminder %(tier)d sent") % {"tier": tier} + _fee_words(fee, books)


def _fee_words(fee: Decimal, books: str) -> str:
    return _(", with a fee of %(sum)s") % {"sum": format_money(fee, books)} if fee else ""


def _next_words(step, today) -> str:
    tier, day = step
    when = _("due now") if day <= today else format_relative_day(day, today=today)
    return _("Reminder %(tier)d: %(when)s") % {"tier": tier.tier, "when": when}


def trouble_words(trouble: NothingToRemind) -> str:
    return {
        "paid": _("Nothing is open any more."),
        "early": _("It is not due yet."),
        "sent": _("This reminder was sent already."),
        "all": _("All three reminders were sent."),
        "paper": _("Its PDF is still being made. Try again in a minute."),
        "nobody": _(
            "There is nobody to write to: no contact sees the client's invoices, and the invoice has no address."
        ),
    }[trouble.code]
