"""Every write: drafts, issue, credit notes, settlement, papers, both sides."""
