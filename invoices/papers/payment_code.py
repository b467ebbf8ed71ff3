"""The payment code of the European Payments Council: a banking app fills in name, account, amount and reference."""

from decimal import Decimal

from segno import helpers

from invoices.models import Invoice

LONGEST_NAME = 70


def payment_code(invoice: Invoice, amount: Decimal) -> str:
    """As SVG, black on what is behind it; "" when it cannot be paid so.

    That is: another currency, no account, nothing to pay, or what the code has no place for (a billion, a BIC that is none).
    """
    iban = invoice.seller.get("iban")
    if invoice.currency != "EUR" or invoice.is_credit or not iban or not amount:
        return ""
    name = invoice.seller["name"][:LONGEST_NAME]
    try:
        code = helpers.make_epc_qr(name, iban, amount, text=invoice.number, bic=invoice.seller.get("bic") or None)
    except ValueError:
        return ""
    return code.svg_inline(border=2, omitsize=True)
