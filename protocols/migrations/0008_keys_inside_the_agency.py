"""The composite keys of the columns that came after the walls: none of them can point into another agency."""

from django.db import migrations

KEYS = (
    ("protocols_protocol", "meeting_id", "protocols_meeting"),
    ("protocols_protocol", "accepted_by_id", "tenancy_member"),
    ("protocols_comment", "settled_by_id", "tenancy_member"),
)


def _key(table: str, column: str, target: str) -> migrations.RunSQL:
    name = f"{table}_{column}_tenant"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (agency_id, {column}) "
        f"REFERENCES {target} (agency_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("protocols", "0007_index_by_author")]
    operations = [_key(*key) for key in KEYS]
