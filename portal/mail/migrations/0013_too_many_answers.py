"""One more reason why an answer is kept back: too many came at once."""

from django.db import migrations, models

REASONS = [
    ("sender", "It came from another address than that of the person whom we had written to."),
    ("automatic", "A program wrote it: an absence note, a bounce or a mail of our own."),
    ("closed", "What it answers is no longer open to this person."),
    ("empty", "Nothing of its own was found in it, only the mail that it answers."),
    ("unreadable", "It is damaged and could not be read as a whole."),
    ("flood", "Ten answers came within ten minutes; perhaps two programs answer each other."),
]


class Migration(migrations.Migration):
    dependencies = [("mail", "0012_strays")]
    operations = [
        migrations.AlterField("mailreply", "reason", models.CharField(blank=True, choices=REASONS, max_length=12))
    ]
