"""A payment in words."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from invoices.actions.paying import rest_of
from invoices.days import today_of
from invoices.models import Invoice, Payment
from portal.core.formats import format_date, format_datetime, format_money, format_number
from portal.core.money import rounded
from portal.tenancy.models import Member


def context_of(member: Member, payment: Payment) -> dict[str, Any]:
    """Four queries. Who paid from which account is for the agency."""
    rest = rest_of(payment)
    return {
        "payment": payment,
        "amount": format_money(payment.amount, payment.currency),
        "day": format_date(payment.paid_on),
        "books": _books(payment),
        "shares": [_share(payment, share) for share in payment.allocations.select_related("invoice").order_by("pk")],
        "refunds": [
            (format_date(row.refunded_on), row.reference, format_money(row.amount, payment.currency))
            for row in payment.refunds.order_by("pk")
        ],
        "rest": format_money(rest, payment.currency) if rest else "",
        "reversed": format_datetime(payment.reversed_at) if payment.reversed_at else "",
        "recorded": format_datetime(payment.recorded_at),
        "by_bank": payment.line_id is not None,
        "is_staff": member.is_specialist,
        "may_name": payment.can_be_managed_by(member),
        "may_manage": not payment.is_reversed and payment.can_be_managed_by(member),
    }


def _share(payment: Payment, share) -> dict[str, str]:
    return {
        "number": share.invoice.number,
        "title": share.invoice.title,
        "url": reverse("invoices:detail", args=[payment.client.slug, share.invoice_id]),
        "amount": format_money(share.amount, payment.currency),
    }


def _books(payment: Payment) -> dict[str, str] | None:
    """What it is in the agency's books, by which rate."""
    if payment.books_rate is None:
        return None
    books = payment.client.agency.currency
    return {
        "amount": format_money(rounded(payment.amount * payment.books_rate, books), books),
        "rate": format_number(payment.books_rate.normalize()),
        "day": format_date(payment.books_on) if payment.books_on else "",
        "source": payment.books_source,
    }


def initial_of(invoices: Iterable[Invoice], wanted: str) -> dict[str, Any]:
    """The form for this invoice: its sum, and that the payment is for it."""
    for row in invoices:
        if str(row.pk) == wanted:
            return {"amount": row.open_amount, "currency": row.currency, f"share_{row.pk}": row.open_amount}
    return {}


def back_of(payment: Payment) -> dict[str, Any]:
    return {"amount": rest_of(payment) or None, "on": today_of(payment.client.agency)}
