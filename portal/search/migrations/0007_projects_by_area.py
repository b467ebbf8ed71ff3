"""What a shared project opens goes by area."""

from importlib import import_module

from django.db import migrations

from portal.tenancy.walls import AGENCY, OPEN_BY_AREA, change_outsider

old = import_module("portal.search.migrations.0002_walls")
BEFORE = import_module("portal.search.migrations.0005_private_words").FIND
ANY_AREA = "OR (e.project_id = ANY ($10) AND e.area IN (''work'', ''tickets'', ''mails''))"
BY_AREA = """OR (e.area = ''work'' AND e.project_id = ANY ($10)) OR (e.area = ''tickets'' AND e.project_id = ANY ($19))
              OR (e.area = ''mails'' AND e.project_id = ANY ($20))"""
FIND = (
    BEFORE.replace(ANY_AREA, BY_AREA)
    .replace("app_project_ids(),", "app_project_ids('work'),")
    .replace(
        "colleagues, reads_private;", "colleagues, reads_private, app_project_ids('tickets'), app_project_ids('mails');"
    )
)
POLICY = f"{AGENCY} OR (NOT internal AND visible_from <= now() AND ({{}}))"


class Migration(migrations.Migration):
    dependencies = [("search", "0006_planned_once"), ("tenancy", "0013_limited_contacts")]
    operations = [
        migrations.RunSQL(FIND, BEFORE),
        change_outsider(
            "search_entry", POLICY.format(OPEN_BY_AREA), before=POLICY.format(f"{old.AREAS} OR {old.SHARED}")
        ),
    ]
