"""Tab Invoices."""
