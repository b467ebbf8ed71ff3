"""Which mails an agency takes, and whose it holds back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0007_functions_of_the_walls")]
    operations = [
        migrations.AddField(
            model_name="agency",
            name="takes_any_address",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="Take mails to any address of the mail domain"
            ),
        ),
        migrations.AddField(
            model_name="agency",
            name="hold_strangers",
            field=models.BooleanField(db_default=True, default=True, verbose_name="Hold mails of strangers"),
        ),
    ]
