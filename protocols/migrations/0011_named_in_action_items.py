"""Whom the text of an action item names, apart from who has to do it: it may have been handed over."""

import django.db.models.deletion
from django.db import migrations

import portal.tenancy.walls

KEY = "protocols_actionitem_named_id_tenant"


class Migration(migrations.Migration):
    dependencies = [("protocols", "0010_indexes_of_the_desk"), ("tenancy", "0012_vendors_without_names")]
    operations = [
        migrations.AddField(
            model_name="actionitem",
            name="named",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.RunSQL("UPDATE protocols_actionitem SET named_id = assignee_id", migrations.RunSQL.noop),
        migrations.RunSQL(
            f"ALTER TABLE protocols_actionitem ADD CONSTRAINT {KEY} FOREIGN KEY (agency_id, named_id) "
            "REFERENCES tenancy_member (agency_id, id) DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE protocols_actionitem DROP CONSTRAINT {KEY}",
        ),
    ]
