"""What was paid never changes, and no sum exceeds what it is taken from: the database counts, under the locks of both sides.

Locks are taken in one order everywhere: the payment, then the invoice.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION invoices_settled(agency bigint, bill bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT sum(a.amount) FROM invoices_allocation a
      JOIN invoices_payment p ON p.agency_id = a.agency_id AND p.id = a.payment_id
      WHERE a.agency_id = agency AND a.invoice_id = bill AND p.reversed_at IS NULL), 0)
    + coalesce((SELECT sum(w.amount) FROM invoices_waiver w WHERE w.agency_id = agency AND w.invoice_id = bill), 0)
    + coalesce((SELECT sum(s.amount) FROM invoices_setoff s
      WHERE s.agency_id = agency AND bill IN (s.invoice_id, s.credit_id)), 0)
    + coalesce((SELECT sum(r.amount) FROM invoices_refund r WHERE r.agency_id = agency AND r.credit_id = bill), 0)
$$;

CREATE FUNCTION invoices_used(agency bigint, paid bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT sum(a.amount) FROM invoices_allocation a
      WHERE a.agency_id = agency AND a.payment_id = paid), 0)
    + coalesce((SELECT sum(r.amount) FROM invoices_refund r WHERE r.agency_id = agency AND r.payment_id = paid), 0)
$$;

CREATE FUNCTION invoices_payment_fits(agency bigint, paid bigint, amount numeric) RETURNS invoices_payment LANGUAGE plpgsql AS $$
DECLARE found invoices_payment;
BEGIN
  SELECT * INTO found FROM invoices_payment p WHERE p.agency_id = agency AND p.id = paid FOR UPDATE;
  IF found.id IS NULL OR found.reversed_at IS NOT NULL THEN
    PERFORM invoices_refuse('a payment that was reversed is for nothing');
  END IF;
  IF invoices_used(agency, paid) + amount > found.amount THEN
    PERFORM invoices_refuse('more than was paid');
  END IF;
  RETURN found;
END $$;

CREATE FUNCTION invoices_bill_fits(agency bigint, bill bigint, amount numeric, wanted text) RETURNS invoices_invoice LANGUAGE plpgsql AS $$
DECLARE found invoices_invoice;
BEGIN
  SELECT * INTO found FROM invoices_invoice i WHERE i.agency_id = agency AND i.id = bill FOR UPDATE;
  IF found.id IS NULL OR found.issued_at IS NULL OR found.kind <> wanted THEN
    PERFORM invoices_refuse('only what was issued is settled');
  END IF;
  IF invoices_settled(agency, bill) + amount > found.gross THEN
    PERFORM invoices_refuse('more than is open');
  END IF;
  RETURN found;
END $$;

CREATE FUNCTION invoices_allocation_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE paid invoices_payment; bill invoices_invoice;
BEGIN
  paid := invoices_payment_fits(NEW.agency_id, NEW.payment_id, NEW.amount);
  bill := invoices_bill_fits(NEW.agency_id, NEW.invoice_id, NEW.amount, 'invoice');
  IF (paid.client_id, paid.currency) <> (bill.client_id, bill.currency) OR paid.issuer_id IS DISTINCT FROM bill.issuer_id THEN
    PERFORM invoices_refuse('a payment is for invoices of its client, issuer and currency');
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION invoices_waiver_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM invoices_bill_fits(NEW.agency_id, NEW.invoice_id, NEW.amount, 'invoice');
  RETURN NEW;
END $$;

CREATE FUNCTION invoices_set_off_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM invoices_bill_fits(NEW.agency_id, least(NEW.credit_id, NEW.invoice_id), 0,
    CASE WHEN NEW.credit_id < NEW.invoice_id THEN 'credit' ELSE 'invoice' END);
  PERFORM invoices_bill_fits(NEW.agency_id, NEW.invoice_id, NEW.amount, 'invoice');
  PERFORM invoices_bill_fits(NEW.agency_id, NEW.credit_id, NEW.amount, 'credit');
  RETURN NEW;
END $$;

CREATE FUNCTION invoices_refund_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.payment_id IS NOT NULL THEN
    PERFORM invoices_payment_fits(NEW.agency_id, NEW.payment_id, NEW.amount);
  ELSE
    PERFORM invoices_bill_fits(NEW.agency_id, NEW.credit_id, NEW.amount, 'credit');
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION invoices_keep_but() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := coalesce(TG_ARGV::text[], ARRAY[]::text[]);
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
    PERFORM invoices_refuse('what was recorded stays');
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION invoices_reversal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.reversed_at IS NOT NULL AND (NEW.reversed_at, NEW.reversal_reason) IS DISTINCT FROM (OLD.reversed_at, OLD.reversal_reason) THEN
    PERFORM invoices_refuse('a reversal stays');
  END IF;
  IF OLD.reversed_at IS NULL AND NEW.reversed_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM invoices_refund r WHERE r.agency_id = NEW.agency_id AND r.payment_id = NEW.id)
  THEN
    PERFORM invoices_refuse('what was paid back cannot be reversed');
  END IF;
  RETURN NEW;
END $$;
"""
FITS = {"allocation": "allocation", "waiver": "waiver", "setoff": "set_off", "refund": "refund"}
KEPT = {
    "payment": "recorded_by_id reversed_at reversed_by_id reversal_reason",
    "allocation": "",
    "waiver": "waived_by_id",
    "refund": "recorded_by_id",
    "reminder": "sent_by_id",
    "bankfile": "imported_by_id",
    "bankline": "put_aside_at put_aside_by_id",
}
RAISE = [
    f"CREATE TRIGGER fits BEFORE INSERT ON invoices_{table} FOR EACH ROW EXECUTE FUNCTION invoices_{name}_fits()"
    for table, name in FITS.items()
]
RAISE += [
    f"CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON invoices_{table} FOR EACH ROW "
    f"EXECUTE FUNCTION invoices_keep_but({', '.join(repr(name) for name in free.split())})"
    for table, free in KEPT.items()
]
RAISE.append(
    "CREATE TRIGGER reversal BEFORE UPDATE ON invoices_payment FOR EACH ROW EXECUTE FUNCTION invoices_reversal_stays()"
)
LOWER = ["DROP TRIGGER reversal ON invoices_payment"]
LOWER += [f"DROP TRIGGER frozen ON invoices_{table}" for table in KEPT]
LOWER += [f"DROP TRIGGER fits ON invoices_{table}" for table in FITS]
LOWER += [
    "DROP FUNCTION invoices_reversal_stays(), invoices_keep_but(), invoices_refund_fits(), invoices_set_off_fits(), "
    "invoices_waiver_fits(), invoices_allocation_fits(), invoices_bill_fits(bigint, bigint, numeric, text), "
    "invoices_payment_fits(bigint, bigint, numeric), invoices_used(bigint, bigint), invoices_settled(bigint, bigint)"
]


class Migration(migrations.Migration):
    dependencies = [("invoices", "0005_walls_of_payments")]
    operations = [migrations.RunSQL([FUNCTIONS, *RAISE], LOWER)]
