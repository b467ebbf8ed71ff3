"""What was issued never changes: the database itself refuses, whoever asks and however.

An invoice made here is issued only when its sums agree to the cent: lines, taxes, total, and the work behind each line.
Afterwards only what is settled may change, that it was taken back, its id elsewhere, and the name of somebody who was removed.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION invoices_refuse(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', what USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION invoices_sums_agree(bill invoices_invoice) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT bill.net = coalesce(sum(t.taxable), 0) AND bill.vat = coalesce(sum(t.vat), 0)
    AND coalesce(sum(t.lines_net), 0) = (
      SELECT coalesce(sum(l.net), 0) FROM invoices_invoiceline l WHERE l.agency_id = bill.agency_id AND l.invoice_id = bill.id)
    AND NOT EXISTS (
      SELECT 1 FROM invoices_invoiceline l
      LEFT JOIN invoices_linework w ON w.agency_id = l.agency_id AND w.line_id = l.id
      WHERE l.agency_id = bill.agency_id AND l.invoice_id = bill.id
      GROUP BY l.id HAVING (l.source = 'work' AND (l.net <> coalesce(sum(w.net), 0) OR l.quantity <> coalesce(sum(w.minutes), 0)))
        OR (l.source = 'free' AND count(w.id) > 0))
  FROM invoices_invoicetax t WHERE t.agency_id = bill.agency_id AND t.invoice_id = bill.id
$$;

CREATE FUNCTION invoices_keep_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  free text[] := ARRAY['settled', 'settled_on', 'cancelled_at', 'external_id', 'issued_by_id', 'created_by_id'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.issued_at IS NOT NULL AND NEW.origin = 'portal' THEN
      PERFORM invoices_refuse('an invoice begins as a draft');
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.issued_at IS NOT NULL THEN
      PERFORM invoices_refuse('an issued invoice stays');
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.issued_at IS NULL THEN
    IF NEW.issued_at IS NOT NULL AND NEW.origin = 'portal' AND NOT invoices_sums_agree(NEW) THEN
      PERFORM invoices_refuse('the sums of the invoice do not agree');
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
    OR (OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at)
    OR (NEW.issued_by_id IS NOT NULL AND NEW.issued_by_id IS DISTINCT FROM OLD.issued_by_id)
    OR (NEW.created_by_id IS NOT NULL AND NEW.created_by_id IS DISTINCT FROM OLD.created_by_id)
  THEN
    PERFORM invoices_refuse('an issued invoice does not change');
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION invoices_is_issued(agency bigint, invoice bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE issued timestamptz;
BEGIN
  SELECT i.issued_at INTO issued FROM invoices_invoice i WHERE i.agency_id = agency AND i.id = invoice FOR SHARE;
  RETURN NOT FOUND OR issued IS NOT NULL;
END $$;

CREATE FUNCTION invoices_keep_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND invoices_is_issued(OLD.agency_id, OLD.invoice_id) THEN
    IF NOT (TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'invoices_linework'
      AND to_jsonb(OLD) -> 'freed_at' = 'null' AND to_jsonb(NEW) - 'freed_at' = to_jsonb(OLD) - 'freed_at')
    THEN
      PERFORM invoices_refuse('a part of an issued invoice does not change');
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF invoices_is_issued(NEW.agency_id, NEW.invoice_id) THEN
    PERFORM invoices_refuse('nothing is added to an issued invoice');
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION invoices_keep_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.file_id IS NOT NULL OR TG_OP = 'DELETE' THEN
    PERFORM invoices_refuse('a paper of an invoice is made once');
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION invoices_keep_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM invoices_refuse('what was set off stays');
  RETURN NULL;
END $$;

CREATE FUNCTION invoices_keep_counter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.last <> OLD.last + 1
    OR (NEW.agency_id, NEW.series, NEW.year) IS DISTINCT FROM (OLD.agency_id, OLD.series, OLD.year)
  THEN
    PERFORM invoices_refuse('numbers of invoices are counted one by one');
  END IF;
  RETURN NEW;
END $$;
"""
KEPT = {
    "invoice": ("INSERT OR UPDATE OR DELETE", "invoice"),
    "invoiceline": ("INSERT OR UPDATE OR DELETE", "part"),
    "linework": ("INSERT OR UPDATE OR DELETE", "part"),
    "invoicetax": ("INSERT OR UPDATE OR DELETE", "part"),
    "invoicedocument": ("UPDATE OR DELETE", "document"),
    "setoff": ("UPDATE OR DELETE", "row"),
    "invoicecounter": ("UPDATE OR DELETE", "counter"),
}
RAISE = [
    f"CREATE TRIGGER frozen BEFORE {when} ON invoices_{table} FOR EACH ROW EXECUTE FUNCTION invoices_keep_{what}()"
    for table, (when, what) in KEPT.items()
]
LOWER = [f"DROP TRIGGER frozen ON invoices_{table}" for table in KEPT]
LOWER += [
    "DROP FUNCTION invoices_keep_counter(), invoices_keep_row(), invoices_keep_document(), invoices_keep_part(), "
    "invoices_is_issued(bigint, bigint), invoices_keep_invoice(), invoices_sums_agree(invoices_invoice), invoices_refuse(text)"
]


class Migration(migrations.Migration):
    dependencies = [("invoices", "0002_walls")]
    operations = [migrations.RunSQL([FUNCTIONS, *RAISE], LOWER)]
