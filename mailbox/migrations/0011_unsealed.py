"""Mails that were filed before lose what let another reader write in somebody's name, as new ones do (portal.mail.personal).

The originals stay as they came. There is no way back, and none is needed.
"""

from django.db import migrations
from django.db.models import TextField
from django.db.models.functions import Cast, Concat

from portal.mail.personal import unsealed

PLACES = ("to", "cc")
WORDS = ("snippet", "text", "html")
SEALED = r"(\+|%2B)(me-|[a-z2-7]{20})"
"""Beginnings of what is sealed, for the database to choose by."""


def unseal(apps, editor):
    rows = apps.get_model("mailbox", "Mail").objects.using(editor.connection.alias)
    said = Concat(*(Cast(name, TextField()) for name in (*PLACES, *WORDS)), output_field=TextField())
    for row in rows.annotate(said=said).filter(said__iregex=SEALED).only(*PLACES, *WORDS).iterator(chunk_size=100):
        for name in PLACES:
            people = [{key: unsealed(words) for key, words in one.items()} for one in getattr(row, name)]
            setattr(row, name, people)
        for name in WORDS:
            setattr(row, name, unsealed(getattr(row, name)))
        row.save(update_fields=[*PLACES, *WORDS])


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0010_projects_by_area")]
    operations = [migrations.RunPython(unseal, migrations.RunPython.noop)]
