from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("protocols", "0009_search"),
        ("tenancy", "0011_rights_of_vendors"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="protocol",
            index=models.Index(
                condition=models.Q(("published_at", None)), fields=["agency", "author"], name="protocol_drafts"
            ),
        ),
        migrations.AddIndex(
            model_name="protocol",
            index=models.Index(
                condition=models.Q(("accepted_at", None), ("correct_until__isnull", False)),
                fields=["agency", "client", "correct_until"],
                name="protocol_to_accept",
            ),
        ),
    ]
