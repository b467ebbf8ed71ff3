"""What a ticket asked for before somebody wrote it anew; whoever sees the ticket reads it."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import portal.tenancy.walls
from portal.tenancy.walls import AGENCY, SecureTable

WITH_TICKET = "EXISTS (SELECT 1 FROM tickets_ticket t WHERE t.id = ticket_id)"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_index_of_waiting"), ("tenancy", "0012_vendors_without_names")]
    operations = [
        migrations.CreateModel(
            name="DescriptionVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "agency",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.agency",
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("until", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "edited_by",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                (
                    "ticket",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "ordering": ["-until", "-pk"],
                "indexes": [models.Index(fields=["agency", "ticket", "-until"], name="ticket_description_versions")],
            },
        ),
        SecureTable("DescriptionVersion", outsider=f"{AGENCY} OR {WITH_TICKET}", outsiders_write=True, audited=True),
    ]
