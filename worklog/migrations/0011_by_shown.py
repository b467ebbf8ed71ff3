"""Whether there is something new for somebody who looks: found without reading all that was ever logged."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("worklog", "0010_projects_by_area")]
    operations = [
        migrations.AddIndex(
            model_name="workentry",
            index=models.Index(fields=["agency", "client", "visible_from"], name="work_entry_by_shown"),
        ),
    ]
