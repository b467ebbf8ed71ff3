"""A contact can be invited to one project of the client."""

from django.db import migrations, models
from django.db.models import Q

# Whoever goes back must not let them in to everything.
WITHDRAW = """
UPDATE people_invitation SET revoked_at = coalesce(revoked_at, now()), project_id = NULL, level = ''
WHERE kind = 'contact' AND project_id IS NOT NULL
"""


def _fits(contact: Q) -> models.CheckConstraint:
    others = Q(kind="specialist", client=None, vendor=None), Q(kind="vendor", client=None, vendor__isnull=False)
    return models.CheckConstraint(condition=others[0] | contact | others[1], name="invitation_fits_its_kind")


class Migration(migrations.Migration):
    dependencies = [("people", "0006_walls_of_requests_and_cards"), ("tenancy", "0013_limited_contacts")]
    operations = [
        migrations.RemoveConstraint("invitation", "invitation_fits_its_kind"),
        migrations.AddConstraint("invitation", _fits(Q(kind="contact", client__isnull=False, vendor=None))),
        migrations.RunSQL(migrations.RunSQL.noop, WITHDRAW),
    ]
