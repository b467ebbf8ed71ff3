from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0007_threads_of_older_mails"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(("thread__isnull", False), ("held_at__isnull", False), _connector="OR"),
                name="mail_shown_has_thread",
            ),
        ),
        migrations.AlterField(
            model_name="mailattachment",
            name="received_at",
            field=models.DateTimeField(),
        ),
    ]
