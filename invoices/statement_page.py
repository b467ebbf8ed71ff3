"""The statement of account in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from invoices.days import today_of
from invoices.models import may_settle
from invoices.statement import Account, Entry, Statement
from portal.core.formats import format_date, format_money
from portal.tenancy.models import Client, Member

EARLIEST = date(1990, 1, 1)


def asked_for(account: Account, query: Mapping[str, str]) -> Statement:
    """The period and the currency of the address; this year up to today, and the currency used last, where it says nothing good."""
    today, known = today_of(account.client.agency), account.currencies
    first = _day(query.get("from", "")) or today.replace(month=1, day=1)
    last = _day(query.get("to", "")) or today
    first, last = min(first, last), max(first, last)
    currency = query.get("currency", "")
    return account.statement(currency if currency in known else known[0], first, last)


def context_of(member: Member, client: Client, query: Mapping[str, str]) -> dict[str, Any]:
    account = Account.of(member, client)
    found = asked_for(account, query)
    query_now = {"from": f"{found.first}", "to": f"{found.last}", "currency": found.currency}
    base = reverse("settling:statement", args=[client.slug])
    return {
        "statement": found,
        **words_of(found),
        "periods": _periods(client, found, base),
        "currencies": [
            (f"{base}?{urlencode(query_now | {'currency': code})}", code, code == found.currency)
            for code in account.currencies
        ],
        "exports": [
            (form.upper(), f"{reverse(f'settling:{form}', args=[client.slug])}?{urlencode(query_now)}")
            for form in ("pdf", "xlsx", "csv")
        ],
        "may_settle": may_settle(member, client),
    }


def words_of(found: Statement) -> dict[str, Any]:
    """What page and PDF print."""

    def money(amount) -> str:
        return format_money(amount, found.currency)

    return {
        "period": f"{format_date(found.first)} – {format_date(found.last)}",
        "opening": money(found.opening),
        "closing": money(found.closing),
        "charged": money(found.charged),
        "paid": money(found.paid),
        "debit": money(found.debit),
        "credit": money(found.credit),
        "unused": money(found.unused) if found.unused > 0 else "",
        "ages": [(label, money(amount)) for label, amount in found.ages],
        "is_owed": found.closing > 0,
        "rows": [_row(entry, found, money) for entry in found.entries],
    }


def _row(entry: Entry, found: Statement, money) -> dict[str, str]:
    slug = found.client.slug
    url = reverse("settling:payment", args=[slug, entry.payment]) if entry.payment else ""
    if entry.invoice:
        url = reverse("invoices:detail", args=[slug, entry.invoice])
    return {
        "day": format_date(entry.on),
        "text": entry.text,
        "note": entry.note,
        "url": url,
        "charge": money(entry.amount) if entry.amount > 0 else "",
        "payment": money(-entry.amount) if entry.amount < 0 else "",
        "balance": money(entry.balance),
    }


def _periods(client: Client, found: Statement, base: str) -> list[tuple[str, str, bool]]:
    today = today_of(client.agency)
    spans = [
        (_("This year"), today.replace(month=1, day=1), today),
        (_("Last year"), date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        (_("Everything"), EARLIEST, today),
    ]
    return [
        (
            f"{base}?{urlencode({'from': f'{first}', 'to': f'{last}', 'currency': found.currency})}",
            label,
            (first, last) == (found.first, found.last),
        )
        for label, first, last in spans
    ]


def _day(text: str) -> date | None:
    try:
        return max(EARLIEST, date.fromisoformat(text))
    except ValueError:
        return None
