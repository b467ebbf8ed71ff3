"""What invoices say of the work behind them is what the work log says: asked by check_money with all other invariants.

Results that waited with a held-back activity when it was issued are on no invoice. What is released early is dated a little before
its release (portal.events.embargo), hence the hour.
"""

STANDING = """invoices_linework w JOIN invoices_invoice i ON i.id = w.invoice_id AND i.issued_at IS NOT NULL AND w.freed_at IS NULL"""
PROOFS = {
    "charged minutes are those of the entry": f"""
        SELECT w.agency_id, format('%s, entry %s: %s minutes charged, it says %s', i.number, w.entry_id, w.minutes, e.minutes)
        FROM {STANDING} LEFT JOIN worklog_workentry e ON (e.agency_id, e.id) = (w.agency_id, w.entry_id)
        WHERE e.minutes IS DISTINCT FROM w.minutes""",  # noqa: S608, no words of anybody
    "charged results are those of the entry": f"""
        SELECT w.agency_id, format('%s, entry %s: its results are not those that were charged', i.number, w.entry_id)
        FROM {STANDING} WHERE w.results IS DISTINCT FROM ARRAY(
          SELECT r.sha256 FROM worklog_workresult r LEFT JOIN events_event v ON (v.agency_id, v.id) = (r.agency_id, r.event_id)
          WHERE (r.agency_id, r.entry_id) = (w.agency_id, w.entry_id)
            AND (r.sha256 = ANY (w.results) OR r.event_id IS NULL OR v.visible_from < i.issued_at - interval '1 hour') ORDER BY r.id)""",  # noqa: S608
}
