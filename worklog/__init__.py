"""The work log: every minute worked, by whom, on what, and what came of it."""
