"""A password that cannot be read any more can be typed once more."""

from django.db import migrations, models

TROUBLES = [
    ("host", "This server lies in a private network, which we do not enter."),
    ("unreachable", "The server cannot be reached."),
    ("certificate", "The server's certificate cannot be trusted."),
    ("login", "The server does not accept this user and password."),
    ("folder", "The server has no such folder."),
    ("move", "Mails are stored, but could not be moved or marked as read."),
    ("password", "The password cannot be read any more. Type it once more."),
    ("other", "The server's answers cannot be understood."),
]


class Migration(migrations.Migration):
    dependencies = [("mail", "0013_too_many_answers")]
    operations = [
        migrations.AlterField(
            "imapmailbox",
            "error",
            models.CharField(blank=True, choices=TROUBLES, editable=False, max_length=12),
        )
    ]
