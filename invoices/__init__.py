"""Invoices: the document, its issue, its proof; once issued it never changes."""
