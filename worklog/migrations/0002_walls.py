"""The walls around the work log: contacts with the area "work" see entries from `visible_from` on, vendors their own
organisation's, and everything that hangs on an entry is seen by whoever sees the entry. Notes never leave the agency."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, OWN_MEMBER, SecureTable, of_clients, of_projects

OWN_ORGANISATION = (
    "EXISTS (SELECT 1 FROM tenancy_member m WHERE m.id = (SELECT app_member_id()) "
    "AND m.vendor_id = worklog_workentry.vendor_id)"
)
ENTRY = (
    f"{AGENCY} OR ({of_clients('work')} AND visible_from <= now()) "
    f"OR ({of_projects()} AND vendor_id IS NOT NULL AND {OWN_ORGANISATION})"
)
# The inner queries pass the walls of what they read themselves.
WITH_ENTRY = "EXISTS (SELECT 1 FROM worklog_workentry e WHERE e.id = entry_id)"
WITH_EVENT = "(event_id IS NULL OR EXISTS (SELECT 1 FROM events_event v WHERE v.id = event_id))"
WITH_EXPLANATION = "EXISTS (SELECT 1 FROM worklog_explanation x WHERE x.id = explanation_id)"
IN_AGENCY = f"{AGENCY} OR (SELECT app_scope()) IN ('client', 'vendor')"
OWN = f"{AGENCY} OR {OWN_MEMBER}"
OF_CLIENT = f"{AGENCY} OR {of_clients('work')}"


class Migration(migrations.Migration):
    dependencies = [
        ("worklog", "0001_models"),
        ("tenancy", "0003_walls"),
        ("events", "0002_walls"),
        ("files", "0004_wall_of_waiting"),
    ]
    operations = [
        SecureTable("WorkKind", outsider=IN_AGENCY, audited=True),
        SecureTable("WorkPolicy", outsider=IN_AGENCY, audited=True),
        SecureTable("ClientWorkPolicy", outsider=OF_CLIENT, audited=True),
        SecureTable("MonthClosing", outsider=OF_CLIENT, audited=True),
        SecureTable(
            "WorkBudget",
            outsider=f"{AGENCY} OR ({of_clients('work')} AND (amount IS NULL OR {of_clients('money')}))",
            audited=True,
        ),
        SecureTable("WorkEntry", outsider=ENTRY, audited=True),
        SecureTable("WorkCorrection", outsider=f"{AGENCY} OR (NOT is_internal AND {WITH_ENTRY})", audited=True),
        SecureTable("WorkNote", audited=True),
        SecureTable("WorkResult", outsider=f"{AGENCY} OR ({WITH_ENTRY} AND {WITH_EVENT})", audited=True),
        SecureTable("Explanation", outsider=f"{AGENCY} OR {WITH_ENTRY}", audited=True),
        SecureTable("ExplanationPost", outsider=f"{AGENCY} OR {WITH_EXPLANATION}", audited=True),
        SecureTable("WorkLook", outsider=OWN, outsiders_write=True),
        SecureTable("Timer", outsider=OWN),
    ]
