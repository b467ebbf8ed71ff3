"""Entries that a manager has to look at again; a result goes with what it was shown with, and is never shown without."""

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.walls


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0002_walls"),
        ("files", "0004_wall_of_waiting"),
        ("worklog", "0007_search"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="workentry", name="work_entry_unapproved"),
        migrations.AddField(
            model_name="workentry",
            name="doubted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="workentry",
            index=models.Index(
                fields=["agency", "client", "spent_on"],
                name="work_entry_unapproved",
                condition=models.Q(
                    models.Q(("visible_from", None), ("doubted_at__isnull", False), _connector="OR"),
                    ("removed_at", None),
                ),
            ),
        ),
        migrations.AlterField(
            model_name="workresult",
            name="event",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="events.event",
            ),
        ),
        migrations.AlterField(
            model_name="workresult",
            name="file",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="files.file",
            ),
        ),
    ]
