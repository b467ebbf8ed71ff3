"""Every invariant of the money, asked of the database itself: each answers with nothing, or with what is wrong.

Each proof is SQL that gives rows (agency id, words); the last two need Python: rounding by currency, and the bytes of the papers.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db import connections, transaction

from invoices.models import Invoice, InvoiceDocument, InvoiceTax
from portal.core.money import rounded, smallest
from portal.files.storage import TROUBLE

PROOFS = {
    "numbers have no gap": """
        SELECT i.agency_id, format('%s%s: %s invoices, numbers %s to %s', i.series, i.year, count(*), min(i.sequence), max(i.sequence))
        FROM invoices_invoice i WHERE i.issued_at IS NOT NULL AND i.origin = 'portal' GROUP BY i.agency_id, i.series, i.year
        HAVING min(i.sequence) <> 1 OR max(i.sequence) <> count(*)""",
    "no number twice": """
        SELECT i.agency_id, format('%s is %s invoices', i.number, count(*)) FROM invoices_invoice i
         WHERE i.issued_at IS NOT NULL AND i.origin = 'portal'
        GROUP BY i.agency_id, i.number HAVING count(*) > 1""",
    "counters stand at the last number": """
        SELECT coalesce(c.agency_id, i.agency_id), format('%s%s: counter %s, last number %s',
          coalesce(c.series, i.series), coalesce(c.year, i.year), c.last, i.last)
        FROM invoices_invoicecounter c FULL JOIN (
          SELECT i.agency_id, i.series, i.year, max(i.sequence) AS last FROM invoices_invoice i
         WHERE i.issued_at IS NOT NULL AND i.origin = 'portal' GROUP BY 1, 2, 3
        ) i ON (i.agency_id, i.series, i.year) = (c.agency_id, c.series, c.year)
        WHERE coalesce(c.last, 0) <> coalesce(i.last, 0)""",
    "a number means issued": """
        SELECT i.agency_id, format('invoice %s: number %s, issued %s', i.id, i.number, i.issued_at) FROM invoices_invoice i
        WHERE (i.number IS NULL) <> (i.issued_at IS NULL)""",
    "total is net and tax": """
        SELECT i.agency_id, format('%s: %s is not %s and %s', coalesce(i.number, i.id::text), i.gross, i.net, i.vat)
        FROM invoices_invoice i WHERE i.gross <> i.net + i.vat OR i.net < 0 OR i.vat < 0""",
    "taxes add up to the total": """
        SELECT i.agency_id, format('%s: net %s and tax %s, its taxes say %s and %s', i.number, i.net, i.vat,
          coalesce(sum(t.taxable), 0), coalesce(sum(t.vat), 0))
        FROM invoices_invoice i LEFT JOIN invoices_invoicetax t ON t.invoice_id = i.id
         WHERE i.issued_at IS NOT NULL AND i.origin = 'portal' GROUP BY i.id
        HAVING i.net <> coalesce(sum(t.taxable), 0) OR i.vat <> coalesce(sum(t.vat), 0)""",
    "lines add up to their tax group": """
        SELECT i.agency_id, format('%s: lines of %s %s are %s, the tax says %s', i.number,
          coalesce(t.category, l.category), coalesce(t.rate, l.rate), l.net, t.lines_net)
        FROM (SELECT invoice_id, category, rate, lines_net, taxable, discount FROM invoices_invoicetax) t
        FULL JOIN (SELECT invoice_id, tax_category AS category, tax_rate AS rate, sum(net) AS net
          FROM invoices_invoiceline GROUP BY 1, 2, 3) l
          ON (l.invoice_id, l.category, l.rate) = (t.invoice_id, t.category, t.rate)
        JOIN invoices_invoice i ON i.id = coalesce(t.invoice_id, l.invoice_id) WHERE i.issued_at IS NOT NULL AND i.origin = 'portal'
        AND (coalesce(l.net, 0) <> coalesce(t.lines_net, 0) OR t.taxable <> t.lines_net - t.discount)""",
    "work adds up to its line": """
        SELECT i.agency_id, format('%s, line %s: %s, its work is %s', i.number, l.position, l.net, coalesce(sum(w.net), 0))
        FROM invoices_invoiceline l JOIN invoices_invoice i ON i.id = l.invoice_id
        LEFT JOIN invoices_linework w ON w.line_id = l.id
         WHERE i.issued_at IS NOT NULL AND i.origin = 'portal' AND l.source = 'work' GROUP BY i.id, l.id
        HAVING l.net <> coalesce(sum(w.net), 0) OR l.quantity <> coalesce(sum(w.minutes), 0)""",
    "no work behind lines by hand": """
        SELECT l.agency_id, format('line %s of invoice %s', l.position, l.invoice_id) FROM invoices_invoiceline l
        JOIN invoices_linework w ON w.line_id = l.id WHERE l.source = 'free' GROUP BY l.id""",
    "work is charged once": """
        SELECT w.agency_id, format('entry %s is on %s invoices', w.entry_id, count(*)) FROM invoices_linework w
        WHERE w.freed_at IS NULL GROUP BY w.agency_id, w.entry_id HAVING count(*) > 1""",
    "credit notes stay within their invoice": """
        SELECT i.agency_id, format('%s: %s taken back of %s', i.number, sum(c.gross), i.gross) FROM invoices_invoice c
        JOIN invoices_invoice i ON i.id = c.corrects_id WHERE c.issued_at IS NOT NULL GROUP BY i.id
        HAVING sum(c.gross) > i.gross OR bool_or(c.currency <> i.currency)
          OR (i.cancelled_at IS NOT NULL AND sum(c.gross) <> i.gross)""",
    "credit notes stay within the lines": """
        SELECT l.agency_id, format('invoice %s, line %s: %s for %s taken back of %s for %s', l.invoice_id, l.position,
          sum(c.quantity), sum(c.net), l.quantity, l.net)
        FROM invoices_invoiceline c JOIN invoices_invoiceline l ON l.id = c.takes_back_id JOIN invoices_invoice n ON n.id = c.invoice_id
        GROUP BY l.id HAVING bool_or(l.invoice_id IS DISTINCT FROM n.corrects_id)
          OR sum(c.quantity) NOT BETWEEN least(l.quantity, 0) AND greatest(l.quantity, 0)
          OR sum(c.net) NOT BETWEEN least(l.net, 0) AND greatest(l.net, 0)""",
    "settled is what the rows say": """
        SELECT i.agency_id, format('%s: settled %s, the rows say %s', coalesce(i.number, i.id::text),
          i.settled, invoices_settled(i.agency_id, i.id))
        FROM invoices_invoice i WHERE i.settled <> invoices_settled(i.agency_id, i.id)""",
    "a credit note is set off before anything is open": """
        SELECT i.agency_id, format('%s: %s open, while %s leaves %s', i.number, i.gross - i.settled, c.number, c.gross - c.settled)
        FROM invoices_invoice c JOIN invoices_invoice i ON i.id = c.corrects_id
        WHERE c.issued_at IS NOT NULL AND c.settled < c.gross AND i.settled < i.gross""",
    "no more goes back than came in": """
        SELECT n.agency_id, format('invoice %s: %s went back, %s came in', n.bill, sum(n.gone), max(n.came)) FROM (
          SELECT c.agency_id, c.corrects_id AS bill,
            coalesce((SELECT sum(r.amount) FROM invoices_refund r WHERE r.credit_id = c.id), 0)
              + coalesce((SELECT sum(s.amount) FROM invoices_setoff s
                WHERE s.credit_id = c.id AND s.invoice_id <> c.corrects_id), 0) AS gone,
            coalesce((SELECT sum(a.amount) FROM invoices_allocation a WHERE a.invoice_id = c.corrects_id), 0)
              + coalesce((SELECT sum(s.amount) FROM invoices_setoff s JOIN invoices_invoice o ON o.id = s.credit_id
                WHERE s.invoice_id = c.corrects_id AND o.corrects_id IS DISTINCT FROM c.corrects_id), 0) AS came
          FROM invoices_invoice c WHERE c.corrects_id IS NOT NULL) n
        GROUP BY n.agency_id, n.bill HAVING sum(n.gone) > max(n.came)""",
    "no more is settled than charged": """
        SELECT i.agency_id, format('%s: %s of %s', coalesce(i.number, i.id::text), invoices_settled(i.agency_id, i.id), i.gross)
        FROM invoices_invoice i WHERE invoices_settled(i.agency_id, i.id) > i.gross OR i.settled > i.gross OR i.settled < 0""",
    "paid means settled whole": """
        SELECT i.agency_id, format('%s: %s of %s, paid on %s', coalesce(i.number, i.id::text), i.settled, i.gross, i.settled_on)
        FROM invoices_invoice i WHERE i.issued_at IS NOT NULL AND (i.settled = i.gross) <> (i.settled_on IS NOT NULL)""",
    "no more is used than paid": """
        SELECT p.agency_id, format('payment %s: %s of %s', p.id, invoices_used(p.agency_id, p.id), p.amount) FROM invoices_payment p
        WHERE invoices_used(p.agency_id, p.id) > p.amount""",
    "payments are for their own client": """
        SELECT a.agency_id, format('payment %s, invoice %s', a.payment_id, i.number) FROM invoices_allocation a
        JOIN invoices_payment p ON p.id = a.payment_id JOIN invoices_invoice i ON i.id = a.invoice_id
        WHERE (p.agency_id, p.client_id, p.currency) IS DISTINCT FROM (i.agency_id, i.client_id, i.currency)
          OR p.issuer_id IS DISTINCT FROM i.issuer_id OR i.issued_at IS NULL OR i.kind <> 'invoice'""",
    "a reversed payment was not paid back": """
        SELECT p.agency_id, format('payment %s', p.id) FROM invoices_payment p JOIN invoices_refund r ON r.payment_id = p.id
        WHERE p.reversed_at IS NOT NULL GROUP BY p.id""",
    "a line of the bank is booked once": """
        SELECT p.agency_id, format('line %s: payments %s', p.line_id, string_agg(p.id::text, ', ')) FROM invoices_payment p
        JOIN invoices_bankline l ON l.id = p.line_id WHERE p.reversed_at IS NULL GROUP BY p.agency_id, p.line_id
        HAVING count(*) > 1 OR bool_or(p.currency = l.currency AND p.amount <> l.amount) OR bool_or(l.amount <= 0)""",
    "papers are printed within a day": """
        SELECT d.agency_id, format('%s, %s: tried %s times since %s', i.number, d.kind, d.tries, d.ordered_at::date)
        FROM invoices_invoicedocument d JOIN invoices_invoice i ON i.id = d.invoice_id
        WHERE d.file_id IS NULL AND d.tries > 0 AND d.ordered_at < now() - interval '1 day'""",
    "each reminder was sent once": """
        SELECT r.agency_id, format('invoice %s, reminder %s', r.invoice_id, r.tier) FROM invoices_reminder r
        GROUP BY r.agency_id, r.invoice_id, r.tier HAVING count(*) > 1""",
}


def register(proofs: dict[str, str]) -> None:
    """Called once by each app above that has something to prove, from its AppConfig.ready."""
    PROOFS.update(proofs)


def problems(using: str = "maint") -> Iterator[tuple[int, str, str]]:
    """(agency id, which invariant, what is wrong), through a role that sees all agencies."""
    with transaction.atomic(using=using):
        for name, sql in PROOFS.items():
            with connections[using].cursor() as cursor:
                cursor.execute(sql)
                found = cursor.fetchall()
            yield from ((agency_id, name, words) for agency_id, words in found)
        yield from _taxes(using)
        yield from _papers(using)


def _taxes(using: str) -> Iterator[tuple[int, str, str]]:
    """The tax of a rate, rounded once, half up, to the smallest part of its currency (EN 16931, BR-CO-17).

    Where several credit notes take back one invoice, each but the first may carry what rounding has left of those before.
    """
    notes = Invoice.objects.using(using).filter(corrects__isnull=False).values_list("corrects_id", flat=True)
    parts = Counter(notes.iterator())
    rows = InvoiceTax.objects.using(using).select_related("invoice").filter(invoice__issued_at__isnull=False)
    for row in rows.iterator():
        right = rounded(row.taxable * row.rate / 100, row.invoice.currency)
        slack = (parts[row.invoice.corrects_id] or 1) - 1
        if abs(row.vat - right) > slack * smallest(row.invoice.currency):
            words = f"{row.invoice.number}: {row.rate} % of {row.taxable} is {right}, not {row.vat}"
            yield row.agency_id, "tax is its rate of what is taxed", words


def _papers(using: str) -> Iterator[tuple[int, str, str]]:
    """The bytes in the storage are those that were made, byte by byte."""
    rows = InvoiceDocument.objects.using(using).filter(file__isnull=False).select_related("file", "invoice")
    for row in rows.iterator():
        found = _fingerprint(row.file.key)
        if not (found == row.sha256 == row.file.sha256):
            words = f"{row.invoice.number}, {row.kind}: {found or 'missing'}, made as {row.sha256}"
            yield row.agency_id, "papers are as they were made", words


def _fingerprint(key: str) -> str:
    digest = hashlib.sha256()
    try:
        with default_storage.open(key) as stored:
            while piece := stored.read(1024 * 1024):
                digest.update(piece)
    except (*TROUBLE, FileNotFoundError):
        return ""
    return digest.hexdigest()
