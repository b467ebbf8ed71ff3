"""The client's window on what happened: two sides, late by the embargo."""
