"""Files that a provider gave to its client alone."""

import django.db.models.deletion
from django.db import migrations

import portal.tenancy.walls


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0005_wall_of_private_files"),
        ("tenancy", "0011_rights_of_vendors"),
    ]

    operations = [
        migrations.AddField(
            model_name="file",
            name="vendor",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.vendor",
            ),
        ),
    ]
