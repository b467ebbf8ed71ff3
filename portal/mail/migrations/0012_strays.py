"""Mail that is nobody's: the maintenance role's alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0011_walls_of_discarding")]
    operations = [
        migrations.CreateModel(
            name="Stray",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("raw", models.BinaryField(editable=False)),
                ("size", models.PositiveIntegerField()),
                ("envelope_from", models.CharField(blank=True, max_length=320)),
                ("recipients", models.JSONField(default=list)),
                ("source", models.CharField(max_length=10)),
                ("source_key", models.CharField(editable=False, max_length=64)),
                ("body", models.BinaryField(editable=False, null=True)),
                ("content_type", models.CharField(blank=True, editable=False, max_length=255)),
                ("received_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["received_at"], name="stray_by_age")],
                "constraints": [models.UniqueConstraint(fields=("source", "source_key"), name="stray_once")],
            },
        ),
        migrations.RunSQL(
            "REVOKE ALL ON mail_stray FROM portal_app",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON mail_stray TO portal_app",
        ),
    ]
