import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.walls


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0005_threads_of_older_mails"),
    ]

    operations = [
        migrations.AlterField(
            model_name="mail",
            name="thread",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mails",
                to="mailbox.thread",
            ),
        ),
        migrations.AlterField(
            model_name="mailattachment",
            name="received_at",
            field=models.DateTimeField(),
        ),
    ]
