from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_search")]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("closed_at", None), ("stage", "waiting")),
                fields=["agency", "client", "due_order", "id"],
                name="ticket_waiting_by_due",
            ),
        ),
    ]
