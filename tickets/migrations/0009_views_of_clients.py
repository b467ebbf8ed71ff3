"""Saved views belong to the list in which they were saved: that of one client, or that of all."""

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.walls

KEY = "tickets_savedview_client_id_tenant"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_told_at")]
    operations = [
        migrations.RemoveConstraint("savedview", "ticket_view_once"),
        migrations.AddField(
            "savedview",
            "client",
            portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.client",
            ),
        ),
        migrations.AddConstraint(
            "savedview",
            models.UniqueConstraint(
                fields=("agency", "member", "client", "name"), name="ticket_view_once", nulls_distinct=False
            ),
        ),
        migrations.RunSQL(
            f"ALTER TABLE tickets_savedview ADD CONSTRAINT {KEY} FOREIGN KEY (agency_id, client_id) "
            "REFERENCES tenancy_client (agency_id, id) DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE tickets_savedview DROP CONSTRAINT {KEY}",
        ),
    ]
