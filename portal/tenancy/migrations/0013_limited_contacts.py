"""Contacts whose access is limited to shared projects; what a shared project opens goes by area."""

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy.walls import AGENCY, TenantForeignKey, change_outsider, of_clients, of_projects

FUNCTION = """
CREATE FUNCTION app_project_ids(area text) RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$$ BEGIN RETURN string_to_array(nullif(current_setting('app.project_ids_' || area, true), ''), ',')::bigint[]; END $$
"""
KEY = "tenancy_clientaccess_limited_by_id_tenant"
# Whoever goes back must not open everything to these people.
CLOSE = "UPDATE tenancy_clientaccess SET areas = '{}' WHERE limited_at IS NOT NULL"
BEFORE = f"{AGENCY} OR ((SELECT app_scope()) = 'client' AND {of_clients()}) OR {of_projects('id')}"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0012_vendors_without_names")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION app_project_ids(text)"),
        migrations.AddField(
            model_name="clientaccess",
            name="limited_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clientaccess",
            name="limited_by",
            field=TenantForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddConstraint(
            model_name="clientaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(limited_at=None) | ~models.Q(areas__overlap=["money", "security"]),
                name="client_access_limited_areas",
            ),
        ),
        migrations.RunSQL(
            f"ALTER TABLE tenancy_clientaccess ADD CONSTRAINT {KEY} FOREIGN KEY (agency_id, limited_by_id) "
            "REFERENCES tenancy_member (agency_id, id) DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE tenancy_clientaccess DROP CONSTRAINT {KEY}",
        ),
        change_outsider("tenancy_project", f"{AGENCY} OR {of_clients('whole')} OR {of_projects('id')}", before=BEFORE),
        migrations.RunSQL(migrations.RunSQL.noop, CLOSE),
    ]
