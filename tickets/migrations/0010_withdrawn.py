"""Words that were taken back, and earlier words that only the agency sees because they were edited at once."""

from django.db import migrations, models
from django.db.models import Q

from portal.tenancy.walls import AGENCY

WITH_COMMENT = "EXISTS (SELECT 1 FROM tickets_comment c WHERE c.id = comment_id)"
POLICY = "ALTER POLICY outsider ON tickets_commentversion USING ({})"
FILL = """
UPDATE tickets_commentversion v SET is_internal = true FROM tickets_comment c
WHERE c.id = v.comment_id AND c.agency_id = v.agency_id AND v.until < c.created_at + interval '5 minutes'
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_views_of_clients")]
    operations = [
        migrations.AddField("comment", "withdrawn_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "comment",
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(is_private=True), name="ticket_comment_withdrawn_is_private"
            ),
        ),
        migrations.AddField("commentversion", "is_internal", models.BooleanField(default=False, db_default=False)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(
            POLICY.format(f"{AGENCY} OR (NOT is_internal AND {WITH_COMMENT})"),
            POLICY.format(f"{AGENCY} OR {WITH_COMMENT}"),
        ),
    ]
