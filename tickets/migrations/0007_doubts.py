"""Tickets that came by a mail for which nobody vouches, and who has made sure."""

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.walls

KEY = "tickets_ticket_confirmed_by_id_tenant"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_wordings")]
    operations = [
        migrations.AddField("ticket", "doubted_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("ticket", "confirmed_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField(
            "ticket",
            "confirmed_by",
            portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.RunSQL(
            f"ALTER TABLE tickets_ticket ADD CONSTRAINT {KEY} FOREIGN KEY (agency_id, confirmed_by_id) "
            "REFERENCES tenancy_member (agency_id, id) DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE tickets_ticket DROP CONSTRAINT {KEY}",
        ),
    ]
