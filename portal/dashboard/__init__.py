"""The start pages: what waits, what is new."""
