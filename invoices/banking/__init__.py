"""Bank statements: read (CAMT.053, MT940) and matched with open invoices. Pure modules: no database, no network."""
