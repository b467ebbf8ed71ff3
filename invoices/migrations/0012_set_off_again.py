"""The same two may be set off more than once, and each time has its day: when a payment bounced, what it had paid is open again."""

from django.db import migrations, models

FILL = """
UPDATE invoices_setoff s SET made_on = c.issued_on FROM invoices_invoice c WHERE (c.agency_id, c.id) = (s.agency_id, s.credit_id)
"""


class Migration(migrations.Migration):
    dependencies = [("invoices", "0011_lines_taken_back")]
    operations = [
        migrations.RemoveConstraint("setoff", "set_off_once"),
        migrations.AddField("setoff", "made_on", models.DateField(null=True)),
        migrations.RunSQL(
            [
                "ALTER TABLE invoices_setoff DISABLE TRIGGER frozen",
                FILL,
                "SET CONSTRAINTS ALL IMMEDIATE",
                "ALTER TABLE invoices_setoff ENABLE TRIGGER frozen",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.AlterField("setoff", "made_on", models.DateField()),
    ]
