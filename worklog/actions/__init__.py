"""Every write of the work log."""
