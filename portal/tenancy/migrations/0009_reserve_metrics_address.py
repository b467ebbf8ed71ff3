"""No agency may be called metrics: Prometheus reads there."""

from django.db import migrations, models

WORDS = (
    "accounts admin agencies api brand c favicon first-run healthz legal mail media metrics new outbox people platform "
    "readyz robots security session-expired setup static status switch webhooks well-known "
    "clients my-day notifications projects protocols settings tickets timeline"
).split()


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0008_mail_rules")]
    operations = [
        migrations.RemoveConstraint(model_name="agency", name="agency_slug_not_reserved"),
        migrations.AddConstraint(
            model_name="agency",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug__in", WORDS), _negated=True), name="agency_slug_not_reserved"
            ),
        ),
    ]
