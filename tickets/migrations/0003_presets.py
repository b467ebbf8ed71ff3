"""Agencies that are there already get the types of tickets that every new one gets."""

from django.db import migrations

from tickets.presets import TYPES


def furnish(apps, editor):
    Agency = apps.get_model("tenancy", "Agency")
    Type, Status = apps.get_model("tickets", "TicketType"), apps.get_model("tickets", "TicketStatus")
    ours = editor.connection.alias
    for agency in Agency.objects.using(ours):
        for position, (code, name, hint, icon, more, steps) in enumerate(TYPES):
            words = {"code": code, "name": name, "hint": hint, "icon": icon, "position": position, **more}
            kind = Type.objects.using(ours).create(agency=agency, **words)
            for place, (step, word, theirs, stage) in enumerate(steps):
                Status.objects.using(ours).create(
                    agency=agency, type=kind, code=step, name=word, client_word=theirs, stage=stage, position=place
                )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_walls")]
    operations = [migrations.RunPython(furnish, migrations.RunPython.noop)]
