"""A contact may propose a field that is not there yet: the proposal has its label, and a field once it was taken in."""

from django.db import migrations, models
from django.db.models import Q, deletion

from portal.tenancy.walls import AGENCY, TenantForeignKey, of_clients

OF_CONTACTS = f"(SELECT app_scope()) = 'client' AND {of_clients('work')}"
WITH_ITS_FIELD = "EXISTS (SELECT 1 FROM profile_field f WHERE f.id = profile_proposal.field_id)"


class Migration(migrations.Migration):
    dependencies = [("profile", "0002_walls")]
    operations = [
        migrations.AlterField(
            model_name="proposal",
            name="field",
            field=TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=deletion.CASCADE,
                related_name="proposals",
                to="profile.field",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="label",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=120, verbose_name="Label"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=Q(field__isnull=False) | ~Q(label=""), name="profile_proposal_about_something"
            ),
        ),
        migrations.RunSQL(
            f"ALTER POLICY outsider ON profile_proposal USING ({AGENCY} OR ({OF_CONTACTS} AND (field_id IS NULL OR {WITH_ITS_FIELD})))",
            f"ALTER POLICY outsider ON profile_proposal USING ({AGENCY} OR ({OF_CONTACTS} AND {WITH_ITS_FIELD}))",
        ),
    ]
