"""Forms that were sent, so that each counts once; everybody's own."""

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.walls
from portal.tenancy.walls import AGENCY, OWN_MEMBER, SecureTable

# Trusted work of the agency itself, without any member, is let through: a client that goes takes its people's rows along.
OWN = f"{OWN_MEMBER} OR ({AGENCY} AND (SELECT app_member_id()) IS NULL)"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0009_reserve_metrics_address")]
    operations = [
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(editable=False, max_length=64)),
                ("location", models.CharField(blank=True, editable=False, max_length=2000)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "agency",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.agency",
                    ),
                ),
                (
                    "member",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("agency", "member", "key"), name="submission_once")],
            },
        ),
        SecureTable("Submission", outsider=OWN, outsiders_write=True),
    ]
